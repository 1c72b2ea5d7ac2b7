// Which files of the kernel stand on every stack and tell nothing about a crash.

import backtraces from './data/backtraces.json' with { type: 'json' };

const FILES: readonly string[] = backtraces.furniture;

/** `file` is relative to the tree. */
export function isFurniture(file: string): boolean {
  return FILES.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path));
}
