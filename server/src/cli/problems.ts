// One line on standard error per thing that could not be done; any of them makes the exit status 2.

import type { Host } from './host.ts';

export const exitStatus = { nothing: 0, findings: 1, failed: 2 } as const;

export interface Problems {
  say(message: string): void;
  /** The exit status: a failure outranks `otherwise`. */
  status(otherwise: number): number;
}

export function problems(host: Pick<Host, 'err'>): Problems {
  let failed = false;
  return {
    say(message) {
      failed = true;
      host.err(`kreflens: ${oneLine(message)}\n`);
    },
    status: (otherwise) => (failed ? exitStatus.failed : otherwise),
  };
}

/** Text that cannot break a line-based report, whatever a source file holds. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
}
