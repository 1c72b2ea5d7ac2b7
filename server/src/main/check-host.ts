// A check of many files on threads: a queue of folders, and workers that take from it. A worker that dies, or sits at one
// file for too long, is replaced; the file is named in a gap.

import { availableParallelism, totalmem } from 'node:os';

import { groupBy } from '../base/group-by.ts';
import { type FileReport, lostReport } from '../cli/file-report.ts';
import type { ManyFiles } from '../cli/host.ts';
import { type CheckAnswer, type CheckTask, type CheckWorkerOptions, openChecker } from './check-task.ts';
import { runPool, threadScript } from './pool.ts';
import { openProgress } from './progress.ts';

/** Bytes that a worker may come to, headers and the largest file of a kernel included. */
const WORKER_MEMORY = 1.5e9;

/** Megabytes of live objects at which the file that a worker is at counts as not survived. */
const MOST_LIVE = 1500;

/** No file of a kernel takes more than some ten seconds; the rest is room for a busy machine. Milliseconds. */
const PATIENCE = 180_000;

/** Files of one folder share what is read around them; more of them than this are worth several workers. */
const LARGEST_PART = 48;

/** What tests want otherwise. */
export interface CheckPool {
  readonly worker?: URL;
  readonly patience?: number;
}

export async function checkMany(run: ManyFiles, jobs: number | undefined, pool: CheckPool = {}): Promise<readonly FileReport[]> {
  const { files, index, ...rest } = run;
  const reports: FileReport[] = [];
  const progress = openProgress('checking', process.stderr);
  let done = 0;
  /** Some worker got as far as a file. */
  let ran = false;
  const advanced = (): void => progress.at(Math.min((done += 1), files.length), files.length);
  // At once, but for the terminal, which is left as it was.
  const onInterrupt = (): void => {
    progress.stop();
    process.kill(process.pid, 'SIGINT');
  };
  process.once('SIGINT', onInterrupt);
  progress.at(0, files.length);
  await runPool<CheckTask, CheckAnswer>({
    script: pool.worker ?? threadScript('check-worker'),
    options: { ...rest, ...(index === undefined ? {} : { index: shared(index) }) } satisfies CheckWorkerOptions,
    workers: jobs ?? defaultJobs(),
    tasks: partsOf(files).map((part) => ({ files: part, lost: {} })),
    patience: pool.patience ?? PATIENCE,
    limits: { maxOldGenerationSizeMb: MOST_LIVE },
    answered(_, answer) {
      ran = true;
      reports.push(...answer.reports);
    },
    advanced,
    lost(task, part, why) {
      const file = task.files[part];
      ran ||= file !== undefined;
      const detail = why === 'hung' ? 'the analysis took too long' : 'the analysis died';
      if (file !== undefined && task.lost[file] === undefined) return { ...task, lost: { ...task.lost, [file]: detail } };
      // Not at a file: the machine is to blame, and trying the same again would not end.
      reports.push(...task.files.map((each) => lostReport(each, detail)));
      return undefined;
    },
    said: () => undefined,
  });
  if (!ran && files.length > 0) {
    process.stderr.write('kreflens: no worker thread could be started; checking on one thread\n');
    const alone = openChecker({ ...rest, ...(index === undefined ? {} : { index }) });
    reports.splice(0, reports.length, ...(await alone({ files, lost: {} }, advanced)).reports);
  }
  process.off('SIGINT', onInterrupt);
  progress.stop();
  return reports;
}

function defaultJobs(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 2 / WORKER_MEMORY)));
}

/** By folder. */
function partsOf(files: readonly string[]): readonly (readonly string[])[] {
  const folders = groupBy(files, (file) => file.slice(0, file.lastIndexOf('/') + 1));
  return [...folders.values()].flatMap((all) => {
    const parts = Math.ceil(all.length / LARGEST_PART);
    const size = Math.ceil(all.length / parts);
    return Array.from({ length: parts }, (_, part) => all.slice(part * size, (part + 1) * size));
  });
}

/** One copy for all threads. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
