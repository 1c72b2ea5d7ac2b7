// A worker of a check that dies on a file called die.c and hangs on one called hang.c.

import { parentPort, workerData } from 'node:worker_threads';

import { type CheckTask, type CheckWorkerOptions, openChecker } from '../../server/src/main/check-task.ts';
import type { PoolWorkerData } from '../../server/src/main/pool.ts';

const { beats, options } = workerData as PoolWorkerData<CheckWorkerOptions>;
const shared = new Int32Array(beats);
const check = openChecker(options);

parentPort?.on('message', (task: CheckTask) => {
  void check(task, (number) => {
    Atomics.store(shared, 0, number);
    Atomics.add(shared, 1, 1);
    const file = task.files[number] ?? '';
    if (task.lost[file] !== undefined) return;
    if (file.endsWith('/die.c')) process.exit(1);
    while (file.endsWith('/hang.c')) Atomics.load(shared, 1);
  }).then((answer) => parentPort?.postMessage({ answer }));
});
