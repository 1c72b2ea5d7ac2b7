// `kreflens oops`: which findings explain the stacks of a crash log.

import { crash } from '../ide/crash/crash.ts';
import { oopsJson, oopsText } from './formats/oops.ts';
import type { Host } from './host.ts';
import { findPath, isInKernelTree, open, readNamed, type TreeOptions } from './open.ts';
import { exitStatus, problems } from './problems.ts';
import { plainText } from './source-text.ts';

export interface OopsOptions extends TreeOptions {
  readonly format: 'text' | 'json';
}

export function oops(host: Host, argument: string, options: OopsOptions): number {
  const said = problems(host);
  const name = argument === '-' ? 'standard input' : argument;
  const named = argument === '-' ? undefined : findPath(host, said, argument, undefined);
  if (named === undefined && argument !== '-') return exitStatus.failed;
  const bytes = named === undefined ? host.readStdin() : readNamed(host, named);
  const log = bytes.ok ? plainText(bytes.value) : bytes;
  if (!log.ok) {
    said.say(`${name}: ${log.why}`);
    return exitStatus.failed;
  }
  // The log need not lie in the tree: that of the current folder goes before that of the log's.
  const opened = open(host, said, options, named === undefined || isInKernelTree(host) ? [] : [named]);
  if (opened === undefined) return exitStatus.failed;
  const result = crash(opened.files, opened.workspace, log.value);
  if (result.stacks.length === 0) {
    said.say(`${name}: no stack of a kernel in it`);
    return exitStatus.failed;
  }
  host.out(options.format === 'json' ? oopsJson(argument, result, host.version) : oopsText(argument, result));
  return said.status(result.explained.length > 0 ? exitStatus.findings : exitStatus.nothing);
}
