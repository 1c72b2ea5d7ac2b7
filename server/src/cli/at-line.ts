// The FILE:LINE argument that race, why and fix share.

import type { Finding } from '../ide/finding.ts';
import type { Host } from './host.ts';
import { collectInputs } from './inputs.ts';
import { findPath, open, type Opened, type TreeOptions } from './open.ts';
import type { Problems } from './problems.ts';

export interface AtLine extends Opened {
  /** As the engine spells it. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** undefined: what is wrong with the argument was said. */
export function openAtLine(host: Host, problems: Problems, argument: string, options: TreeOptions): AtLine | undefined {
  const match = /^(.+):([1-9]\d*)$/.exec(argument);
  const [, name, number] = match ?? [];
  if (name === undefined || number === undefined) {
    problems.say(`'${argument}' is not FILE:LINE`);
    return undefined;
  }
  const named = findPath(host, problems, name, options.tree);
  if (named === undefined) return undefined;
  if (named.kind === 'folder') {
    problems.say(`${name}: a folder, not a file`);
    return undefined;
  }
  const opened = open(host, problems, options, [named]);
  if (opened === undefined) return undefined;
  const [file] = collectInputs(host, problems, opened.tree, [named]).files;
  return file === undefined ? undefined : { ...opened, file, line: Number(number) };
}

/** The findings there: those that begin on the line, else those whose range covers it. */
export function findingsAtLine({ workspace, file, line }: AtLine): readonly Finding[] {
  const findings = workspace.check([file]).findings.filter((finding) => finding.file === file);
  const beginning = findings.filter(({ range }) => range.start.line + 1 === line);
  if (beginning.length > 0) return beginning;
  return findings.filter(({ range }) => range.start.line + 1 <= line && line <= range.end.line + 1);
}
