// C statements from tokens. Serves function bodies as well as the generated texts: macro bodies, statement
// expressions, guard texts.

import type { Ast, ConfigBranch, Declared, Statement } from './ast.ts';
import { isTypeStart, parseDeclarator, parseInitialiser, parseSpecifiers } from './declaration.ts';
import { parseArguments, parseExpression } from './expression.ts';
import { accept, atEnd, closing, expect, isClosed, lose, next, peek, sees, skipGroup, skipTo, spanFrom } from './reader.ts';
import type { Reader } from './reader.ts';

/** After `{`: statements up to and with the closing `}`. */
export function parseBlockBody(reader: Reader): Statement[] {
  const body = parseStatements(reader);
  expect(reader, '}');
  return body;
}

/** Statements up to a `}`, an `#else`-like line or the end. */
export function parseStatements(reader: Reader): Statement[] {
  const body: Statement[] = [];
  while (!atEnd(reader) && !sees(reader, '}')) {
    if (peek(reader).kind === 'directive' && reader.branches.get(peek(reader).end)?.branch !== 0) break;
    const before = reader.at;
    body.push(parseStatement(reader));
    if (reader.at === before) {
      lose(reader, 'statement');
      next(reader);
    }
  }
  return body;
}

export function parseStatement(reader: Reader): Statement {
  const token = peek(reader);
  const start = token.start;
  if (token.kind === 'directive') return parseConfig(reader);
  if (token.kind === 'punct') {
    if (token.text === '{') {
      next(reader);
      const body = parseBlockBody(reader);
      return { kind: 'block', body, at: spanFrom(reader, start) };
    }
    if (token.text === ';') {
      next(reader);
      return { kind: 'sequence', body: [], at: spanFrom(reader, start) };
    }
    return parseSimple(reader);
  }
  if (token.kind !== 'name') return parseSimple(reader);
  switch (token.text) {
    case 'if': {
      next(reader);
      const condition = parseCondition(reader);
      const at = spanFrom(reader, start);
      const then = parseBody(reader);
      if (!accept(reader, 'else')) return { kind: 'if', condition, then, at };
      return { kind: 'if', condition, then, otherwise: parseBody(reader), at };
    }
    case 'while': {
      next(reader);
      const condition = parseCondition(reader);
      const at = spanFrom(reader, start);
      return { kind: 'while', condition, body: parseBody(reader), at };
    }
    case 'do': {
      next(reader);
      const body = parseBody(reader);
      const from = peek(reader).start;
      expect(reader, 'while');
      const condition = parseCondition(reader);
      const at = spanFrom(reader, from);
      accept(reader, ';');
      return { kind: 'do', condition, body, at };
    }
    case 'for': {
      const head = parseForHead(reader);
      return { kind: 'for', ...head, body: parseBody(reader) };
    }
    case 'switch': {
      next(reader);
      const value = parseCondition(reader);
      const at = spanFrom(reader, start);
      return { kind: 'switch', value, body: parseBody(reader), at };
    }
    case 'case':
      return labelled(reader, parseCaseHead(reader));
    case 'default':
      if (!sees(reader, ':', 1)) break;
      return labelled(reader, parseCaseHead(reader));
    case 'goto': {
      next(reader);
      if (accept(reader, '*')) {
        parseExpression(reader);
        endStatement(reader);
        return { kind: 'goto-any', falls: false, at: spanFrom(reader, start) };
      }
      const name = next(reader).text;
      const at = spanFrom(reader, start);
      endStatement(reader);
      return { kind: 'goto', name, at };
    }
    case 'break': case 'continue': {
      next(reader);
      const at = spanFrom(reader, start);
      endStatement(reader);
      return { kind: token.text, at };
    }
    case 'return': {
      next(reader);
      if (sees(reader, ';') || sees(reader, '}') || sees(reader, ')') || sees(reader, ',') || atEnd(reader)) {
        const at = spanFrom(reader, start);
        endStatement(reader);
        return { kind: 'return', at };
      }
      const value = parseExpression(reader);
      const at = spanFrom(reader, start);
      endStatement(reader);
      return { kind: 'return', value, at };
    }
    case 'asm': case '__asm__': case '__asm': case 'asm_volatile_goto': case 'asm_goto_output': case 'asm_inline':
      return parseAsm(reader);
    case '__label__':
      skipTo(reader, [';']);
      accept(reader, ';');
      return { kind: 'sequence', body: [], at: spanFrom(reader, start) };
    case '__extension__':
      next(reader);
      return parseStatement(reader);
    case 'else':
      lose(reader, 'if');
      next(reader);
      return parseStatement(reader);
  }
  if (sees(reader, ':', 1) && !sees(reader, ':', 2)) {
    next(reader);
    next(reader);
    while (reader.names.isAnnotation(peek(reader).text) && sees(reader, ';', 1)) next(reader);
    return labelled(reader, { kind: 'label', name: token.text, at: reader.spanOf(token.start, token.end) });
  }
  if (startsDeclaration(reader)) return parseDeclaration(reader);
  if (reader.names.isAnnotation(token.text) && sees(reader, '(', 1)) {
    // For checkers only: `__release(lock);`
    next(reader);
    skipGroup(reader);
    return parseStatement(reader);
  }
  // The head alone, or `each(cpu) *p = 0;` would read as a product.
  if (sees(reader, '(', 1) && reader.names.isLoop(token.text)) return parseMacroStatement(reader);
  return parseSimple(reader);
}

function parseMacroStatement(reader: Reader): Statement {
  const { start, text: name } = next(reader);
  const { args, argTexts } = parseArguments(reader);
  const at = spanFrom(reader, start);
  return { kind: 'macro', name, args, argTexts, body: parseBody(reader), at };
}

/** At `case` or `default`: up to the colon. */
export function parseCaseHead(reader: Reader): Statement {
  const start = peek(reader).start;
  if (next(reader).text === 'default') {
    expect(reader, ':');
    return { kind: 'default', at: spanFrom(reader, start) };
  }
  const low = parseExpression(reader);
  const high = accept(reader, '...') ? parseExpression(reader) : undefined;
  const at = spanFrom(reader, start);
  expect(reader, ':');
  return high === undefined ? { kind: 'case', low, at } : { kind: 'case', low, high, at };
}

function labelled(reader: Reader, label: Statement): Statement {
  if (sees(reader, '}') || atEnd(reader) || peek(reader).kind === 'directive') return label;
  const after = parseStatement(reader);
  const body = after.kind === 'sequence' ? [label, ...after.body] : [label, after];
  return { kind: 'sequence', body, at: label.at };
}

function parseBody(reader: Reader): Statement {
  if (sees(reader, '}') || atEnd(reader)) {
    lose(reader, 'statement');
    return { kind: 'sequence', body: [], at: spanFrom(reader, peek(reader).start) };
  }
  return parseStatement(reader);
}

/** `( expression )`. */
export function parseCondition(reader: Reader): Ast {
  const start = peek(reader).start;
  if (!sees(reader, '(')) {
    lose(reader, '(');
    return { kind: 'unknown', at: reader.spanOf(start, start) };
  }
  const open = reader.at;
  next(reader);
  const value = parseExpression(reader);
  closeHead(reader, open);
  return value;
}

/** At the `)` of a statement's head that opened at token `open`; what could not be read before it is skipped. */
function closeHead(reader: Reader, open: number): void {
  if (!sees(reader, ')')) lose(reader, ')');
  const end = closing(reader.tokens, open);
  if (isClosed(reader.tokens, open) && end > reader.at) reader.at = end;
  accept(reader, ')');
}

/** At `for`: up to the closing parenthesis. */
export function parseForHead(reader: Reader): Omit<Statement & { kind: 'for' }, 'kind' | 'body'> {
  const start = next(reader).start;
  const open = reader.at;
  if (!expect(reader, '(')) return { at: spanFrom(reader, start) };
  let init: Statement | undefined;
  if (!accept(reader, ';')) init = startsDeclaration(reader) ? parseDeclaration(reader) : parseSimple(reader);
  const condition = sees(reader, ';') ? undefined : parseExpression(reader);
  expect(reader, ';');
  const step = sees(reader, ')') ? undefined : parseExpression(reader);
  closeHead(reader, open);
  return {
    ...(init === undefined ? {} : { init }),
    ...(condition === undefined ? {} : { condition }),
    ...(step === undefined ? {} : { step }),
    at: spanFrom(reader, start),
  };
}

function parseAsm(reader: Reader): Statement {
  const start = next(reader).start;
  let goes = /goto/.test(reader.tokens[reader.at - 1]?.text ?? '');
  while (peek(reader).kind === 'name') goes = next(reader).text === 'goto' || goes;
  const labels: string[] = [];
  if (sees(reader, '(')) {
    const end = closing(reader.tokens, reader.at);
    if (goes) {
      let colons = 0;
      for (let at = reader.at + 1; at < end; at++) {
        const token = reader.tokens[at];
        if (token === undefined) break;
        if (token.text === '(' || token.text === '[') at = closing(reader.tokens, at);
        else if (token.text === ':') colons++;
        else if (colons >= 4 && token.kind === 'name') labels.push(token.text);
      }
    }
    skipGroup(reader);
  }
  accept(reader, ';');
  const at = spanFrom(reader, start);
  return labels.length > 0 ? { kind: 'goto-any', labels, falls: true, at } : { kind: 'sequence', body: [], at };
}

/** Is this statement a declaration? Typedef names are not known, so the shape decides: `a b`, `a *b =`, `a *b;`. */
export function startsDeclaration(reader: Reader): boolean {
  if (isTypeStart(reader, 0)) return true;
  const first = peek(reader);
  if (first.kind !== 'name') return false;
  let ahead = 1;
  const isWord = (): boolean => peek(reader, ahead).kind === 'name' && (isTypeStart(reader, ahead) || reader.names.isAnnotation(peek(reader, ahead).text));
  while (isWord()) ahead++;
  if (reader.names.isAnnotation(first.text) && isTypeStart(reader, 1)) return true;
  const second = peek(reader, ahead);
  if (second.kind === 'name') {
    const third = peek(reader, ahead + 1);
    if (third.kind === 'punct') return third.text === '=' || third.text === ';' || third.text === ',' || third.text === '[' || third.text === ')';
    return third.kind === 'name';
  }
  if (second.text === '(') {
    // `handler_t (*name)(args)`
    return sees(reader, '*', ahead + 1) && peek(reader, ahead + 2).kind === 'name' && sees(reader, ')', ahead + 3) && (sees(reader, '(', ahead + 4) || sees(reader, '[', ahead + 4));
  }
  if (second.kind !== 'punct' || second.text !== '*') return false;
  while (sees(reader, '*', ahead) || isWord()) ahead++;
  if (peek(reader, ahead).kind !== 'name') return false;
  const after = peek(reader, ahead + 1);
  if (after.kind === 'punct') return after.text === '=' || after.text === ';' || after.text === ',' || after.text === '[';
  return after.kind === 'name';
}

export function parseDeclaration(reader: Reader): Statement {
  const start = peek(reader).start;
  const specifiers = parseSpecifiers(reader);
  if (specifiers.name === '' && peek(reader).kind === 'name' && sees(reader, '(', 1)) {
    // `static DEFINE_MUTEX(name);`
    const value = parseExpression(reader);
    const at = spanFrom(reader, start);
    endStatement(reader);
    return { kind: 'expression', value, isStatic: specifiers.isStatic, at };
  }
  const declared: Declared[] = [];
  while (!atEnd(reader) && !sees(reader, ';') && !sees(reader, '}')) {
    const before = reader.at;
    const from = peek(reader).start;
    const declarator = parseDeclarator(reader, specifiers.name);
    const value = accept(reader, '=') ? parseInitialiser(reader) : undefined;
    if (declarator.name !== '' && !specifiers.isTypedef) {
      declared.push({
        name: declarator.name,
        type: declarator.type,
        isStatic: specifiers.isStatic,
        elsewhere: specifiers.isExtern || declarator.params !== undefined,
        ...(value === undefined ? {} : { value }),
        ...(declarator.free === undefined ? {} : { free: declarator.free }),
        at: spanFrom(reader, from),
      });
    }
    if (accept(reader, ',')) continue;
    if (sees(reader, ';') || atEnd(reader)) break;
    lose(reader, ';');
    if (reader.at === before) next(reader);
    skipTo(reader, [';']);
    break;
  }
  const at = spanFrom(reader, start);
  accept(reader, ';');
  return { kind: 'declaration', declared, at };
}

/** An expression statement, or `name(args) statement`. */
function parseSimple(reader: Reader): Statement {
  const start = peek(reader).start;
  const value = parseExpression(reader);
  const at = spanFrom(reader, start);
  if (accept(reader, ';')) return { kind: 'expression', value, at };
  if (value.kind === 'call' && value.callee.kind === 'name') {
    const name = value.callee.name;
    if ((sees(reader, '{') || reader.names.isLoop(name)) && !sees(reader, '}') && !atEnd(reader)) {
      return { kind: 'macro', name, args: value.args, argTexts: value.argTexts, body: parseStatement(reader), at };
    }
    // A macro that brings its own semicolon.
    const after = peek(reader);
    if (after.kind === 'name' || after.kind === 'directive' || sees(reader, '}') || sees(reader, ')') || sees(reader, ',') || atEnd(reader)) {
      return { kind: 'expression', value, at };
    }
  }
  if (value.kind === 'name' && startsLine(reader)) return { kind: 'expression', value, at };
  endStatement(reader);
  return { kind: 'expression', value, at };
}

/** Is there a line break before the next token? */
function startsLine(reader: Reader): boolean {
  const before = reader.tokens[reader.at - 1];
  return reader.text.slice(before?.end ?? 0, peek(reader).start).includes('\n');
}

function endStatement(reader: Reader): void {
  while (peek(reader).kind === 'name' && reader.names.isAnnotation(peek(reader).text)) next(reader);
  if (accept(reader, ';') || atEnd(reader)) return;
  lose(reader, ';');
  // A missing semicolon at the end of a line costs nothing else.
  if (startsLine(reader) || sees(reader, '}')) return;
  skipTo(reader, [';', '{']);
  accept(reader, ';');
}

/** At `#if`: conditionals that are left in the tokens hold whole statements (see conditional.ts). */
function parseConfig(reader: Reader): Statement {
  const start = peek(reader).end;
  const branches: ConfigBranch[] = [];
  let exhaustive = false;
  for (;;) {
    const region = reader.branches.get(next(reader).end);
    const end = reader.tokens[reader.at - 1]?.start ?? start;
    if (region === undefined || (region.branch === 0 && branches.length > 0)) {
      return { kind: 'config', branches, exhaustive, at: reader.spanOf(start, end) };
    }
    exhaustive = region.exhaustive;
    const body = parseStatements(reader);
    if (region.use === 'alternative') branches.push({ atoms: region.atoms, body });
    // A stray `}` inside a branch: only broken text has one.
    while (!atEnd(reader) && peek(reader).kind !== 'directive') next(reader);
    if (atEnd(reader)) return { kind: 'config', branches, exhaustive, at: spanFrom(reader, start) };
  }
}
