// C expressions from tokens: operator precedence, casts, GNU extensions.

import type { Ast, Entry, Statement } from './ast.ts';
import { isTypeStart, parseTypeName } from './declaration.ts';
import { accept, atEnd, expect, isClosed, lastEnd, looksLikeType, lose, next, peek, sees, skipGroup, skipTo, spanFrom } from './reader.ts';
import type { Reader } from './reader.ts';
import { parseBlockBody, parseStatements } from './statement.ts';

const precedence: Readonly<Record<string, number>> = {
  '*': 10, '/': 10, '%': 10, '+': 9, '-': 9, '<<': 8, '>>': 8, '<': 7, '>': 7, '<=': 7, '>=': 7,
  '==': 6, '!=': 6, '&': 5, '^': 4, '|': 3, '&&': 2, '||': 1,
};
const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=']);
/** Asks about types and layout only; the operand is not evaluated. */
const unevaluated = new Set(['sizeof', 'typeof', '__typeof__', '__typeof', '__alignof__', '_Alignof', 'alignof', '__alignof', 'offsetof', '_Generic']);
const statementWords = new Set(['return', 'goto', 'break', 'continue', 'do', 'if', 'while', 'for', 'switch']);

export function parseExpression(reader: Reader): Ast {
  const start = peek(reader).start;
  let left = parseAssignment(reader);
  while (accept(reader, ',')) {
    const right = parseAssignment(reader);
    left = { kind: 'comma', left, right, at: spanFrom(reader, start) };
  }
  return left;
}

export function parseAssignment(reader: Reader): Ast {
  const start = peek(reader).start;
  const target = parseConditional(reader);
  const operator = peek(reader);
  if (operator.kind !== 'punct' || !assignments.has(operator.text)) return target;
  next(reader);
  const value = sees(reader, '{') ? parseList(reader) : parseAssignment(reader);
  return { kind: 'assign', operator: operator.text.slice(0, -1), target, value, at: spanFrom(reader, start) };
}

function parseConditional(reader: Reader): Ast {
  const start = peek(reader).start;
  const condition = parseBinary(reader, 1);
  if (!accept(reader, '?')) return condition;
  if (accept(reader, ':')) {
    const otherwise = parseAssignment(reader); // C wants no assignment here, GCC takes one
    return { kind: 'choose', condition, otherwise, at: spanFrom(reader, start) };
  }
  const then = parseExpression(reader);
  expect(reader, ':');
  const otherwise = parseAssignment(reader);
  return { kind: 'choose', condition, then, otherwise, at: spanFrom(reader, start) };
}

function parseBinary(reader: Reader, least: number): Ast {
  const start = peek(reader).start;
  let left = parseUnary(reader);
  for (;;) {
    const operator = peek(reader);
    const level = operator.kind === 'punct' ? precedence[operator.text] : undefined;
    if (level === undefined || level < least) return left;
    next(reader);
    const right = parseBinary(reader, level + 1);
    const at = spanFrom(reader, start);
    left = operator.text === '&&' || operator.text === '||'
      ? { kind: 'logic', operator: operator.text, left, right, at }
      : { kind: 'binary', operator: operator.text, left, right, at };
  }
}

function parseUnary(reader: Reader): Ast {
  const token = peek(reader);
  const start = token.start;
  if (token.kind === 'punct') {
    switch (token.text) {
      case '*': case '&': case '-': case '+': case '~': case '!': {
        next(reader);
        const arg = parseUnary(reader);
        return { kind: 'unary', operator: token.text, arg, at: spanFrom(reader, start) };
      }
      case '&&': {
        next(reader);
        const name = next(reader).text;
        return { kind: 'label', name, at: spanFrom(reader, start) };
      }
      case '++': case '--': {
        next(reader);
        const arg = parseUnary(reader);
        return { kind: 'step', operator: token.text === '++' ? '+' : '-', prefix: true, arg, at: spanFrom(reader, start) };
      }
      case '(':
        if (isCast(reader)) return parseCast(reader);
    }
  } else if (token.kind === 'name') {
    if (token.text === '__extension__') {
      next(reader);
      return parseUnary(reader);
    }
    if (unevaluated.has(token.text)) {
      next(reader);
      if (sees(reader, '(')) {
        skipGroup(reader);
        // sizeof (type){...} and sizeof (x)->y: still not evaluated.
        if (sees(reader, '{')) skipGroup(reader);
        return parsePostfix(reader, { kind: 'unknown', at: spanFrom(reader, start) }, start);
      }
      parseUnary(reader);
      return { kind: 'unknown', at: spanFrom(reader, start) };
    }
  }
  return parsePostfix(reader, parsePrimary(reader), start);
}

/** At `(`: does a type in parentheses follow, and then something that a cast can apply to? */
function isCast(reader: Reader): boolean {
  if (sees(reader, '{', 1)) return false;
  if (isTypeStart(reader, 1)) return true;
  let ahead = 1;
  let words = 0;
  while (peek(reader, ahead).kind === 'name') {
    words++;
    ahead++;
  }
  if (words === 0) return false;
  let stars = 0;
  while (sees(reader, '*', ahead) || (stars > 0 && (isTypeStart(reader, ahead) || isAnnotated(reader, ahead)))) {
    if (sees(reader, '*', ahead)) stars++;
    ahead++;
  }
  // `(handler_t (*)(int)) x`
  if (stars === 0 && sees(reader, '(', ahead) && sees(reader, '*', ahead + 1) && sees(reader, ')', ahead + 2)) return true;
  if (!sees(reader, ')', ahead)) return false;
  if (stars > 0 || words > 1) return true;
  const after = peek(reader, ahead + 1);
  if (after.kind === 'name' || after.kind === 'number' || after.kind === 'string' || after.kind === 'char') return true;
  if (after.kind !== 'punct') return false;
  if (after.text === '~' || after.text === '!' || after.text === '{') return true;
  const ambiguous = after.text === '(' || after.text === '&' || after.text === '*' || after.text === '-' || after.text === '+';
  return ambiguous && looksLikeType(peek(reader, 1).text);
}

const isAnnotated = (reader: Reader, ahead: number): boolean =>
  peek(reader, ahead).kind === 'name' && reader.names.isAnnotation(peek(reader, ahead).text);

function parseCast(reader: Reader): Ast {
  const start = next(reader).start;
  const type = parseTypeName(reader);
  if (!sees(reader, ')')) skipTo(reader, [')']);
  expect(reader, ')');
  if (sees(reader, '{')) {
    const list = parseList(reader);
    const literal: Ast = { kind: 'literal', type, entries: list.kind === 'list' ? list.entries : [], at: spanFrom(reader, start) };
    return parsePostfix(reader, literal, start);
  }
  const arg = parseUnary(reader);
  return { kind: 'cast', type, arg, at: spanFrom(reader, start) };
}

function parsePrimary(reader: Reader): Ast {
  const token = peek(reader);
  const at = reader.spanOf(token.start, token.end);
  switch (token.kind) {
    case 'name':
      next(reader);
      // Format macros stand between strings: "..." PRIx64 "...".
      if (peek(reader).kind === 'string') {
        skipStrings(reader);
        return { kind: 'string', at: spanFrom(reader, token.start) };
      }
      return { kind: 'name', name: token.text, at };
    case 'number':
      next(reader);
      if (peek(reader).kind === 'name') {
        next(reader); // `16 KB`, a macro that multiplies
        return { kind: 'unknown', at };
      }
      return { kind: 'number', value: numberOf(token.text), at };
    case 'char':
      next(reader);
      return { kind: 'number', value: charOf(token.text), at };
    case 'string':
      skipStrings(reader);
      return { kind: 'string', at: spanFrom(reader, token.start) };
    case 'punct':
      if (token.text === '(') {
        next(reader);
        if (sees(reader, '{')) {
          next(reader);
          const body = parseBlockBody(reader);
          expect(reader, ')');
          return { kind: 'statements', body, at: spanFrom(reader, token.start) };
        }
        const inner = parseExpression(reader);
        if (!sees(reader, ')')) {
          lose(reader, ')');
          skipTo(reader, [';']);
        }
        accept(reader, ')');
        return inner;
      }
      if (token.text === '{') return parseList(reader);
  }
  lose(reader, 'expression');
  return { kind: 'unknown', at };
}

function skipStrings(reader: Reader): void {
  // A name directly followed by `(` after a string is an operator-less macro call inside the string: skip it too.
  while (peek(reader).kind === 'string' || (peek(reader).kind === 'name' && !atEnd(reader))) {
    next(reader);
    if (sees(reader, '(')) skipGroup(reader);
  }
}

function parsePostfix(reader: Reader, first: Ast, start: number): Ast {
  let value = first;
  for (;;) {
    const token = peek(reader);
    if (token.kind !== 'punct') return value;
    switch (token.text) {
      case '(': {
        const { args, argTexts } = parseArguments(reader);
        value = { kind: 'call', callee: value, args, argTexts, at: spanFrom(reader, start) };
        break;
      }
      case '[': {
        next(reader);
        const index = parseExpression(reader);
        if (!accept(reader, ']')) {
          lose(reader, ']');
          skipTo(reader, [';']);
          accept(reader, ']');
        }
        value = { kind: 'index', base: value, index, at: spanFrom(reader, start) };
        break;
      }
      case '.': case '->': {
        next(reader);
        if (peek(reader).kind !== 'name') {
          lose(reader, 'member');
          return value;
        }
        const name = next(reader).text;
        value = { kind: 'field', base: value, name, arrow: token.text === '->', at: spanFrom(reader, start) };
        break;
      }
      case '++': case '--':
        next(reader);
        value = { kind: 'step', operator: token.text === '++' ? '+' : '-', prefix: false, arg: value, at: spanFrom(reader, start) };
        break;
      default:
        return value;
    }
  }
}

/** At `(`: the arguments of a call, which for a macro may be types, statements, operators or nothing. */
export function parseArguments(reader: Reader): { args: Ast[]; argTexts: string[] } {
  const args: Ast[] = [];
  const argTexts: string[] = [];
  const open = reader.at;
  next(reader);
  if (accept(reader, ')')) return { args, argTexts };
  for (;;) {
    const start = peek(reader).start;
    const first = reader.at;
    args.push(parseArgument(reader, open));
    argTexts.push(reader.at > first ? reader.text.slice(start, lastEnd(reader)) : '');
    if (accept(reader, ',')) continue;
    if (!accept(reader, ')')) lose(reader, ')');
    return { args, argTexts };
  }
}

/** One argument of the call whose `(` is token `open`: an expression, a type, or what else a macro may be given. */
export function parseArgument(reader: Reader, open = reader.at - 1): Ast {
  const token = peek(reader);
  const begin = reader.at;
  const losses = reader.lost.length;
  const ends = (): boolean => sees(reader, ',') || sees(reader, ')');
  let argument: Ast;
  if (ends()) return { kind: 'unknown', at: reader.spanOf(token.start, token.start) };
  if (token.kind === 'punct' && (sees(reader, ',', 1) || sees(reader, ')', 1) || assignments.has(token.text))) {
    skipTo(reader, [',']); // an operator: op(a, ==, b)
    return { kind: 'unknown', at: spanFrom(reader, token.start) };
  }
  if (sees(reader, '{')) {
    next(reader);
    argument = { kind: 'statements', body: parseBlockBody(reader), isArgument: true, at: spanFrom(reader, token.start) };
  } else if (token.kind === 'name' && statementWords.has(token.text)) {
    argument = { kind: 'statements', body: parseArgumentStatements(reader), isArgument: true, at: spanFrom(reader, token.start) };
  } else if (isTypeArgument(reader)) {
    argument = { kind: 'type', type: parseTypeName(reader), at: spanFrom(reader, token.start) };
  } else {
    argument = parseAssignment(reader);
  }
  if (ends()) return argument;
  if (sees(reader, ';') && isClosed(reader.tokens, open)) {
    // Statements as one argument: ___wait_event(..., spin_unlock(l); schedule(); spin_lock(l)).
    reader.at = begin;
    reader.lost.length = losses;
    return { kind: 'statements', body: parseArgumentStatements(reader), isArgument: true, at: spanFrom(reader, token.start) };
  }
  // A macro's argument need not be an expression (`==`, `struct x y`): it is kept as text only.
  const progressed = reader.at > begin;
  skipTo(reader, [',', ';']);
  if (ends() && (progressed || reader.at > begin)) {
    reader.lost.length = losses;
    return { kind: 'unknown', at: spanFrom(reader, token.start) };
  }
  return argument;
}

/** Statements as an argument (`return -EINTR`) end at the comma, which must not be taken for an operator. */
function parseArgumentStatements(reader: Reader): Statement[] {
  const from = reader.at;
  skipTo(reader, [',']);
  const to = reader.at;
  const stop = peek(reader).start;
  const part: Reader = { ...reader, at: 0, tokens: [...reader.tokens.slice(from, to), { kind: 'end', text: '', start: stop, end: stop }] };
  return parseStatements(part);
}

function isTypeArgument(reader: Reader): boolean {
  if (isTypeStart(reader, 0)) return true;
  if (peek(reader).kind !== 'name') return false;
  let ahead = 1;
  while (sees(reader, '*', ahead)) ahead++;
  return ahead > 1 && (sees(reader, ',', ahead) || sees(reader, ')', ahead));
}

/** At `{`: an initialiser list. */
export function parseList(reader: Reader): Ast {
  const start = next(reader).start;
  const entries: Entry[] = [];
  while (!atEnd(reader) && !sees(reader, '}')) {
    if (peek(reader).kind === 'directive') {
      next(reader); // entries of all configurations count
      continue;
    }
    const begin = reader.at;
    const path: (string | { index: Ast })[] = [];
    if (peek(reader).kind === 'name' && sees(reader, ':', 1)) {
      path.push(next(reader).text); // GNU's old `field: value`
      next(reader);
    } else {
      for (;;) {
        if (sees(reader, '.') && peek(reader, 1).kind === 'name') {
          next(reader);
          path.push(next(reader).text);
        } else if (accept(reader, '[')) {
          path.push({ index: parseConditional(reader) });
          if (accept(reader, '...')) parseConditional(reader);
          expect(reader, ']');
        } else break;
      }
      if (path.length > 0) accept(reader, '=');
    }
    const from = peek(reader).start;
    const value = sees(reader, '{') ? parseList(reader) : parseAssignment(reader);
    entries.push({ path, value, text: reader.text.slice(from, Math.max(from, lastEnd(reader))) });
    if (accept(reader, ',') || peek(reader).kind === 'directive') continue;
    // Macros that carry their own commas stand side by side in tables.
    if (sees(reader, '}') || peek(reader).kind === 'name' || sees(reader, '.') || sees(reader, '{')) {
      if (reader.at > begin) continue;
    }
    lose(reader, ',');
    skipTo(reader, [',', ';']);
    if (!accept(reader, ',')) break;
  }
  expect(reader, '}');
  return { kind: 'list', entries, at: spanFrom(reader, start) };
}

/** The value of an integer constant; NaN for a floating one. */
export function numberOf(text: string): number {
  const match = /^(0[xX][\da-fA-F]+|0[bB][01]+|\d+)[uUlLzZ]*$/.exec(text);
  const digits = match?.[1];
  if (digits === undefined) return Number.NaN;
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
}

const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, 0: 0, a: 7, b: 8, f: 12, v: 11, e: 27 };

function charOf(text: string): number {
  const inner = text.replace(/^L/, '').slice(1, -1);
  if (!inner.startsWith('\\')) return inner.codePointAt(0) ?? 0;
  const rest = inner.slice(1);
  if (/^x/.test(rest)) return Number.parseInt(rest.slice(1), 16);
  if (/^[0-7]+$/.test(rest)) return Number.parseInt(rest, 8);
  return escapes[rest] ?? rest.codePointAt(0) ?? 0;
}
