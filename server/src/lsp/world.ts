// What the server needs of the world around it. The composition root gives the real one, tests give a small one.

import type { WholeTree } from '../ide/around.ts';
import type { KindOf } from '../ide/tree.ts';
import type { Files, Workspace, WorkspaceOptions } from '../ide/workspace.ts';

export interface World {
  readonly version: string;
  /** What the user is to know of this installation, in one line: said in the log, and with the status. */
  readonly notice?: string;
  readonly kindOf: KindOf;
  /** Files of a tree, an absolute folder; `forget` drops what is remembered, after the disk changed. */
  filesOf(tree: string): Files & { forget(): void };
  openWorkspace(files: Files, options: WorkspaceOptions): Workspace;
  /** The text that a file of a tree (an absolute folder) had at the last commit; undefined: not known, or not there. */
  headText?(tree: string, file: string): string | undefined;
  /** Builds or refreshes the index of a tree, away from this thread; absent: there is none. */
  indexTree?(tree: string, say: (line: string) => void, progress: (done: number, total: number) => void): Indexing;
  /** Milliseconds of quiet before it begins, where the usual ones do not suit. */
  readonly indexAfter?: number;
  /** The address of a rule's page, for `codeDescription`; undefined: none. */
  pageAddress(rule: string): string | undefined;
}

export interface Indexing {
  /** undefined: stopped, or it failed, which was said. Never rejects. */
  readonly index: Promise<WholeTree | undefined>;
  stop(): void;
}
