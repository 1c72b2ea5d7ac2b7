// The declared type of an expression of a lowered function, as far as its names tell.

import type { CType, Expr, FunctionIr } from '../lower/ir.ts';
import type { Code } from '../program/code.ts';

export function typeOfExpression(code: Code, fn: FunctionIr, expression: Expr): CType | undefined {
  const typeOf = (one: Expr): CType | undefined => typeOfExpression(code, fn, one);
  switch (expression.op) {
    case 'name':
      return [...fn.locals, ...fn.params].find((local) => local.name === expression.name)?.type ?? code.variable(expression.name, fn.file)?.type;
    case 'field':
      return code.struct(structOf(code, fn, expression.base) ?? '', fn.file)?.fields.find(({ name }) => name === expression.name)?.type;
    case 'deref':
      return pointee(code, fn, typeOf(expression.pointer));
    case 'index':
      return pointee(code, fn, typeOf(expression.base));
    case 'addr': {
      const of = typeOf(expression.of);
      return of && { name: of.name, pointers: of.pointers + 1 };
    }
    case 'cast':
      return expression.type;
    case 'container':
      return { name: expression.type.name, pointers: expression.type.pointers + 1 };
    case 'temp': {
      for (const { instructions } of fn.blocks) {
        for (const one of instructions) {
          if (one.op === 'call' && one.temp === expression.id) return one.callee.kind === 'direct' ? code.returnTypeOf(one.callee.name, fn.file) : undefined;
        }
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/** `struct foo`, for an expression that is one. */
export function structOf(code: Code, fn: FunctionIr, expression: Expr): string | undefined {
  const type = typeOfExpression(code, fn, expression);
  const resolved = type && code.resolveType(type, fn.file);
  return resolved?.pointers === 0 ? resolved.name : undefined;
}

function pointee(code: Code, fn: FunctionIr, given: CType | undefined): CType | undefined {
  const type = given && code.resolveType(given, fn.file);
  if (type === undefined) return undefined;
  return { name: type.name, pointers: type.array === true ? type.pointers : Math.max(0, type.pointers - 1) };
}

/** All expressions that `expression` is made of, itself first. */
export function* partsOf(expression: Expr): Generator<Expr> {
  yield expression;
  switch (expression.op) {
    case 'field':
      yield* partsOf(expression.base);
      break;
    case 'deref': case 'container':
      yield* partsOf(expression.pointer);
      break;
    case 'index':
      yield* partsOf(expression.base);
      yield* partsOf(expression.index);
      break;
    case 'addr':
      yield* partsOf(expression.of);
      break;
    case 'unary': case 'cast':
      yield* partsOf(expression.arg);
      break;
    case 'binary':
      yield* partsOf(expression.left);
      yield* partsOf(expression.right);
      break;
    default:
      break;
  }
}
