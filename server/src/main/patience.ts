// When V8 hands a function to its optimising compiler. Most runs are over in seconds: by default the compiler takes as
// long for code that is soon thrown away again as the whole analysis does.

import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs through before it is looked at; V8's own number is 67,584. */
const BUDGET = 2_000_000;

/** For the whole process, its threads included. A V8 that does not know the flag says so on standard error and goes on. */
export function optimiseLate(): void {
  setFlagsFromString(`--interrupt-budget=${BUDGET}`);
}
