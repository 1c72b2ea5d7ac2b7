// When to check: once the typing pauses, one document after the other.

import type { CancellationToken } from 'vscode-languageserver/node';

import { turn } from './turns.ts';

export interface Schedule {
  /** Something changed: `work` is run for every key, the newest change's key first, once `pause` has passed. */
  request(keys: readonly string[]): void;
  /** Resolves after the pause that follows the last change, at once if there was none lately; early on cancel. */
  quiet(token: CancellationToken): Promise<void>;
  /** A change came in. */
  touch(): void;
  /** Something waits to be done, or is being done. */
  busy(): boolean;
  stop(): void;
}

/** Milliseconds; long enough that a burst of keystrokes is one check, short enough that it is not felt. */
export const pause = 50;

export function schedule(work: (key: string) => Promise<void>, now: () => number): Schedule {
  const waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let touched = Number.NEGATIVE_INFINITY;
  let working = false;

  const step = async (): Promise<void> => {
    timer = undefined;
    const rest = touched + pause - now();
    if (rest > 0) return again(rest);
    const key = waiting.shift();
    if (key !== undefined) {
      working = true;
      await work(key);
      working = false;
    }
    if (waiting.length > 0) again(0);
  };
  const again = (milliseconds: number): void => {
    if (!working) timer ??= setTimeout(() => void step(), milliseconds);
  };

  return {
    request(keys) {
      for (const key of [...keys].reverse()) {
        const known = waiting.indexOf(key);
        if (known !== -1) waiting.splice(known, 1);
        waiting.unshift(key);
      }
      if (waiting.length > 0) again(pause);
    },
    async quiet(token) {
      // Always one turn, so that requests which are already in the queue get their cancellations seen.
      await turn();
      for (let rest = touched + pause - now(); rest > 0 && !token.isCancellationRequested; rest = touched + pause - now()) await turn(rest);
    },
    touch() {
      touched = now();
    },
    busy: () => working || waiting.length > 0,
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting.length = 0;
    },
  };
}
