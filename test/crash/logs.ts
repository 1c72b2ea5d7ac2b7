// The crash logs of these tests: our own, in the style of real ones.

import { readFileSync } from 'node:fs';

/** `name` without `.txt`. */
export function logText(name: string): string {
  return readFileSync(new URL(`logs/${name}.txt`, import.meta.url), 'utf8');
}
