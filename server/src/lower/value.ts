// Expressions to instructions: calls, assignments and short-circuit operators become blocks and temporaries, what is
// left is an expression without effects.

import type { Span } from '../base/span.ts';
import type { Ast, Entry, Statement } from './ast.ts';
import { lowerCleanupCall } from './cleanup.ts';
import { lowerScope, lowerStatement, lowerStatements } from './control.ts';
import { expand, isExpandable, isInitialiser } from './expansion.ts';
import { branch, emit, end, enter, jump, newBlock, resume } from './flow.ts';
import type { Draft } from './flow.ts';
import type { Callee, CType, Expr } from './ir.ts';
import { addressOf, constants, derefOf } from './pure.ts';
import { freshLocal, keep, lookUp, noType, resolveType, store, typeOf, unknown, zero } from './state.ts';
import type { Lowering } from './state.ts';

/** Ask the compiler, not the machine: no effect, and no value that matters here. */
const compileTime = /^(?:__builtin_(?!unreachable|trap)\w+|__same_type|__is_constexpr|__must_be_array|__func__|static_assert|_Static_assert|BUILD_BUG_ON\w*|__alignof)$/;
const invalid: Span = { start: 0, end: 0 };

export const nameOf = (state: Lowering, name: string): Expr =>
  lookUp(state, name) ?? constants.get(name) ?? { op: 'name', name };

/** Evaluates; the result has no side effects and may be used any number of times before the next effect. */
export function value(state: Lowering, ast: Ast): Expr {
  switch (ast.kind) {
    case 'name': {
      const known = lookUp(state, ast.name);
      if (known) return known;
      if (ast.name === '$again') return unknown;
      if (isExpandable(state, ast.name) && state.macros.find(ast.name)?.params === undefined) {
        const expanded = expand(state, ast.name, [], ast.at);
        if (expanded !== undefined) return expanded;
      }
      return nameOf(state, ast.name);
    }
    case 'number':
      return Number.isNaN(ast.value) ? unknown : { op: 'number', value: ast.value };
    case 'string':
      return { op: 'string' };
    case 'field': {
      const base = value(state, ast.base);
      return { op: 'field', base: ast.arrow ? derefOf(base) : base, name: ast.name };
    }
    case 'index': {
      const base = value(state, ast.base);
      return { op: 'index', base, index: value(state, ast.index) };
    }
    case 'call':
      return call(state, ast);
    case 'unary':
      return unary(state, ast.operator, ast.arg, ast.at);
    case 'step': {
      const place = value(state, ast.arg);
      const old = ast.prefix ? undefined : freshLocal(state, typeOf(state, place) ?? noType);
      if (old) store(state, old, place, ast.at);
      step(state, place, ast.operator, ast.at);
      return old ?? place;
    }
    case 'binary': {
      const left = value(state, ast.left);
      return { op: 'binary', operator: ast.operator, left, right: value(state, ast.right) };
    }
    case 'logic': {
      const result = freshLocal(state, { name: 'int', pointers: 0 });
      fork(state, ast, () => store(state, result, { op: 'number', value: 1 }, ast.at), () => store(state, result, zero, ast.at));
      return result;
    }
    case 'choose':
      return choose(state, ast);
    case 'assign':
      return assign(state, ast);
    case 'comma':
      effect(state, ast.left);
      return value(state, ast.right);
    case 'cast': {
      const arg = value(state, ast.arg);
      if (ast.type.name === 'void' && ast.type.pointers === 0) return unknown;
      return arg.op === 'number' && arg.value === 0 ? arg : { op: 'cast', type: resolveType(state, ast.type), arg };
    }
    case 'statements':
      return statementsValue(state, ast.body, ast.isArgument === true);
    case 'literal': {
      const type = resolveType(state, ast.type);
      const place = freshLocal(state, type);
      initialise(state, place, type, ast.entries, ast.at);
      return place;
    }
    case 'list':
      for (const entry of ast.entries) effect(state, entry.value);
      return unknown;
    case 'type': case 'label': case 'unknown':
      return unknown;
  }
}

/** Evaluates for the effects alone. */
export function effect(state: Lowering, ast: Ast): void {
  switch (ast.kind) {
    case 'step':
      step(state, value(state, ast.arg), ast.operator, ast.at);
      return;
    case 'logic':
      fork(state, ast, () => {}, () => {});
      return;
    case 'choose': {
      const { then, otherwise } = ast;
      fork(state, ast.condition, () => then && effect(state, then), () => effect(state, otherwise));
      return;
    }
    case 'comma':
      effect(state, ast.left);
      effect(state, ast.right);
      return;
    case 'cast':
      effect(state, ast.arg);
      return;
    case 'unary':
      if (ast.operator === '!' || ast.operator === '-' || ast.operator === '+') effect(state, ast.arg);
      else value(state, ast);
      return;
    case 'statements':
      if (ast.isArgument === true) statementsValue(state, ast.body, true);
      else lowerScope(state, undefined, () => lowerStatements(state, ast.body));
      return;
    default:
      value(state, ast);
  }
}

/** Evaluates as a condition: control goes to one of the two blocks. */
export function condition(state: Lowering, ast: Ast, then: Draft, otherwise: Draft): void {
  const { flow } = state;
  if (ast.kind === 'logic') {
    const middle = newBlock(flow);
    if (ast.operator === '&&') condition(state, ast.left, middle, otherwise);
    else condition(state, ast.left, then, middle);
    resume(flow, middle);
    condition(state, ast.right, then, otherwise);
    return;
  }
  if (ast.kind === 'unary' && ast.operator === '!') {
    condition(state, ast.arg, otherwise, then);
    return;
  }
  if (ast.kind === 'comma') {
    effect(state, ast.left);
    condition(state, ast.right, then, otherwise);
    return;
  }
  if (ast.kind === 'call' && ast.callee.kind === 'name' && isTransparent(state, ast.callee.name) && ast.args[0] !== undefined) {
    for (const arg of ast.args.slice(1)) effect(state, arg);
    condition(state, ast.args[0], then, otherwise);
    return;
  }
  if (ast.kind === 'choose' && ast.then !== undefined) {
    const yes = newBlock(flow);
    const no = newBlock(flow);
    condition(state, ast.condition, yes, no);
    resume(flow, yes);
    condition(state, ast.then, then, otherwise);
    resume(flow, no);
    condition(state, ast.otherwise, then, otherwise);
    return;
  }
  if (ast.kind === 'binary' && (ast.operator === '!=' || ast.operator === '==') && ast.left.kind === 'logic' && ast.right.kind === 'number' && ast.right.value === 0) {
    if (ast.operator === '!=') condition(state, ast.left, then, otherwise);
    else condition(state, ast.left, otherwise, then);
    return;
  }
  const result = value(state, ast);
  if (result.op === 'unary' && result.operator === '!') branch(flow, result.arg, otherwise, then, ast.at);
  else branch(flow, result, then, otherwise, ast.at);
}

/** Runs one of two continuations by a condition; both meet again behind. */
export function fork(state: Lowering, test: Ast, yes: () => void, no: () => void): void {
  const { flow } = state;
  const then = newBlock(flow);
  const otherwise = newBlock(flow);
  const join = newBlock(flow);
  condition(state, test, then, otherwise);
  resume(flow, then);
  yes();
  jump(flow, join);
  resume(flow, otherwise);
  no();
  enter(flow, join);
}

function unary(state: Lowering, operator: string, operand: Ast, at: Span): Expr {
  if (operator === '!' && (operand.kind === 'logic' || (operand.kind === 'unary' && operand.operator === '!' && operand.arg.kind === 'logic'))) {
    const result = freshLocal(state, { name: 'int', pointers: 0 });
    fork(state, operand, () => store(state, result, zero, at), () => store(state, result, { op: 'number', value: 1 }, at));
    return result;
  }
  const arg = value(state, operand);
  switch (operator) {
    case '*':
      return derefOf(arg);
    case '&':
      return addressOf(arg);
    case '+':
      return arg;
    case '-':
      return arg.op === 'number' ? { op: 'number', value: -arg.value } : { op: 'unary', operator, arg };
    default:
      return { op: 'unary', operator, arg };
  }
}

function step(state: Lowering, place: Expr, operator: '+' | '-', at: Span): void {
  store(state, place, { op: 'binary', operator, left: place, right: { op: 'number', value: 1 } }, at);
}

function choose(state: Lowering, ast: Ast & { kind: 'choose' }): Expr {
  let result: Expr | undefined;
  const settle = (chosen: Expr): void => {
    result ??= freshLocal(state, typeOf(state, chosen) ?? noType);
    store(state, result, chosen, ast.at);
  };
  const { then, otherwise } = ast;
  if (then !== undefined) {
    fork(state, ast.condition, () => settle(value(state, then)), () => settle(value(state, otherwise)));
  } else {
    // `a ?: b`: a is evaluated once, and is the result if it is not zero.
    const { flow } = state;
    settle(value(state, ast.condition));
    const other = newBlock(flow);
    const join = newBlock(flow);
    branch(flow, result ?? unknown, join, other, ast.at);
    resume(flow, other);
    settle(value(state, otherwise));
    enter(flow, join);
  }
  return result ?? unknown;
}

function assign(state: Lowering, ast: Ast & { kind: 'assign' }): Expr {
  if (ast.value.kind === 'list') {
    const target = value(state, ast.target);
    initialise(state, target, typeOf(state, target) ?? noType, ast.value.entries, ast.at);
    return target;
  }
  // C leaves the order open; the kernel relies on none. The value first keeps `p->next = f(p)` readable.
  const assigned = value(state, ast.value);
  const target = value(state, ast.target);
  const result: Expr = ast.operator === '' ? assigned : { op: 'binary', operator: ast.operator, left: target, right: assigned };
  store(state, target, result, ast.at);
  return target.op === 'name' || result.op === 'binary' ? target : result;
}

/** Sets the fields or elements that an initialiser list names. */
export function initialise(state: Lowering, place: Expr, type: CType, entries: readonly Entry[], at: Span): void {
  let position = 0;
  for (const entry of entries) {
    let target: Expr | undefined = place;
    for (const part of entry.path) {
      target = typeof part === 'string'
        ? { op: 'field', base: target, name: part }
        : { op: 'index', base: target, index: value(state, part.index) };
    }
    if (entry.path.length === 0) target = type.array === true ? { op: 'index', base: place, index: { op: 'number', value: position } } : undefined;
    position++;
    if (entry.value.kind === 'list') {
      // A positional inner list of a struct has no name to go by, its calls still happen.
      if (target) initialise(state, target, noType, entry.value.entries, at);
      else value(state, entry.value);
      continue;
    }
    const given = value(state, entry.value);
    if (target) store(state, target, given, at);
  }
}

function statementsValue(state: Lowering, body: readonly Statement[], optional: boolean): Expr {
  if (optional) {
    // A macro that is not looked into may run the statements it is given.
    const { flow } = state;
    const run = newBlock(flow);
    const join = newBlock(flow);
    const first = body[0];
    branch(flow, unknown, run, join, first?.at ?? invalid);
    resume(flow, run);
    // The macro may be a loop: a break or continue in the statements is its own.
    state.jumps.push({ breakTo: join, continueTo: join, depth: state.scopes.length });
    lowerScope(state, undefined, () => lowerStatements(state, body));
    state.jumps.pop();
    enter(flow, join);
    return unknown;
  }
  let result: Expr = unknown;
  lowerScope(state, undefined, (scope) => {
    lowerStatements(state, body.slice(0, -1));
    const last = body[body.length - 1];
    if (last?.kind === 'expression') {
      result = value(state, last.value);
      if (scope.cleanups.length > 0) result = keep(state, result, last.at);
    } else if (last) lowerStatement(state, last);
  });
  return result;
}

const isTransparent = (state: Lowering, name: string): boolean => state.knowledge.primitives.get(name)?.transparent === true && lookUp(state, name) === undefined;

function call(state: Lowering, ast: Ast & { kind: 'call' }): Expr {
  const { callee } = ast;
  if (callee.kind !== 'name') {
    const scoped = lowerCleanupCall(state, ast);
    if (scoped !== undefined) return scoped;
    const target = value(state, callee);
    const pointer = target.op === 'deref' ? target.pointer : target;
    return emitCall(state, { kind: 'indirect', pointer }, ast);
  }
  const { name } = callee;
  const local = lookUp(state, name);
  const isFunction = local?.op === 'name' && local.name === name && !state.types.has(name); // declared in here, defined elsewhere
  if (local !== undefined && !isFunction) return emitCall(state, { kind: 'indirect', pointer: local }, ast);

  const scoped = lowerCleanupCall(state, ast);
  if (scoped !== undefined) return scoped;
  const container = state.knowledge.containers.get(name);
  if (container) {
    const pointer = ast.args[container.pointer];
    const type = ast.args[container.type];
    const member = ast.argTexts[container.member];
    if (pointer && type && member !== undefined) {
      return { op: 'container', pointer: value(state, pointer), type: typeArgument(state, type, container.typeof === true), member: member.replace(/\s+/g, '') };
    }
  }
  const primitive = state.knowledge.primitives.get(name);
  if (primitive?.transparent === true) {
    const first = ast.args[0] ? value(state, ast.args[0]) : unknown;
    for (const arg of ast.args.slice(1)) effect(state, arg);
    if (primitive.complains !== true) return first;
    // The kernel says that this does not happen: what follows a WARN(1, ..) is the way of a bug that was seen.
    if (first.op === 'number' && first.value !== 0) end(state.flow, { op: 'stop' });
    return { op: 'number', value: 0 };
  }
  if (name === '__builtin_unreachable' || name === '__builtin_trap') {
    end(state.flow, { op: 'stop' });
    return unknown;
  }
  if (name === '__builtin_expect' && ast.args[0]) return value(state, ast.args[0]);
  if (compileTime.test(name)) return unknown;
  if (primitive === undefined && /^[A-Z][A-Z0-9_]*$/.test(name) && isInitialiser(state, name)) {
    for (const arg of ast.args) effect(state, arg);
    return unknown;
  }
  if (primitive === undefined && isExpandable(state, name)) {
    const expanded = expand(state, name, ast.argTexts, ast.at);
    if (expanded !== undefined) return expanded;
  }
  const result = emitCall(state, { kind: 'direct', name }, ast);
  if (primitive?.noreturn === true || primitive?.complains === true) end(state.flow, { op: 'stop' });
  return result;
}

function emitCall(state: Lowering, callee: Callee, ast: Ast & { kind: 'call' }): Expr {
  const args = ast.args.map((arg) => value(state, arg));
  const temp = state.temps++;
  const { generated } = state;
  const argTexts = generated ? ast.argTexts.map((text) => text.replace(/\b_T\b/g, () => generated.subject)) : ast.argTexts;
  emit(state.flow, { op: 'call', temp, callee, args, argTexts, at: ast.at, ...(generated?.isCleanup === true ? { cleanup: true } : {}) });
  return { op: 'temp', id: temp };
}

/** A type given as a macro's argument: `struct x`, `typeof(*p)`, a typedef's bare name, or a pointer to the type. */
function typeArgument(state: Lowering, ast: Ast, isVariable: boolean): CType {
  if (isVariable) {
    const pointer = typeOf(state, value(state, ast));
    return pointer && pointer.pointers > 0 ? { name: pointer.name, pointers: pointer.pointers - 1 } : noType;
  }
  if (ast.kind === 'type') return resolveType(state, ast.type);
  if (ast.kind === 'name') return { name: ast.name, pointers: 0 };
  return noType;
}
