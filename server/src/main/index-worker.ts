// A worker of the index: folders in, their facts out. It shares a few numbers with the main thread, which can so tell
// that it is stuck, and on which file.

import { parentPort, workerData } from 'node:worker_threads';

import { folderFacts, type FolderTask } from './index-task.ts';
import type { PoolWorkerData } from './pool.ts';
import { openStore } from './store.ts';

const { beats, options } = workerData as PoolWorkerData<{ readonly cache: string }>;
const shared = new Int32Array(beats);
const store = openStore(options.cache, (said) => parentPort?.postMessage({ said }));

parentPort?.on('message', (task: FolderTask) => {
  void folderFacts(task, store, (file) => {
    Atomics.store(shared, 0, file);
    Atomics.add(shared, 1, 1);
  }).then((answer) => parentPort?.postMessage({ answer }));
});
