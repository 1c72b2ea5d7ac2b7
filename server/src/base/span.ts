// Places in a text. Offsets are UTF-16 code units from the start of the file's text (what JavaScript strings
// index by, and what editors ask for), 0-based, end exclusive.

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Line starts of a text: `starts[i]` is the offset of the first character of 0-based line i. */
export type LineStarts = readonly number[];

export interface Position {
  /** 0-based. */
  readonly line: number;
  /** 0-based, UTF-16 code units. */
  readonly character: number;
}

export function lineStarts(text: string): LineStarts {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

export function positionAt(starts: LineStarts, offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: offset - (starts[low] ?? 0) };
}

/** Offset of a position; a position past the end of its line or of the text is clamped by the caller. */
export function offsetAt(starts: LineStarts, position: Position): number {
  return (starts[Math.min(position.line, starts.length - 1)] ?? 0) + position.character;
}
