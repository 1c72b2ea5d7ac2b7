// A worker of a check: parts of a run in, reports out. It shares a few numbers with the main thread, which can so tell
// that it is stuck, and on which file.

import { parentPort, workerData } from 'node:worker_threads';

import { type CheckTask, type CheckWorkerOptions, openChecker } from './check-task.ts';
import type { PoolWorkerData } from './pool.ts';
import { startParser } from './start-parser.ts';

const { beats, options } = workerData as PoolWorkerData<CheckWorkerOptions>;
const shared = new Int32Array(beats);
const check = openChecker(options);
const parser = startParser(process.env['KREFLENS_PARSER']);

parentPort?.on('message', (task: CheckTask) => {
  void parser.then(() => check(task, (file) => {
    Atomics.store(shared, 0, file);
    Atomics.add(shared, 1, 1);
    parentPort?.postMessage({ advanced: true });
  })).then((answer) => parentPort?.postMessage({ answer }));
});
