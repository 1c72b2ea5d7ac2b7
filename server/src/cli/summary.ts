// `kreflens summary`: what functions do to locks and references.

import type { FunctionSummary } from '../ide/finding.ts';
import { summaryJson } from './formats/json.ts';
import { summaryText } from './formats/summary-text.ts';
import type { Host } from './host.ts';
import { collectInputs } from './inputs.ts';
import { fileInTree, findPath, open, type NamedPath, type TreeOptions } from './open.ts';
import { exitStatus, problems, type Problems } from './problems.ts';

export interface SummaryOptions extends TreeOptions {
  readonly format: 'text' | 'json';
}

interface Wanted {
  readonly argument: string;
  readonly name: string;
  readonly file?: NamedPath;
}

export function summary(host: Host, names: readonly string[], options: SummaryOptions): number {
  const said = problems(host);
  const wanted = names.flatMap((argument) => parse(host, said, argument, options.tree) ?? []);
  if (wanted.length === 0) return exitStatus.failed;
  const opened = open(host, said, options, wanted.flatMap(({ file }) => file ?? []));
  if (opened === undefined) return exitStatus.failed;

  const summaries: FunctionSummary[] = [];
  for (const { argument, name, file } of wanted) {
    if (file !== undefined && collectInputs(host, said, opened.tree, [file]).files.length === 0) continue;
    const found = opened.workspace.summary(name, file === undefined ? undefined : fileInTree(host, opened.tree, file.path));
    if (found.length === 0) said.say(`no function '${name}'${file === undefined ? ' in the tree' : ` in ${file.named}`} (asked for: ${argument})`);
    summaries.push(...found);
  }
  if (options.format === 'json') host.out(summaryJson(summaries));
  else host.out(summaryText(summaries));
  return said.status(exitStatus.nothing);
}

function parse(host: Host, said: Problems, argument: string, tree: string | undefined): Wanted | undefined {
  const colon = argument.lastIndexOf(':');
  const name = argument.slice(colon + 1);
  if (!/^[A-Za-z_]\w*$/.test(name) || colon === 0) {
    said.say(`'${argument}' is not [FILE:]FUNCTION`);
    return undefined;
  }
  if (colon === -1) return { argument, name };
  const file = findPath(host, said, argument.slice(0, colon), tree);
  if (file?.kind === 'folder') {
    said.say(`${file.named}: a folder, not a file`);
    return undefined;
  }
  return file === undefined ? undefined : { argument, name, file };
}
