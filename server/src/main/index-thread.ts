// Builds an index away from the main thread, which has requests to answer; the workers are this thread's.

import { parentPort, workerData } from 'node:worker_threads';

import { buildIndex } from './index-build.ts';

export interface ThreadRequest {
  readonly tree: string;
  readonly cache: string;
  readonly jobs: number;
}

export type FromThread =
  | { readonly said: string }
  | { readonly done: number; readonly total: number }
  | { readonly bytes: Uint8Array | undefined };

const send = (message: FromThread): void => parentPort?.postMessage(message);
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());

const built = await buildIndex({
  ...(workerData as ThreadRequest),
  say: (said) => send({ said }),
  progress: (done, total) => send({ done, total }),
  signal: stop.signal,
});
send({ bytes: built?.bytes });
parentPort?.close();
