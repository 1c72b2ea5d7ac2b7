// The sheet that normalising works on: the characters of a slice, replaced in place, and its tokens.

import type { Catalogue } from './catalogue.ts';
import { Char, commentEnd, Kind } from './lex.ts';

/** The text being rewritten: characters that are replaced in place. */
export interface Sheet {
  readonly codes: Uint16Array;
}

export const UPPER_OFFSET = 32;

export function blank(sheet: Sheet, start: number, end: number): void {
  for (let i = start; i < end; i++) if (sheet.codes[i] !== Char.Newline && sheet.codes[i] !== Char.Return) sheet.codes[i] = Char.Space;
}

/** Overwrites the beginning of [start, end) with `text` and blanks the rest. The range holds no newline within the text's length. */
export function put(sheet: Sheet, start: number, end: number, text: string): void {
  blank(sheet, start, end);
  for (let i = 0; i < text.length && start + i < end; i++) sheet.codes[start + i] = text.charCodeAt(i);
}

/** Live tokens with their partners. `word` is empty for anything but a word. */
export interface Live {
  readonly kinds: Kind[];
  readonly starts: number[];
  readonly ends: number[];
  readonly words: string[];
  /** Of a bracket: the index of its partner; -1 without one. */
  readonly partners: number[];
}

export const EXPRESSION_WORDS: ReadonlySet<string> = new Set(['return', 'case', 'goto', 'else', 'do', 'sizeof']);

export interface Job {
  readonly slice: string;
  readonly catalogue: Catalogue;
  readonly sheet: Sheet;
  readonly live: Live;
}

export const codeAt = (job: Job, i: number): number =>
  job.live.kinds[i] === Kind.Mark ? job.slice.charCodeAt(job.live.starts[i]!) : 0;

/** True if tokens i and i+1 are one operator: nothing between them. */
export const joined = (job: Job, i: number): boolean => job.live.ends[i] === job.live.starts[i + 1];

export function blankTokens(job: Job, from: number, to: number): void {
  if (to > from) blank(job.sheet, job.live.starts[from]!, job.live.ends[to - 1]!);
}

/** Puts one character into the white space before token `i`; false if there is none besides newlines. */
export function insertBefore(job: Job, i: number, character: string): boolean {
  const at = blanksBetween(job.slice, i === 0 ? 0 : job.live.ends[i - 1]!, job.live.starts[i] ?? job.slice.length)[0];
  if (at !== undefined) job.sheet.codes[at] = character.charCodeAt(0);
  return at !== undefined;
}

export const STATEMENT_KEYWORDS: ReadonlySet<string> = new Set([
  'if', 'while', 'for', 'do', 'switch', 'case', 'default', 'return', 'goto', 'break', 'continue', 'else',
]);

export const HEADER_KEYWORDS: ReadonlySet<string> = new Set(['if', 'while', 'for', 'switch']);

/** The column of the first character of the line that `at` stands in, with tabs to 8. */
export function column(slice: string, at: number): number {
  let out = 0;
  for (let i = slice.lastIndexOf('\n', at - 1) + 1; i < at; i++) {
    const code = slice.charCodeAt(i);
    if (code === Char.Tab) out += 8 - (out % 8);
    else if (code === Char.Space) out++;
    else break;
  }
  return out;
}

/** True if the token ends an operand: a word that is no keyword, a number, a literal, a closing bracket. */
export function isOperandEnd(job: Job, i: number): boolean {
  if (i < 0) return false;
  const kind = job.live.kinds[i];
  if (kind === Kind.Word) return !EXPRESSION_WORDS.has(job.live.words[i]!);
  if (kind === Kind.Number || kind === Kind.Text) return true;
  const code = codeAt(job, i);
  return code === Char.Close || code === Char.CloseIndex;
}

/** Offsets of the blanks and tabs between two tokens, outside comments. */
export function blanksBetween(slice: string, from: number, to: number): readonly number[] {
  const found: number[] = [];
  for (let at = from; at < to; at++) {
    const code = slice.charCodeAt(at);
    if (code === Char.Slash) at = Math.max(commentEnd(slice, at) - 1, at);
    else if (code === Char.Space || code === Char.Tab) found.push(at);
  }
  return found;
}

export const isTag = (word: string): boolean => word === 'struct' || word === 'union' || word === 'enum';
