// From the arguments that every judging command shares (paths, --tree, --kconfig) to an open workspace.

import { basename, dirname, isAbsolute, join, resolve } from 'node:path';

import type { Finding } from '../ide/finding.ts';
import type { TreeIndex } from '../index/tree-index.ts';
import { parseKconfig } from '../ide/kconfig.ts';
import { commonFolder, kernelTreeAbove, pathInTree, type KindOf } from '../ide/tree.ts';
import type { Files, Workspace } from '../ide/workspace.ts';
import { place } from './formats/report.ts';
import type { Host, Kind, Result } from './host.ts';
import type { Problems } from './problems.ts';
import { largestFile } from './source-text.ts';

export interface TreeOptions {
  readonly index?: TreeIndex | undefined;
  readonly tree?: string | undefined;
  readonly kconfig?: string | undefined;
}

export interface Opened {
  /** Absolute. */
  readonly tree: string;
  readonly files: Files;
  readonly workspace: Workspace;
  /** What the workspace was opened with. */
  readonly kconfig: ReadonlyMap<string, string> | undefined;
}

/** A path that the user named and that exists. */
export interface NamedPath {
  readonly named: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: Kind;
  /** Bytes. */
  readonly size: number;
}

/**
 * Finds a named path from the current folder, and, as output is relative to the tree and gets pasted back, also from
 * the tree that was named.
 */
export function findPath(host: Host, problems: Problems, named: string, tree: string | undefined): NamedPath | undefined {
  if (named === '') {
    problems.say("'' is not a path");
    return undefined;
  }
  const candidates = [resolve(host.cwd, named)];
  if (tree !== undefined && !isAbsolute(named)) candidates.push(join(resolve(host.cwd, tree), named));
  let why = '';
  for (const path of candidates) {
    const stat = host.stat(path);
    if (stat.ok) return { named, path, kind: stat.value.kind, size: stat.value.size };
    why ||= stat.why;
  }
  problems.say(`${named}: ${why}`);
  return undefined;
}

const tooLarge = { ok: false, why: 'larger than 16 MB' } as const;

/** The bytes of a named file, which is not read at all if no text is that large. */
export function readNamed(host: Host, { path, kind, size }: NamedPath): Result<Uint8Array> {
  if (kind !== 'file') return { ok: false, why: kind === 'folder' ? 'a folder, not a file' : 'not a regular file' };
  return size > largestFile ? tooLarge : host.readBytes(path);
}

/** Opens the tree of these paths (absolute), or of the current folder when there are none. undefined: said why. */
export function open(host: Host, problems: Problems, options: TreeOptions, paths: readonly Pick<NamedPath, 'path' | 'kind'>[]): Opened | undefined {
  const tree = treeOf(host, problems, options.tree, paths);
  const kconfig = options.kconfig === undefined ? undefined : readKconfig(host, problems, options.kconfig);
  if (tree === undefined || (options.kconfig !== undefined && kconfig === undefined)) return undefined;
  const files = host.filesOf(tree);
  const workspace = host.openWorkspace(files, {
    ...(kconfig === undefined ? {} : { kconfig }), ...(options.index === undefined ? {} : { index: options.index }),
  });
  sayMistakes(problems, workspace.mistakes());
  return { tree, files, workspace, kconfig };
}

/** The tree that was named, else that of these paths or of the current folder. undefined: said why. */
export function treeOf(host: Host, problems: Problems, named: string | undefined, paths: readonly Pick<NamedPath, 'path' | 'kind'>[]): string | undefined {
  return named === undefined ? defaultTree(host, paths) : namedTree(host, problems, named);
}

/**
 * A path as the engine spells it: relative to the tree, also when a symbolic link leads into it (the shell's current
 * folder often is one), else absolute as it was named.
 */
export function fileInTree(host: Host, tree: string, path: string): string {
  const file = pathInTree(tree, path);
  if (!isAbsolute(file)) return file;
  const real = pathInTree(host.real(tree), join(host.real(dirname(path)), basename(path)));
  return isAbsolute(real) ? file : real;
}

/** One line per facts file; the good entries are in use all the same. */
function sayMistakes(problems: Problems, mistakes: readonly Finding[]): void {
  for (const file of new Set(mistakes.map((mistake) => mistake.file))) {
    const [first, ...more] = mistakes.filter((mistake) => mistake.file === file);
    if (first !== undefined) problems.say(`${place(first)}: ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}`);
  }
}

/** The current folder does. */
export function isInKernelTree(host: Host): boolean {
  return kernelTreeAbove(kindsOf(host), host.cwd) !== undefined;
}

function kindsOf(host: Host): KindOf {
  return (path) => {
    const stat = host.stat(path);
    return stat.ok ? stat.value.kind : undefined;
  };
}

function defaultTree(host: Host, paths: readonly Pick<NamedPath, 'path' | 'kind'>[]): string {
  const kindOf = kindsOf(host);
  const folders = paths.map(({ path, kind }) => (kind === 'folder' ? path : dirname(path)));
  if (folders.length === 0) return kernelTreeAbove(kindOf, host.cwd) ?? host.cwd;
  for (const folder of folders) {
    const tree = kernelTreeAbove(kindOf, folder);
    if (tree !== undefined) return tree;
  }
  return commonFolder(folders);
}

function namedTree(host: Host, problems: Problems, named: string): string | undefined {
  const path = resolve(host.cwd, named);
  const stat = host.stat(path);
  if (stat.ok && stat.value.kind === 'folder') return path;
  problems.say(`--tree ${named}: ${stat.ok ? 'not a folder' : stat.why}`);
  return undefined;
}

function readKconfig(host: Host, problems: Problems, named: string): ReadonlyMap<string, string> | undefined {
  const path = resolve(host.cwd, named);
  const stat = host.stat(path);
  // A build's output folder stands for the .config in it.
  const bytes = stat.ok && stat.value.size > largestFile ? tooLarge : host.readBytes(stat.ok && stat.value.kind === 'folder' ? join(path, '.config') : path);
  if (!bytes.ok) {
    problems.say(`--kconfig ${named}: ${bytes.why}`);
    return undefined;
  }
  const options = parseKconfig(new TextDecoder().decode(bytes.value));
  if (options === undefined) problems.say(`--kconfig ${named}: not a kernel .config`);
  return options;
}
