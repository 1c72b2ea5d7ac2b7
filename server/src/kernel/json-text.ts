// Reads JSON and remembers where everything stands, so that a mistake can be shown at its place.

import type { Span } from '../base/span.ts';

export type JsonResult =
  | { readonly ok: true; readonly value: unknown; readonly spanOf: (pointer: string) => Span }
  | { readonly ok: false; readonly message: string; readonly span: Span };

/**
 * Pointers are those of RFC 6901 (`/primitives/0/names`). A member's span is its value's; with `#` appended, its key's.
 * A pointer to nothing has the span of the innermost thing on its way.
 */
export function parseJson(text: string): JsonResult {
  const spans = new Map<string, Span>();
  try {
    const reader: Reader = { text, at: 0, spans };
    const value = readValue(reader, '');
    skipSpace(reader);
    if (reader.at < text.length) fail(reader, 'nothing may follow the closing brace');
    return { ok: true, value, spanOf: (pointer) => innermost(spans, pointer) };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { ok: false, message: error.message, span: { start: error.at, end: Math.min(error.at + 1, text.length) } };
  }
}

interface Reader {
  readonly text: string;
  at: number;
  readonly spans: Map<string, Span>;
}

/** Thrown and caught in this file only. */
class Stop extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

function fail(reader: Reader, message: string, at = reader.at): never {
  throw new Stop(message, at);
}

function innermost(spans: ReadonlyMap<string, Span>, pointer: string): Span {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const span = spans.get(at);
    if (span !== undefined || at === '') return span ?? { start: 0, end: 0 };
  }
}

function skipSpace(reader: Reader): void {
  while (/[ \t\r\n\ufeff]/.test(reader.text[reader.at] ?? '')) reader.at += 1;
}

/** JSON nests without end; the stack does not. */
const deepest = 64;

function readValue(reader: Reader, pointer: string): unknown {
  skipSpace(reader);
  const start = reader.at;
  if (pointer.split('/').length > deepest) fail(reader, 'nested too deeply');
  const value = readBare(reader, pointer);
  reader.spans.set(pointer, { start, end: reader.at });
  return value;
}

function readBare(reader: Reader, pointer: string): unknown {
  switch (reader.text[reader.at]) {
    case '{': return readObject(reader, pointer);
    case '[': return readArray(reader, pointer);
    case '"': return readString(reader);
    case undefined: return fail(reader, 'a value is missing at the end');
    default: {
      const word = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?!\w)/.exec(reader.text.slice(reader.at, reader.at + 40))?.[0];
      if (word === undefined) return fail(reader, 'not JSON: a value is expected here');
      reader.at += word.length;
      return JSON.parse(word) as unknown;
    }
  }
}

function readObject(reader: Reader, pointer: string): Record<string, unknown> {
  const members = new Map<string, unknown>();
  reader.at += 1;
  for (let first = true; ; first = false) {
    skipSpace(reader);
    if (first && reader.text[reader.at] === '}') break;
    const start = reader.at;
    if (reader.text[start] !== '"') fail(reader, 'not JSON: a name in double quotes is expected here');
    const key = readString(reader);
    if (members.has(key)) fail(reader, `'${key}' is given twice`, start);
    const inner = `${pointer}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`;
    reader.spans.set(`${inner}#`, { start, end: reader.at });
    skipSpace(reader);
    if (reader.text[reader.at] !== ':') fail(reader, "not JSON: ':' is expected here");
    reader.at += 1;
    members.set(key, readValue(reader, inner));
    if (endsList(reader, '}')) break;
  }
  reader.at += 1;
  return Object.fromEntries(members);
}

function readArray(reader: Reader, pointer: string): unknown[] {
  const values: unknown[] = [];
  reader.at += 1;
  skipSpace(reader);
  if (reader.text[reader.at] === ']') {
    reader.at += 1;
    return values;
  }
  do values.push(readValue(reader, `${pointer}/${values.length}`)); while (!endsList(reader, ']'));
  reader.at += 1;
  return values;
}

/** At the closing bracket; else past a comma. */
function endsList(reader: Reader, closing: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] === closing) return true;
  if (reader.text[reader.at] !== ',') fail(reader, `not JSON: ',' or '${closing}' is expected here`);
  reader.at += 1;
  return false;
}

const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

function readString(reader: Reader): string {
  string.lastIndex = reader.at;
  const found = string.exec(reader.text)?.[0];
  if (found === undefined) return fail(reader, 'not JSON: this text does not end on its line, or holds a bad escape');
  reader.at += found.length;
  return JSON.parse(found) as string;
}
