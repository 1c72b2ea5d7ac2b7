// `kreflens why`: verdict and argument for the put at a line, also where nothing is reported.

import { openAtLine } from './at-line.ts';
import type { Host } from './host.ts';
import type { TreeOptions } from './open.ts';
import { exitStatus, problems } from './problems.ts';

export function why(host: Host, argument: string, options: TreeOptions): number {
  const said = problems(host);
  const at = openAtLine(host, said, argument, options);
  if (at === undefined) return exitStatus.failed;
  const answer = at.workspace.why(at.file, at.line);
  if (answer === undefined) said.say(`no put at ${argument}`);
  else host.out(`${[answer.verdict, ...answer.lines.map((line) => `  ${line}`)].join('\n')}\n`);
  return said.status(exitStatus.nothing);
}
