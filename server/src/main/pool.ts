// Runs tasks on worker threads. A worker that dies or hangs is replaced; what it was at is handed back.

import { existsSync } from 'node:fs';
import { type ResourceLimits, Worker } from 'node:worker_threads';

export interface PoolWorkerData<Options> {
  /** Two 32-bit numbers the worker keeps: what part of its task it is at, and a count that rises as it gets on. */
  readonly beats: SharedArrayBuffer;
  readonly options: Options;
}

/** A worker answers each task (a message) with the first of these, and may send the others at any time. */
export type FromWorker<Answer> = { readonly answer: Answer } | { readonly said: string } | { readonly advanced: true };

export interface Pool<Task, Answer> {
  readonly script: URL;
  readonly options: unknown;
  readonly workers: number;
  readonly tasks: readonly Task[];
  /** Milliseconds without a sign of life after which a worker counts as stuck. */
  readonly patience: number;
  answered(task: Task, answer: Answer): void;
  /** Which task, if any, to run instead of the one that a worker did not survive. `part`: what it was at. */
  lost(task: Task, part: number, why: 'died' | 'hung'): Task | undefined;
  said(line: string): void;
  /** A worker got on to another part of its task. */
  advanced?(): void;
  /** Of each worker. */
  readonly limits?: ResourceLimits;
  readonly signal?: AbortSignal;
}

/** Until all tasks are answered or given up; at once after an abort. */
export async function runPool<Task, Answer>(pool: Pool<Task, Answer>): Promise<void> {
  const waiting = [...pool.tasks].reverse();
  const workers = Math.max(1, Math.min(pool.workers, waiting.length));
  if (waiting.length > 0) await Promise.all(Array.from({ length: workers }, () => work(pool, waiting)));
}

/** One place at the bench: workers one after the other, until nothing waits. */
async function work<Task, Answer>(pool: Pool<Task, Answer>, waiting: Task[]): Promise<void> {
  while (waiting.length > 0 && pool.signal?.aborted !== true) await workerLife(pool, waiting);
}

function workerLife<Task, Answer>(pool: Pool<Task, Answer>, waiting: Task[]): Promise<void> {
  return new Promise((resolve) => {
    const beats = new SharedArrayBuffer(8);
    const shared = new Int32Array(beats);
    const worker = startThread(pool.script, { beats, options: pool.options } satisfies PoolWorkerData<unknown>, pool.limits);
    let current: Task | undefined;
    let lastBeat = -1;
    let quietSince = performance.now();
    let over = false;

    const end = (why?: 'died' | 'hung'): void => {
      if (over) return;
      over = true;
      clearInterval(watch);
      pool.signal?.removeEventListener('abort', stop);
      if (current !== undefined && why !== undefined) {
        const instead = pool.lost(current, Atomics.load(shared, 0), why);
        if (instead !== undefined) waiting.push(instead);
      }
      void worker.terminate().then(() => resolve());
    };
    const stop = (): void => end();
    const next = (): void => {
      current = waiting.pop();
      if (current === undefined) return end();
      Atomics.store(shared, 0, -1);
      quietSince = performance.now();
      worker.postMessage(current);
    };
    const watch = setInterval(() => {
      const beat = Atomics.load(shared, 1);
      if (beat !== lastBeat) quietSince = performance.now();
      else if (performance.now() - quietSince > pool.patience) end('hung');
      lastBeat = beat;
    }, Math.min(1000, pool.patience / 4));

    worker.on('message', (message: FromWorker<Answer>) => {
      if ('said' in message) return pool.said(message.said);
      if ('advanced' in message) return pool.advanced?.();
      if (over || current === undefined) return;
      pool.answered(current, message.answer);
      next();
    });
    worker.on('error', () => end('died'));
    worker.on('exit', () => end('died'));
    pool.signal?.addEventListener('abort', stop);
    next();
  });
}

/** Beside the bundle in dist/, or in the source tree. */
export function threadScript(name: string): URL {
  const bundled = new URL(`./${name}.js`, import.meta.url);
  return existsSync(bundled) ? bundled : new URL(`./${name}.ts`, import.meta.url);
}

/** Run from its sources, as in tests, the thread has to be taught TypeScript first: unlike the main one it is not yet. */
export function startThread(script: URL, workerData: unknown, limits: ResourceLimits = {}): Worker {
  if (!script.pathname.endsWith('.ts')) return new Worker(script, { workerData, resourceLimits: limits });
  const load = `import('tsx/esm/api').then((tsx) => { tsx.register(); return import(${JSON.stringify(script.href)}); });`;
  return new Worker(load, { workerData, eval: true, resourceLimits: limits });
}
