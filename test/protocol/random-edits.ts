// Edits as people make them, by a seed: the same seed types the same.

import { lineStarts } from '../../server/src/base/span.ts';

export type Random = (below: number) => number;

/** Mulberry32. */
export function random(start: number): Random {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below | 0;
  };
}

export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

const snippets = [
  '\n', ' ', '\t/* é😀 */\n', '}', '{', ')', ';', 'if (', '\tif (!x) {\n', '\treturn;\n', '#if 0\n', '#endif\n', '"', '/*', '*/', 'static ', '\tmutex_lock(&lock);\n',
  '\tmutex_unlock(&lock);\n', '\tkref_get(&x->ref);\n', 'int fresh(void)\n{\n\treturn 0;\n}\n', 'struct half {\n\tint', 'kref_put(', '\\\n', '\r\n', '#define kref_put(a, b) do { } while (0)\n',
];

/** A keystroke, a paste, a deletion, a line moved, half a function typed. */
export function someEdit(text: string, below: Random): TextEdit {
  const at = below(text.length + 1);
  const starts = lineStarts(text);
  const line = below(starts.length);
  const lineStart = starts[line] ?? 0;
  const lineEnd = starts[line + 1] ?? text.length;
  switch (below(6)) {
    case 0:
      return { start: at, end: at, newText: 'x;(){}*&\n'[below(9)] ?? '' };
    case 1:
      return { start: at, end: Math.min(text.length, at + 1 + below(12)), newText: '' };
    case 2:
      return { start: lineStart, end: lineEnd, newText: '' };
    case 3:
      return { start: lineStart, end: lineStart, newText: text.slice(lineStart, lineEnd) };
    case 4:
      return { start: lineStart, end: lineStart, newText: text.slice(lineStart, lineEnd).slice(0, 1 + below(20)) };
    default:
      return { start: lineStart, end: lineStart, newText: snippets[below(snippets.length)] ?? '' };
  }
}
