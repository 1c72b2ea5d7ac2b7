// Statements from the syntax tree: it tells how statements nest, the tokens of each head and each simple statement
// tell the rest. A cursor is walked, as every tree node that becomes an object costs more than parsing its text.

import type { Span } from '../base/span.ts';
import type { Catalogue } from '../syntax/catalogue.ts';
import { normalise } from '../syntax/normalise.ts';
import type { ConditionalRegion } from '../syntax/normalise.ts';
import { parseSlice } from '../syntax/parser.ts';
import type { SyntaxNode } from '../syntax/parser.ts';
import type { Statement } from './ast.ts';
import { parseArguments } from './expression.ts';
import { lose, next, peek, sees, spanFrom } from './reader.ts';
import type { Reader } from './reader.ts';
import { parseCaseHead, parseCondition, parseForHead, parseStatement } from './statement.ts';

interface Walk {
  readonly reader: Reader;
  readonly cursor: ReturnType<SyntaxNode['walk']>;
  /** Offset of the slice in the file's text. */
  readonly offset: number;
  readonly alternatives: readonly ConditionalRegion[];
}

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly statement: Statement;
}

/** The body's statements; undefined if the slice does not parse as one function without an error. */
export function bodyFromTree(reader: Reader, span: Span, catalogue: Catalogue, alternatives: readonly ConditionalRegion[]): Statement[] | undefined {
  const root = parseSlice(normalise(reader.text.slice(span.start, span.end), catalogue));
  if (root.hasError) return undefined;
  const cursor = root.walk();
  if (!goTo(cursor, 'function_definition') || !goTo(cursor, 'compound_statement')) return undefined;
  const losses = reader.lost.length;
  const body = statementsOf({ reader, cursor, offset: span.start, alternatives }, span.start, span.end);
  // The tree and the tokens do not agree: the tokens alone read it again.
  return reader.lost.length > losses ? undefined : body;
}

function goTo(cursor: Walk['cursor'], type: string): boolean {
  if (!cursor.gotoFirstChild()) return false;
  do if (cursor.nodeType === type) return true;
  while (cursor.gotoNextSibling());
  return false;
}

/** With the cursor at a node from `start` to `end` whose children are statements. */
function statementsOf(walk: Walk, start: number, end: number): Statement[] {
  const placed: Placed[] = [];
  eachChild(walk, () => place(walk, placed));
  return group(walk.reader, placed, walk.alternatives.filter((region) => region.start >= start && region.end <= end));
}

function eachChild(walk: Walk, visit: () => void): void {
  if (!walk.cursor.gotoFirstChild()) return;
  do visit();
  while (walk.cursor.gotoNextSibling());
  walk.cursor.gotoParent();
}

/** Adds the statement at the cursor; a label and what it labels are taken apart, as an `#if` may begin between them. */
function place(walk: Walk, placed: Placed[]): void {
  const { reader, cursor } = walk;
  const type = cursor.nodeType;
  if (type === '{' || type === '}' || type === 'comment' || type === ';') return;
  const start = cursor.startIndex + walk.offset;
  if (type !== 'case_statement' && type !== 'labeled_statement') {
    const end = cursor.endIndex + walk.offset;
    placed.push({ start, end, statement: readStatement(walk, type, start, end) });
    return;
  }
  seek(reader, start);
  if (type === 'case_statement') {
    const head = parseCaseHead(reader);
    placed.push({ start, end: head.at.end, statement: head });
  } else {
    const label = next(reader);
    const at = reader.spanOf(label.start, label.end);
    placed.push({ start, end: at.end, statement: { kind: 'label', name: label.text, at } });
  }
  let behindColon = false;
  eachChild(walk, () => {
    if (behindColon && cursor.nodeType !== 'attribute_specifier') place(walk, placed);
    else behindColon ||= cursor.nodeType === ':';
  });
}

/** With the cursor at a statement of that type and place: every question to the cursor costs as much as a token. */
function readStatement(walk: Walk, type: string, start: number, end: number): Statement {
  const { reader, cursor } = walk;
  seek(reader, start);
  switch (type) {
    case 'compound_statement':
      return { kind: 'block', body: statementsOf(walk, start, end), at: reader.spanOf(start, end) };
    case 'if_statement': {
      next(reader);
      const condition = parseCondition(reader);
      const at = spanFrom(reader, start);
      let then: Statement | undefined;
      let otherwise: Statement | undefined;
      eachChild(walk, () => {
        if (cursor.currentFieldName === 'consequence') then = bodyAt(walk);
        else if (cursor.nodeType === 'else_clause') {
          eachChild(walk, () => {
            if (cursor.nodeType !== 'else' && cursor.nodeType !== 'comment') otherwise = bodyAt(walk);
          });
        }
      });
      then ??= nothing(reader, end);
      return otherwise === undefined ? { kind: 'if', condition, then, at } : { kind: 'if', condition, then, otherwise, at };
    }
    case 'while_statement': {
      // The normaliser writes `while` for the name of a loop macro.
      if (!sees(reader, 'while')) {
        const { text: name } = next(reader);
        const { args, argTexts } = parseArguments(reader);
        const at = spanFrom(reader, start);
        return { kind: 'macro', name, args, argTexts, body: field(walk, 'body'), at };
      }
      next(reader);
      const condition = parseCondition(reader);
      const at = spanFrom(reader, start);
      return { kind: 'while', condition, body: field(walk, 'body'), at };
    }
    case 'do_statement': {
      const body = field(walk, 'body');
      eachChild(walk, () => {
        if (cursor.nodeType === 'while') seek(reader, cursor.startIndex + walk.offset);
      });
      const from = next(reader).start;
      const condition = parseCondition(reader);
      return { kind: 'do', condition, body, at: spanFrom(reader, from) };
    }
    case 'for_statement': {
      const head = parseForHead(reader);
      return { kind: 'for', ...head, body: field(walk, 'body') };
    }
    case 'switch_statement': {
      next(reader);
      const value = parseCondition(reader);
      const at = spanFrom(reader, start);
      return { kind: 'switch', value, body: field(walk, 'body'), at };
    }
    default: {
      // Words that the normaliser blanked are the statement's own all the same: `static DEFINE_MUTEX(x);`.
      while (isBlankedWord(reader)) reader.at--;
      const statement = parseStatement(reader);
      if (peek(reader).start < end) lose(reader, 'statement');
      return statement;
    }
  }
}

function isBlankedWord(reader: Reader): boolean {
  const before = reader.tokens[reader.at - 1];
  return before?.kind === 'name' && before.text !== 'else' && before.text !== 'do';
}

function field(walk: Walk, name: string): Statement {
  let found: Statement | undefined;
  eachChild(walk, () => {
    if (walk.cursor.currentFieldName === name && walk.cursor.nodeType !== 'comment') found = bodyAt(walk);
  });
  return found ?? nothing(walk.reader, walk.cursor.endIndex + walk.offset);
}

function bodyAt(walk: Walk): Statement {
  const placed: Placed[] = [];
  place(walk, placed);
  const [only] = placed;
  if (only !== undefined && placed.length === 1) return only.statement;
  return { kind: 'sequence', body: placed.map((each) => each.statement), at: only?.statement.at ?? { start: 0, end: 0 } };
}

const nothing = (reader: Reader, at: number): Statement => ({ kind: 'sequence', body: [], at: reader.spanOf(at, at) });

/** Moves to the first token at or behind an offset. */
function seek(reader: Reader, offset: number): void {
  let low = 0;
  let high = reader.tokens.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reader.tokens[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  reader.at = low;
}

/** Puts the statements that stand in branches of an `#if` into one statement of alternatives. */
function group(reader: Reader, placed: readonly Placed[], regions: readonly ConditionalRegion[]): Statement[] {
  const body: Statement[] = [];
  let at = 0;
  let next = 0;
  for (;;) {
    const region = regions[next];
    const each = placed[at];
    if (region === undefined || (each !== undefined && each.start < region.start)) {
      if (each === undefined) return body;
      body.push(each.statement);
      at++;
      // What lies inside the statement has been dealt with there.
      for (let inside = regions[next]; inside !== undefined && inside.start < each.end; inside = regions[next]) next++;
      continue;
    }
    const chain = regions.filter((other) => other.chain === region.chain);
    const end = chain.at(-1)?.end ?? region.end;
    const inner = regions.filter((other) => other.start >= region.start && other.end <= end && other.chain !== region.chain);
    const branches = chain.filter((branch) => branch.use === 'alternative').map((branch) => ({
      atoms: branch.atoms,
      body: group(
        reader,
        placed.filter((other) => other.start >= branch.start && other.start < branch.end),
        inner.filter((other) => other.start >= branch.start && other.end <= branch.end),
      ),
    }));
    body.push({ kind: 'config', branches, exhaustive: region.exhaustive, at: reader.spanOf(region.start, end) });
    while (placed[at] !== undefined && (placed[at]?.start ?? 0) < end) at++;
    while (regions[next] !== undefined && (regions[next]?.start ?? 0) < end) next++;
  }
}
