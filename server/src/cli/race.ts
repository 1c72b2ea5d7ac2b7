// `kreflens race`: the two-CPU diagram of the finding at a line.

import { findingsAtLine, openAtLine } from './at-line.ts';
import type { Host } from './host.ts';
import type { TreeOptions } from './open.ts';
import { exitStatus, problems } from './problems.ts';

export function race(host: Host, argument: string, options: TreeOptions): number {
  const said = problems(host);
  const at = openAtLine(host, said, argument, options);
  if (at === undefined) return exitStatus.failed;
  const diagrams = findingsAtLine(at).map((finding) => at.workspace.race(finding)).filter((diagram) => diagram !== '');
  if (diagrams.length === 0) said.say(`no finding with a race at ${argument}`);
  else host.out(`${diagrams.join('\n\n')}\n`);
  return said.status(exitStatus.nothing);
}
