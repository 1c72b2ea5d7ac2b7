// Functions by their places in the text as it is now.

import { lineStarts, positionAt, type LineStarts, type Span } from '../base/span.ts';
import type { FunctionRef } from '../program/code.ts';
import type { FunctionKey, FunctionPlace, Range } from './around.ts';
import type { Session } from './session.ts';

export function rangeIn(starts: LineStarts, { start, end }: Span): Range {
  return { start: positionAt(starts, start), end: positionAt(starts, end) };
}

export function placeOf(session: Session, { file, name, item }: FunctionRef): FunctionPlace {
  const starts = lineStarts(session.textOf(file));
  return { file, name, offset: item.nameSpan.start, range: rangeIn(starts, item.span), nameRange: rangeIn(starts, item.nameSpan) };
}

export function refOf(session: Session, { file, name, offset }: FunctionKey): FunctionRef | undefined {
  const named = session.code.functionsIn(file).filter((ref) => ref.name === name);
  return named.find(({ item }) => item.nameSpan.start === offset) ?? named[0];
}

/** Where a span of the lowered function stands in its file's text: the lowered form outlives edits elsewhere in the file. */
export function spanNow(session: Session, ref: FunctionRef, { start, end }: Span): Span {
  const moved = ref.item.span.start - session.code.ir(ref).span.start;
  return { start: start + moved, end: end + moved };
}
