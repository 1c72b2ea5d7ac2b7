// What the command line needs of the world around it. The composition root gives the real one, tests give a small one.

import type { TreeIndex } from '../index/tree-index.ts';
import type { Finding } from '../ide/finding.ts';
import type { Files, Workspace, WorkspaceOptions } from '../ide/workspace.ts';
import type { Asked, FileReport } from './file-report.ts';

/** A value, or the reason why there is none: the end of a sentence such as "no such file or folder". */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export type Kind = 'file' | 'folder' | 'special';

export interface Stat {
  readonly kind: Kind;
  /** Bytes; 0 for what is not a file. */
  readonly size: number;
}

export interface Host {
  /** Absolute. */
  readonly cwd: string;
  readonly version: string;
  /** A variable of the environment; an empty one counts as absent. */
  env(name: string): string | undefined;
  /** Milliseconds since some fixed moment. */
  now(): number;
  out(text: string): void;
  err(text: string): void;
  /** Paths of the following are absolute. Links are followed. */
  stat(path: string): Result<Stat>;
  /** The path without symbolic links; the path itself where there is none. */
  real(path: string): string;
  /** Names in a folder of a tree, folders with a trailing `/`, sorted; of links to folders those that lead out of the tree. */
  listFolder(path: string, tree: string): Result<readonly string[]>;
  readBytes(path: string): Result<Uint8Array>;
  writeText(path: string, text: string): Result<true>;
  readStdin(): Result<Uint8Array>;
  /** Standard output of `git ARGS`, run in that folder (absolute). Only what reads is asked for. */
  git(folder: string, args: readonly string[]): Result<string>;
  /** The page of a rule or notice, as Markdown. */
  page(rule: Finding['rule']): string | undefined;
  filesOf(tree: string): Files;
  openWorkspace(files: Files, options: WorkspaceOptions): Workspace;
  /** A run over many files on threads, in no fixed order; undefined `jobs`: as many as the machine has room for. */
  checkMany(run: ManyFiles, jobs: number | undefined): Promise<readonly FileReport[]>;
  readonly index: IndexHost;
  /** Runs the language server on standard input and output until the client hangs up; the exit status. */
  serve(): Promise<number>;
}

/** Plain data: it is told to threads. */
export interface ManyFiles {
  /** Absolute. */
  readonly tree: string;
  /** As the engine spells them; each once. */
  readonly files: readonly string[];
  readonly asked: Asked;
  /** Texts that are not the disk's, by file. */
  readonly texts: ReadonlyMap<string, string>;
  readonly kconfig?: ReadonlyMap<string, string>;
  /** The joined index of the whole tree. */
  readonly index?: Uint8Array;
}

export interface BuiltIndex {
  readonly index: TreeIndex;
  /** It as the bytes it is made of. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the joined index: equal for equal trees. */
  readonly digest: string;
  /** Files scanned in this run. */
  readonly scanned: number;
}

/** The whole-tree store. Trees are absolute, without symbolic links. What goes wrong in the store is said on standard error. */
export interface IndexHost {
  /** Built, or refreshed; undefined: stopped by the user. */
  build(tree: string, jobs: number | undefined): Promise<BuiltIndex | undefined>;
  /** The text of a shard file; undefined: stopped by the user. */
  shard(tree: string, jobs: number | undefined, shard: { readonly part: number; readonly parts: number }): Promise<string | undefined>;
  addShards(paths: readonly string[]): Promise<Result<true>>;
  /** Removes the store; false: there was none. */
  clean(): Result<boolean>;
  /** Absolute. */
  readonly folder: string;
  /** Bytes. */
  storeSize(): number;
  /** Bytes, of this process. */
  peakMemory(): number;
  /** Writes a file anew. */
  write(path: string, text: string): Result<true>;
}
