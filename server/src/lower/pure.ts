// Expressions that have no effects, read without lowering: operands of typeof(), and short texts from data files.

import type { Ast } from './ast.ts';
import { parseExpression } from './expression.ts';
import type { Expr } from './ir.ts';
import { atEnd, newReader, plainNames } from './reader.ts';
import { tokenise } from './tokens.ts';

const unknown: Expr = { op: 'unknown' };

export const constants: ReadonlyMap<string, Expr> = new Map<string, Expr>([
  ['NULL', { op: 'number', value: 0 }],
  ['false', { op: 'number', value: 0 }],
  ['true', { op: 'number', value: 1 }],
  ...['__func__', '__FUNCTION__', '__PRETTY_FUNCTION__', '__FILE__'].map((name): [string, Expr] => [name, { op: 'string' }]),
]);

export const derefOf = (pointer: Expr): Expr => (pointer.op === 'addr' ? pointer.of : { op: 'deref', pointer });
export const addressOf = (place: Expr): Expr => (place.op === 'deref' ? place.pointer : { op: 'addr', of: place });

/** `unknown` in place of anything that would have to be executed. */
export function pure(ast: Ast, nameOf: (name: string) => Expr): Expr {
  const inner = (each: Ast): Expr => pure(each, nameOf);
  switch (ast.kind) {
    case 'name':
      return nameOf(ast.name);
    case 'number':
      return { op: 'number', value: ast.value };
    case 'string':
      return { op: 'string' };
    case 'field': {
      const base = inner(ast.base);
      return { op: 'field', base: ast.arrow ? derefOf(base) : base, name: ast.name };
    }
    case 'index':
      return { op: 'index', base: inner(ast.base), index: inner(ast.index) };
    case 'unary': {
      const arg = inner(ast.arg);
      if (ast.operator === '*') return derefOf(arg);
      if (ast.operator === '&') return addressOf(arg);
      if (ast.operator === '+') return arg;
      if (ast.operator === '-' && arg.op === 'number') return { op: 'number', value: -arg.value };
      return { op: 'unary', operator: ast.operator, arg };
    }
    case 'binary':
      return { op: 'binary', operator: ast.operator, left: inner(ast.left), right: inner(ast.right) };
    case 'cast':
      return { op: 'cast', type: ast.type, arg: inner(ast.arg) };
    case 'comma':
      return inner(ast.right);
    default:
      return unknown;
  }
}

/** A short C expression such as `&arg->lock`; `unknown` if the text is not one. */
export function parseExpr(text: string): Expr {
  const reader = newReader(text, tokenise(text), plainNames, (start, end) => ({ start, end }));
  const ast = parseExpression(reader);
  if (!atEnd(reader) || reader.lost.length > 0) return unknown;
  return pure(ast, (name) => constants.get(name) ?? { op: 'name', name });
}
