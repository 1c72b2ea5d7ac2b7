// Long work on the one thread there is: it gives way after every few milliseconds, so that a hover does not wait for a
// check of thousands of lines.

import { LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver/node';

import type { Steps } from '../base/steps.ts';

/** Milliseconds of steps in one turn of the event loop. */
const TURN = 10;

/** Rejects with "cancelled" as soon as nobody wants the answer. */
export async function inTurns<T>(steps: Steps<T>, token?: CancellationToken): Promise<T> {
  for (;;) {
    const begun = performance.now();
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() - begun < TURN);
    await turn();
    giveUpIfCancelled(token);
  }
}

export function turn(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => (milliseconds > 0 ? setTimeout(resolve, milliseconds) : setImmediate(resolve)));
}

export function giveUpIfCancelled(token: CancellationToken | undefined): void {
  if (token?.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
}
