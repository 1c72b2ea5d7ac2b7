// Comments that say why a finding is right to ignore: `kreflens: allow RULE: reason`, on the finding's line or before it.

import { lineStarts, positionAt, type Position } from '../base/span.ts';
import { commentEnd, quotedEnd } from '../syntax/lex.ts';
import type { RuleId } from './finding.ts';
import { ruleInfo } from './rule-catalogue.ts';

export interface Suppression {
  readonly rule: RuleId;
  /** 0-based: the lines of the comment itself, and the first line after it that is not a suppression. */
  readonly first: number;
  readonly last: number;
  readonly next: number;
  readonly range: Range;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A comment that begins with `kreflens:` and suppresses nothing. */
export interface Mistake {
  readonly message: string;
  readonly range: Range;
  /** Named without a reason. */
  readonly rule?: RuleId;
}

export interface Suppressions {
  readonly valid: readonly Suppression[];
  readonly mistakes: readonly Mistake[];
}

const WORD = 'kreflens:';
const NONE: Suppressions = { valid: [], mistakes: [] };

/** In the order of the text. Nothing inside a string literal counts. */
export function suppressionsIn(text: string): Suppressions {
  if (!text.includes(WORD)) return NONE;
  const starts = lineStarts(text);
  const valid: Omit<Suppression, 'next'>[] = [];
  const mistakes: Mistake[] = [];
  const alone = new Map<number, number>();
  for (const { start, end, content } of commentsIn(text)) {
    if (!content.startsWith(WORD)) continue;
    const range = { start: positionAt(starts, start), end: positionAt(starts, end) };
    const { line: first } = range.start;
    const { line: last } = range.end;
    const isAlone = text.slice(starts[first], start).trim() === '' && text.slice(end, starts[last + 1]).trim() === '';
    if (isAlone) alone.set(first, last);
    const read = readContent(content.slice(WORD.length).trim());
    if ('message' in read) mistakes.push({ ...read, range });
    else valid.push({ ...read, first, last, range });
  }
  // One comment per rule: several may stand above one line.
  const after = (line: number): number => {
    let at = line;
    for (let last = alone.get(at); last !== undefined; last = alone.get(at)) at = last + 1;
    return at;
  };
  return { valid: valid.map((one) => ({ ...one, next: after(one.last + 1) })), mistakes };
}

/** The rule that is allowed, or what is wrong. */
function readContent(content: string): { readonly rule: RuleId } | Omit<Mistake, 'range'> {
  const [, name = '', reason = ''] = /^allow\s+([^\s:]+)\s*(?::\s*([^]*))?$/.exec(content) ?? [];
  if (name === '') return { message: "not understood: a suppression is spelled 'kreflens: allow RULE: reason'" };
  const rule = ruleInfo(name)?.id;
  if (rule === undefined) return { message: `suppression of '${name}', which is no rule` };
  if (!/\w/.test(reason)) return { rule, message: `suppression of '${rule}' without a reason; it counts only with one` };
  return { rule };
}

interface Comment {
  readonly start: number;
  readonly end: number;
  /** Without the comment's marks; the stars that open the lines of a block are left in. */
  readonly content: string;
}

function* commentsIn(text: string): Generator<Comment> {
  for (let at = 0; at < text.length; ) {
    const next = /["'/]/g;
    next.lastIndex = at;
    const found = next.exec(text)?.index;
    if (found === undefined) return;
    at = found;
    if (text[at] !== '/') {
      at = quotedEnd(text, at);
      continue;
    }
    const end = commentEnd(text, at);
    if (end > at) {
      const block = text[at + 1] === '*';
      yield { start: at, end, content: text.slice(at + 2, block && text.endsWith('*/', end) ? end - 2 : end).replace(/^[\s*!]*/, '').trim() };
    }
    at = Math.max(end, at + 1);
  }
}
