// A worker of the index that dies on a file called die.c and hangs on one called hang.c.

import { parentPort, workerData } from 'node:worker_threads';

import { folderFacts, type FolderTask } from '../../server/src/main/index-task.ts';
import type { PoolWorkerData } from '../../server/src/main/pool.ts';
import { openStore } from '../../server/src/main/store.ts';

const { beats, options } = workerData as PoolWorkerData<{ readonly cache: string }>;
const shared = new Int32Array(beats);
const store = openStore(options.cache, () => undefined);

parentPort?.on('message', (task: FolderTask) => {
  void folderFacts(task, store, (file) => {
    Atomics.store(shared, 0, file);
    Atomics.add(shared, 1, 1);
    if (task.files[file] === 'die.c') process.exit(1);
    while (task.files[file] === 'hang.c') Atomics.load(shared, 1);
  }).then((answer) => parentPort?.postMessage({ answer }));
});
