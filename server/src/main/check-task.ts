// What a check's main thread and its workers say to each other, and the work itself: some files, one after the other.

import { getHeapStatistics } from 'node:v8';

import { type FileReport, lostReport, fileReport } from '../cli/file-report.ts';
import type { ManyFiles } from '../cli/host.ts';
import { openWorkspace } from '../ide/open-workspace.ts';
import type { Workspace } from '../ide/workspace.ts';
import { openIndex } from '../index/join.ts';
import { diskFiles } from './disk.ts';
import { userFacts } from './user-facts.ts';

export type CheckWorkerOptions = Omit<ManyFiles, 'files'>;

export interface CheckTask {
  readonly files: readonly string[];
  /** Files that a worker did not survive, with what is said of them. */
  readonly lost: Readonly<Record<string, string>>;
}

export interface CheckAnswer {
  readonly reports: readonly FileReport[];
}

/** Bytes of objects at which an engine is given up for a fresh one: what it knows of files done with is of no more use. */
const MOST_HEAP = 300e6;

/** Checks the files of its tasks; what it read around them is kept from task to task. */
export function openChecker({ tree, asked, texts, kconfig, index: bytes }: CheckWorkerOptions) {
  const index = bytes === undefined ? undefined : openIndex(bytes);
  const open = (): Workspace => {
    const workspace = openWorkspace(diskFiles(tree), { ...userFacts(tree), ...(kconfig === undefined ? {} : { kconfig }), ...(index === undefined ? {} : { index }) });
    for (const [file, text] of texts) workspace.setText(file, text);
    return workspace;
  };
  let workspace: Workspace | undefined;

  /** `reached` is told of each file before it is looked at, by its number. */
  return async (task: CheckTask, reached: (file: number) => void): Promise<CheckAnswer> => {
    const reports: FileReport[] = [];
    for (const [number, file] of task.files.entries()) {
      const why = task.lost[file];
      reached(number);
      if (getHeapStatistics().used_heap_size > MOST_HEAP) workspace = undefined;
      workspace ??= open();
      reports.push(why === undefined ? fileReport(workspace, file, asked) : lostReport(file, why));
      // Syntax trees are freed only between turns of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { reports };
  };
}
