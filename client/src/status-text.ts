// What the language status item says in each state. Pure, so that the words are tested without an editor.

export interface Status {
  readonly server: 'starting' | 'ready' | 'crashed' | 'stopped';
  /** Findings in all open files. */
  readonly findings: number;
  /** The server's own word on its work, its gaps for instance. */
  readonly detail?: string;
}

export interface StatusText {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly busy: boolean;
}

export function statusText(status: Status): StatusText {
  switch (status.server) {
    case 'starting':
      return { text: 'kreflens: starting', detail: '', severity: 'information', busy: true };
    case 'ready':
      return { text: `kreflens: ${countOf(status.findings)}`, detail: status.detail ?? '', severity: 'information', busy: false };
    case 'crashed':
      return { text: 'kreflens: crashed, restarting', detail: 'the log says why', severity: 'warning', busy: true };
    case 'stopped':
      return { text: 'kreflens: stopped', detail: 'the log says why; "Restart" starts it again', severity: 'error', busy: false };
  }
}

function countOf(findings: number): string {
  if (findings === 0) return 'no findings';
  return findings === 1 ? '1 finding' : `${findings} findings`;
}
