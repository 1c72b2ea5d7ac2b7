// `kreflens index`: the whole-tree store, built, refreshed, counted, split over machines, removed.

import { resolve } from 'node:path';

import type { TreeIndex } from '../index/tree-index.ts';
import type { BuiltIndex, Host } from './host.ts';
import { treeOf } from './open.ts';
import { exitStatus, problems, type Problems } from './problems.ts';

export interface IndexOptions {
  readonly tree?: string | undefined;
  readonly stats?: boolean | undefined;
  readonly jobs?: number | undefined;
  /** `I/N`, I from 1. */
  readonly shard?: { readonly part: number; readonly parts: number } | undefined;
  /** Where the shard goes instead of standard output. */
  readonly output?: string | undefined;
  /** Shard files. */
  readonly merge?: readonly string[] | undefined;
  readonly clean?: boolean | undefined;
}

export async function index(host: Host, options: IndexOptions): Promise<number> {
  const said = problems(host);
  if (options.clean === true) return clean(host, said);
  const named = treeOf(host, said, options.tree, []);
  if (named === undefined) return exitStatus.failed;
  const tree = host.real(named);
  if (options.shard !== undefined) return shard(host, said, tree, options.shard, options);

  if (options.merge !== undefined) {
    const added = await host.index.addShards(options.merge.map((path) => resolve(host.cwd, path)));
    if (!added.ok) said.say(added.why);
    if (!added.ok) return exitStatus.failed;
  }
  const started = host.now();
  const built = await host.index.build(tree, options.jobs);
  if (built === undefined) return stopped(said);
  const { stats } = built.index;
  const seconds = ((host.now() - started) / 1000).toFixed(1);
  host.out(`${stats.files} files (${built.scanned} scanned), ${stats.functions} functions, ${seconds} s\n`);
  if (options.stats === true) {
    host.out(statsText(built.index, [
      ['index', `${megabytes(built.bytes.length)}, ${built.digest}`],
      ['store', `${megabytes(host.index.storeSize())}, ${host.index.folder}`],
      ['memory', megabytes(host.index.peakMemory())],
    ]));
  }
  return exitStatus.nothing;
}

/** The tree's index for another command; undefined: said why not. */
export async function wholeTree(host: Host, said: Problems, tree: string, jobs: number | undefined): Promise<BuiltIndex | undefined> {
  const built = await host.index.build(host.real(tree), jobs);
  if (built === undefined) stopped(said);
  return built;
}

async function shard(
  host: Host, said: Problems, tree: string, part: { readonly part: number; readonly parts: number }, options: IndexOptions,
): Promise<number> {
  const text = await host.index.shard(tree, options.jobs, part);
  if (text === undefined) return stopped(said);
  if (options.output === undefined) {
    host.out(text);
    return exitStatus.nothing;
  }
  const written = host.index.write(resolve(host.cwd, options.output), text);
  if (!written.ok) said.say(`${options.output}: ${written.why}`);
  return said.status(exitStatus.nothing);
}

function clean(host: Host, said: Problems): number {
  const removed = host.index.clean();
  if (!removed.ok) said.say(removed.why);
  else host.out(removed.value ? `removed ${host.index.folder}\n` : `nothing to remove: no ${host.index.folder}\n`);
  return said.status(exitStatus.nothing);
}

function stopped(said: Problems): number {
  said.say('indexing was stopped; what is done is kept for the next time');
  return exitStatus.failed;
}

function statsText({ stats }: TreeIndex, more: readonly (readonly [string, string])[]): string {
  const { gaps } = stats;
  const rows: readonly (readonly [string, string])[] = [
    ['calls', String(stats.calls)], ['structs', String(stats.structs)], ['typedefs', String(stats.typedefs)], ['macros', String(stats.macros)],
    ['pointers', String(stats.pointers)], ...more,
  ];
  const reasons = new Map<string, string[]>();
  for (const { file, detail } of gaps) reasons.set(detail, [...(reasons.get(detail) ?? []), file]);
  const lines = [...reasons].map(([detail, files]) => `${files.length} ${files.length === 1 ? 'file' : 'files'}: ${detail} (${files.slice(0, 3).join(', ')}${files.length > 3 ? ', ...' : ''})`);
  return [...rows.map(([name, value]) => `${name.padEnd(9)} ${value}`), ...lines].map((line) => `${line}\n`).join('');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
