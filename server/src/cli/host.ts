// What the command line needs of the world around it. The composition root gives the real one, tests give a small one.

import type { RuleId } from '../ide/finding.ts';
import type { Files, Workspace, WorkspaceOptions } from '../ide/workspace.ts';

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
  /** Milliseconds since some fixed moment. */
  now(): number;
  out(text: string): void;
  err(text: string): void;
  /** Paths of the following are absolute. Links are followed. */
  stat(path: string): Result<Stat>;
  /** The path without symbolic links; the path itself where there is none. */
  real(path: string): string;
  /** Names in a folder, folders with a trailing `/`, sorted; symbolic links to folders are left out. */
  listFolder(path: string): Result<readonly string[]>;
  readBytes(path: string): Result<Uint8Array>;
  writeText(path: string, text: string): Result<true>;
  readStdin(): Result<Uint8Array>;
  /** The rule's page, as Markdown. */
  page(rule: RuleId): string | undefined;
  filesOf(tree: string): Files;
  openWorkspace(files: Files, options: WorkspaceOptions): Workspace;
  /** Runs the language server on standard input and output until the client hangs up; the exit status. */
  serve(): Promise<number>;
}
