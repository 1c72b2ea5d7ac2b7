// A position in a token list, with what the parsers ask about names. Parsers never throw: they note where they
// were lost and go on.

import type { Span } from '../base/span.ts';
import { BUILTIN } from '../syntax/catalogue.ts';
import type { Catalogue } from '../syntax/catalogue.ts';
import type { ConditionalRegion } from '../syntax/normalise.ts';
import type { StructDef } from './ir.ts';
import type { Token } from './tokens.ts';

export interface Names {
  /** `name(args) statement` is a loop or a scope rather than a call. */
  isLoop(name: string): boolean;
  /** A macro such as `__user` that means nothing here; with or without arguments. */
  isAnnotation(name: string): boolean;
}

export interface Reader {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
  readonly names: Names;
  /** Turns offsets of `text` into a span of the file. */
  readonly spanOf: (start: number, end: number) => Span;
  /** Places of `text` that could not be understood. */
  readonly lost: { readonly offset: number; readonly expected: string }[];
  /** Structs defined on the way, outer ones last. */
  readonly structs: StructDef[];
  /** Branches of `#if`s around whole statements, by the offset behind their directive line. */
  readonly branches: ReadonlyMap<number, ConditionalRegion>;
}

const scalar = /^(?:__)?(?:[us]|le|be)(?:8|16|32|64)$|_t$|^(?:bool|uint|ulong|ushort|gfp_t|uintptr_t|__wsum|__sum16)$/;

/** A name that is spelled like a scalar typedef: the only hint for `(name)(x)`, which C cannot tell from a call. */
export const looksLikeType = (name: string): boolean => scalar.test(name);

/** Annotations whose names the tree does not define for the parser's sake: compiler words and families of them. */
const annotation = /^__(?:attribute__?|acquires|releases|must_hold|free|cleanup|aligned|asm__)(?:_shared)?$|^_*cacheline_\w+$|^__no_sanitize_\w+$/;

export function namesOf(catalogue: Catalogue): Names {
  return {
    isLoop: (name) => catalogue.loops.has(name),
    isAnnotation: (name) => catalogue.annotations.has(name) || catalogue.callAnnotations.has(name) || annotation.test(name),
  };
}

export const plainNames: Names = namesOf(BUILTIN);

const noBranches: Reader['branches'] = new Map();

export function newReader(text: string, tokens: readonly Token[], names: Names, spanOf: Reader['spanOf'], branches = noBranches): Reader {
  return { text, tokens, at: 0, names, spanOf, lost: [], structs: [], branches };
}

const none: Token = { kind: 'end', text: '', start: 0, end: 0 };

export function peek(reader: Reader, ahead = 0): Token {
  return reader.tokens[reader.at + ahead] ?? reader.tokens[reader.tokens.length - 1] ?? none;
}

/** True for a punctuator or keyword; strings and characters never match. */
export function sees(reader: Reader, text: string, ahead = 0): boolean {
  const token = peek(reader, ahead);
  return token.text === text && (token.kind === 'punct' || token.kind === 'name');
}

export function next(reader: Reader): Token {
  const token = peek(reader);
  if (reader.at < reader.tokens.length - 1) reader.at++;
  return token;
}

export function accept(reader: Reader, text: string): boolean {
  if (!sees(reader, text)) return false;
  next(reader);
  return true;
}

export function expect(reader: Reader, text: string): boolean {
  if (accept(reader, text)) return true;
  lose(reader, text);
  return false;
}

export function lose(reader: Reader, expected: string): void {
  const before = reader.tokens[reader.at - 1];
  reader.lost.push({ offset: before?.end ?? peek(reader).start, expected });
}

export const atEnd = (reader: Reader): boolean => peek(reader).kind === 'end';

/** The end offset of the last token read. */
export const lastEnd = (reader: Reader): number => reader.tokens[reader.at - 1]?.end ?? 0;

export const spanFrom = (reader: Reader, start: number): Span => reader.spanOf(start, lastEnd(reader));

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Index of the last token of the group that the bracket at index `open` begins: its closing bracket, unless the text is
 * broken and an outer bracket closes, or the text ends, before it.
 */
export function closing(tokens: readonly Token[], open: number): number {
  const wanted: string[] = [];
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || token.kind !== 'punct') continue;
    const close = closers[token.text];
    if (close !== undefined) wanted.push(close);
    else if (token.text === wanted[wanted.length - 1]) {
      wanted.pop();
      if (wanted.length === 0) return at;
    } else if (token.text === '}' && !wanted.includes('}')) return at - 1;
  }
  return tokens.length - 2;
}

/** Is the bracket at index `open` closed at all? */
export function isClosed(tokens: readonly Token[], open: number): boolean {
  const close = tokens[closing(tokens, open)];
  return close !== undefined && close.text === closers[tokens[open]?.text ?? ''] && close.kind === 'punct';
}

/** Skips a bracketed group if one is here. */
export function skipGroup(reader: Reader): void {
  if (peek(reader).kind === 'punct' && closers[peek(reader).text] !== undefined) {
    reader.at = Math.min(closing(reader.tokens, reader.at) + 1, reader.tokens.length - 1);
  }
}

/** Skips to one of `stops` outside any bracket, or to a closing bracket or the end. */
export function skipTo(reader: Reader, stops: readonly string[]): void {
  while (!atEnd(reader)) {
    const token = peek(reader);
    if (token.kind === 'punct') {
      if (stops.includes(token.text) || token.text === ')' || token.text === ']' || token.text === '}') return;
      if (closers[token.text] !== undefined) {
        skipGroup(reader);
        continue;
      }
    }
    next(reader);
  }
}
