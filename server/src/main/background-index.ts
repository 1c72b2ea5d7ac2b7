// The index for a server: built or refreshed on a thread of its own, stopped without loss.

import type { Worker } from 'node:worker_threads';

import { openIndex } from '../index/join.ts';
import type { TreeIndex } from '../index/tree-index.ts';
import { cacheFolder } from './cache-folder.ts';
import type { FromThread, ThreadRequest } from './index-thread.ts';
import { startThread, threadScript } from './pool.ts';

export interface BackgroundIndex {
  /** undefined: stopped, or the thread failed, which was said. Never rejects. */
  readonly index: Promise<TreeIndex | undefined>;
  /** Ends soon after; what was done is in the store. */
  stop(): void;
}

/** `tree`: absolute, without symbolic links. One job leaves the other processor to the server. */
export function indexInBackground(
  tree: string, say: (line: string) => void, progress: (done: number, total: number) => void, cache: string = cacheFolder(),
): BackgroundIndex {
  const worker: Worker = startThread(threadScript('index-thread'), { tree, cache, jobs: 1 } satisfies ThreadRequest);
  const index = new Promise<TreeIndex | undefined>((resolve) => {
    worker.on('message', (message: FromThread) => {
      if ('said' in message) say(message.said);
      else if ('done' in message) progress(message.done, message.total);
      else resolve(message.bytes === undefined ? undefined : openIndex(message.bytes));
    });
    worker.on('error', (error) => {
      say(`indexing failed: ${error.message}`);
      resolve(undefined);
    });
    worker.on('exit', () => resolve(undefined));
  });
  return { index, stop: () => worker.postMessage('stop') };
}
