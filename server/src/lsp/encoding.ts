// Positions between the engine (UTF-16 code units) and the client (UTF-16 or UTF-8 code units). The only file that
// knows there is a difference.

import { lineStarts, offsetAt, positionAt, type LineStarts, type Position } from '../base/span.ts';
import type { Encoding } from './client.ts';

/** A text in the client's terms. Offsets are UTF-16 code units of the text. */
export interface WireText {
  readonly text: string;
  /** The client's position of one of ours. */
  toWire(position: Position): Position;
  /** Our position of one of the client's; clamped into its line, and the line into the text. */
  fromWire(position: Position): Position;
  toWireAt(offset: number): Position;
  fromWireAt(position: Position): number;
  /** 0-based; without its line ending. */
  line(number: number): string;
}

export function wireText(text: string, encoding: Encoding): WireText {
  const starts = lineStarts(text);
  const line = (number: number): string => lineOf(text, starts, number);
  const toWire = (position: Position): Position => ({
    line: position.line,
    character: encoding === 'utf-16' ? position.character : Buffer.byteLength(line(position.line).slice(0, position.character)),
  });
  const fromWire = (position: Position): Position => {
    if (position.line >= starts.length) return positionAt(starts, text.length);
    const content = line(position.line);
    const character = encoding === 'utf-16' ? position.character : utf16Length(content, position.character);
    return { line: position.line, character: Math.min(character, content.length) };
  };
  return {
    text,
    line,
    toWire,
    toWireAt: (offset) => toWire(positionAt(starts, Math.min(Math.max(offset, 0), text.length))),
    fromWire,
    fromWireAt: (position) => offsetAt(starts, fromWire(position)),
  };
}

/** How many UTF-16 code units the first `bytes` bytes of a line take. */
function utf16Length(line: string, bytes: number): number {
  let left = bytes;
  let units = 0;
  for (const character of line) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    units += character.length;
  }
  return units;
}

function lineOf(text: string, starts: LineStarts, number: number): string {
  const start = starts[number] ?? text.length;
  const end = starts[number + 1] ?? text.length;
  return text.slice(start, end).replace(/\r?\n$/, '');
}
