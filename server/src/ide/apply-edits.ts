// Edits applied to one file's text.

import type { Edit } from './workspace.ts';

/** The edits must not overlap; their order does not matter. */
export function applyEdits(text: string, edits: readonly Pick<Edit, 'start' | 'end' | 'newText'>[]): string {
  let result = text;
  for (const { start, end, newText } of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
    result = result.slice(0, start) + newText + result.slice(end);
  }
  return result;
}
