// A unified diff as `git apply` and `patch -p1` take it.

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** `file` relative to the tree. Three lines of context, as kernel patches have. Empty if the texts are equal. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, { context: 3, headerOptions: FILE_HEADERS_ONLY });
}
