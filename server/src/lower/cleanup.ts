// Scope-bound cleanup as <linux/cleanup.h> spells it: guard(), scoped_guard(), CLASS(), __free(), no_free_ptr().
// What a guard does comes from the knowledge; the words themselves are the language.

import type { Span } from '../base/span.ts';
import type { Guard } from '../kernel/schema.ts';
import type { Ast, Declared, Statement } from './ast.ts';
import { lowerScope, lowerStatement, lowerStatements } from './control.ts';
import { parseExpression } from './expression.ts';
import { enter, jump, newBlock, resume } from './flow.ts';
import type { Expr } from './ir.ts';
import { declare, freshLocal, keep, noType, note, pushScope, store, textReader, typeOf, unknown, zero } from './state.ts';
import type { Lowering, Scope } from './state.ts';
import { parseStatements } from './statement.ts';
import { condition, effect, value } from './value.ts';

/** Lowers a call of one of the cleanup words; undefined if it is none. */
export function lowerCleanupCall(state: Lowering, ast: Ast & { kind: 'call' }): Expr | undefined {
  const { callee } = ast;
  if (callee.kind === 'call' && callee.callee.kind === 'name') {
    const word = callee.callee.name;
    if (word === 'guard') {
      openGuard(state, callee.argTexts[0] ?? '', ast.args, ast.argTexts, ast.at);
      return unknown;
    }
    if (word === 'CLASS') {
      openClass(state, callee.argTexts[0] ?? '', callee.argTexts[1] ?? '', ast.args[0], ast.at);
      return unknown;
    }
    return undefined;
  }
  if (callee.kind !== 'name') return undefined;
  const subject = ast.args[0];
  if (subject === undefined) return undefined;
  switch (callee.name) {
    case 'no_free_ptr': case 'retain_and_null_ptr':
      return takeOver(state, subject, zero, ast.at);
    case 'take_fd':
      return takeOver(state, subject, { op: 'number', value: -1 }, ast.at);
    case 'return_ptr':
      lowerStatement(state, { kind: 'return', value: { ...ast, callee: { ...callee, name: 'no_free_ptr' } }, at: ast.at });
      return unknown;
    default:
      return undefined;
  }
}

function takeOver(state: Lowering, subject: Ast, left: Expr, at: Span): Expr {
  const place = value(state, subject);
  const taken = freshLocal(state, typeOf(state, place) ?? noType);
  store(state, taken, place, at);
  store(state, place, left, at);
  return taken;
}

function guardNamed(state: Lowering, name: string, at: Span): Guard | undefined {
  const guard = state.knowledge.guards.get(name);
  if (!guard) note(state, 'unknown-callee', at, `the guard ${name} is not known`);
  return guard;
}

/** Runs `work` with `_T` standing for the guard's subject, which the source spells `text`. */
function withSubject(state: Lowering, subject: Expr, text: string, isCleanup: boolean, work: () => void): void {
  const outer = state.generated;
  pushScope(state, undefined).names.set('_T', subject);
  state.generated = { subject: text, isCleanup };
  work();
  state.generated = outer;
  state.scopes.pop();
}

interface Opened {
  readonly guard: Guard;
  readonly subject: Expr;
  readonly text: string;
}

function subjectOf(state: Lowering, args: readonly Ast[], argTexts: readonly string[], at: Span): { subject: Expr; text: string } {
  const first = args[0];
  if (first === undefined) return { subject: zero, text: '' };
  return { subject: keep(state, value(state, first), at), text: argTexts[0] ?? '' };
}

function openGuard(state: Lowering, name: string, args: readonly Ast[], argTexts: readonly string[], at: Span): Opened | undefined {
  const { subject, text } = subjectOf(state, args, argTexts, at);
  const guard = guardNamed(state, name, at);
  if (!guard) return undefined;
  if (guard.conditional === true) {
    // The destructor looks at a pointer that the constructor cleared when the lock was not taken.
    const held = freshLocal(state, typeOf(state, subject) ?? noType);
    const { flow } = state;
    const taken = newBlock(flow);
    const missed = newBlock(flow);
    const join = newBlock(flow);
    withSubject(state, subject, text, false, () => condition(state, parseText(state, guard.enter ?? '', at), taken, missed));
    resume(flow, taken);
    store(state, held, subject.op === 'number' ? { op: 'number', value: 1 } : subject, at);
    jump(flow, join);
    resume(flow, missed);
    store(state, held, zero, at);
    enter(flow, join);
    addCleanup(state, `if (_T) { ${guard.leave}; }`, held, text, at);
  } else {
    if (guard.enter !== undefined) {
      const enterText = guard.enter;
      withSubject(state, subject, text, false, () => lowerStatements(state, parseStatements(textReader(state, enterText, at))));
    }
    addCleanup(state, guard.leave, subject, text, at);
  }
  return { guard, subject, text };
}

function openClass(state: Lowering, name: string, variable: string, arg: Ast | undefined, at: Span): void {
  const subject = arg ? value(state, arg) : zero;
  const guard = guardNamed(state, name, at);
  let made: Expr = unknown;
  if (guard?.enter !== undefined) {
    const { enter: text } = guard;
    withSubject(state, subject, '', false, () => (made = value(state, parseText(state, text, at))));
  }
  const local = declare(state, variable, noType);
  store(state, local, made, at);
  if (guard) addCleanup(state, guard.leave, local, variable, at);
}

const parseText = (state: Lowering, text: string, at: Span): Ast => parseExpression(textReader(state, text.replace(/;\s*$/, ''), at));

function addCleanup(state: Lowering, leave: string, subject: Expr, text: string, at: Span): void {
  const body = parseStatements(textReader(state, leave, at));
  state.scopes[state.scopes.length - 1]?.cleanups.push({ body, subject, text, at });
}

/** `T *p __free(name) = ...` */
export function freeAtScopeEnd(state: Lowering, declared: Declared, local: Expr): void {
  if (declared.free === undefined) return;
  const guard = guardNamed(state, declared.free, declared.at);
  if (guard) addCleanup(state, guard.leave, local, declared.name, declared.at);
}

/** Runs the cleanups of the scopes beyond the first `depth`, innermost and latest first; the scopes stay open. */
export function leaveScopes(state: Lowering, depth: number, keepIn?: ReadonlyMap<Scope, number>): void {
  for (let i = state.scopes.length - 1; i >= depth; i--) {
    const scope = state.scopes[i];
    if (!scope) continue;
    const least = keepIn?.get(scope) ?? 0;
    for (let j = scope.cleanups.length - 1; j >= least; j--) {
      const cleanup = scope.cleanups[j];
      if (!cleanup) continue;
      withSubject(state, cleanup.subject, cleanup.text, true, () => lowerStatements(state, cleanup.body));
    }
  }
}

/** `scoped_guard(name, args) statement` and `scoped_cond_guard(name, fail, args) statement`; false if it is neither. */
export function lowerScopedGuard(state: Lowering, statement: Statement & { kind: 'macro' }): boolean {
  const { name: word, args, argTexts, at } = statement;
  if (word !== 'scoped_guard' && word !== 'scoped_cond_guard') return false;
  const name = argTexts[0] ?? '';
  const fail = word === 'scoped_cond_guard' ? args[1] : undefined;
  const skip = word === 'scoped_cond_guard' ? 2 : 1;
  const { flow } = state;
  const depth = state.scopes.length;
  const exit = newBlock(flow);
  lowerScope(state, statement, () => {
    const guard = state.knowledge.guards.get(name);
    if (guard && (fail !== undefined || guard.conditional === true)) {
      const { subject, text } = subjectOf(state, args.slice(skip), argTexts.slice(skip), at);
      const taken = newBlock(flow);
      const missed = newBlock(flow);
      withSubject(state, subject, text, false, () => condition(state, parseText(state, guard.enter ?? '1', at), taken, missed));
      resume(flow, missed);
      if (fail?.kind === 'statements') lowerStatements(state, fail.body);
      else if (fail) effect(state, fail);
      jump(flow, exit);
      resume(flow, taken);
      addCleanup(state, guard.leave, subject, text, at);
    } else {
      openGuard(state, name, args.slice(skip), argTexts.slice(skip), at);
    }
    // The macro is a loop of one round: break and continue both leave it.
    state.jumps.push({ breakTo: exit, continueTo: exit, depth });
    lowerStatement(state, statement.body);
    state.jumps.pop();
  });
  enter(flow, exit);
  return true;
}
