// Statements to blocks: branches, loops, switches, jumps, conditional compilation.

import type { Ast, Statement } from './ast.ts';
import { leaveScopes } from './cleanup.ts';
import { branch, end, enter, jump, newBlock, resume } from './flow.ts';
import type { Draft } from './flow.ts';
import type { Expr } from './ir.ts';
import { lowerDeclared, lowerDeclaringMacro } from './local.ts';
import { continuesLoop, lowerMacroStatement } from './loop-macro.ts';
import { freshLocal, keep, noType, note, pushScope, store, unknown } from './state.ts';
import type { Label, Lowering, Scope } from './state.ts';
import { condition, effect, value } from './value.ts';

export function lowerStatements(state: Lowering, statements: readonly Statement[]): void {
  for (const statement of statements) lowerStatement(state, statement);
}

/** Runs `work` in a scope of its own and then the scope's cleanups. */
export function lowerScope(state: Lowering, owner: Statement | undefined, work: (scope: Scope) => void): void {
  const depth = state.scopes.length;
  work(pushScope(state, owner));
  leaveScopes(state, depth);
  state.scopes.length = depth;
}

export function lowerStatement(state: Lowering, statement: Statement): void {
  const { flow } = state;
  switch (statement.kind) {
    case 'expression':
      lowerExpressionStatement(state, statement.value, statement.isStatic === true);
      return;
    case 'declaration':
      for (const declared of statement.declared) lowerDeclared(state, declared);
      return;
    case 'block':
      lowerScope(state, statement, () => lowerStatements(state, statement.body));
      return;
    case 'sequence':
      lowerStatements(state, statement.body);
      return;
    case 'if': {
      const then = newBlock(flow);
      const join = newBlock(flow);
      const otherwise = statement.otherwise ? newBlock(flow) : join;
      condition(state, statement.condition, then, otherwise);
      resume(flow, then);
      lowerBody(state, statement.then);
      if (statement.otherwise) {
        jump(flow, join);
        resume(flow, otherwise);
        lowerBody(state, statement.otherwise);
      }
      enter(flow, join);
      return;
    }
    case 'while': {
      const head = newBlock(flow);
      const body = newBlock(flow);
      const exit = newBlock(flow);
      enter(flow, head);
      condition(state, statement.condition, body, exit);
      resume(flow, body);
      lowerLoopBody(state, statement.body, exit, head);
      jump(flow, head);
      resume(flow, exit);
      return;
    }
    case 'do': {
      const body = newBlock(flow);
      const test = newBlock(flow);
      const exit = newBlock(flow);
      enter(flow, body);
      lowerLoopBody(state, statement.body, exit, test);
      enter(flow, test);
      condition(state, statement.condition, body, exit);
      resume(flow, exit);
      return;
    }
    case 'for':
      lowerFor(state, statement);
      return;
    case 'macro':
      lowerMacroStatement(state, statement);
      return;
    case 'switch':
      lowerSwitch(state, statement.value, statement.body);
      return;
    case 'case': case 'default':
      lowerCase(state, statement);
      return;
    case 'label': {
      const label = labelNamed(state, statement.name);
      enter(flow, label.block);
      label.inside = new Map(state.scopes.map((scope) => [scope, scope.cleanups.length]));
      return;
    }
    case 'goto':
      jumpTo(state, statement.name);
      return;
    case 'goto-any': {
      const targets = statement.labels ?? state.addressTaken;
      for (const [i, name] of targets.entries()) {
        const go = newBlock(flow);
        const on = newBlock(flow);
        if (i === targets.length - 1 && !statement.falls) jump(flow, go);
        else branch(flow, unknown, go, on, statement.at);
        resume(flow, go);
        jumpTo(state, name);
        resume(flow, on);
      }
      if (targets.length === 0) end(flow, { op: 'stop' });
      return;
    }
    case 'break': case 'continue': {
      for (let i = state.jumps.length - 1; i >= 0; i--) {
        const to = statement.kind === 'break' ? state.jumps[i]?.breakTo : state.jumps[i]?.continueTo;
        if (!to) continue;
        leaveScopes(state, state.jumps[i]?.depth ?? 0);
        jump(flow, to);
        return;
      }
      note(state, 'parse', statement.at, `${statement.kind} outside a loop`);
      return;
    }
    case 'return': {
      let result = statement.value && value(state, statement.value);
      if (result && state.scopes.some((scope) => scope.cleanups.length > 0)) result = keep(state, result, statement.at);
      leaveScopes(state, 0);
      end(flow, result ? { op: 'return', value: result, at: statement.at } : { op: 'return', at: statement.at });
      return;
    }
    case 'config':
      lowerConfig(state, statement);
      return;
  }
}

/** The statement of an `if` or a loop: a scope of its own even without braces. */
export function lowerBody(state: Lowering, body: Statement): void {
  if (body.kind === 'block') lowerStatement(state, body);
  else lowerScope(state, body, () => lowerStatement(state, body));
}

export function lowerLoopBody(state: Lowering, body: Statement, breakTo: Draft, continueTo: Draft): void {
  state.jumps.push({ breakTo, continueTo, depth: state.scopes.length });
  lowerBody(state, body);
  state.jumps.pop();
}

function lowerFor(state: Lowering, statement: Statement & { kind: 'for' }): void {
  const { flow } = state;
  lowerScope(state, statement, () => {
    if (statement.init) lowerStatement(state, statement.init);
    const head = newBlock(flow);
    const body = newBlock(flow);
    const step = newBlock(flow);
    const exit = newBlock(flow);
    enter(flow, head);
    if (statement.condition) condition(state, statement.condition, body, exit);
    else jump(flow, body);
    resume(flow, body);
    lowerLoopBody(state, statement.body, exit, step);
    enter(flow, step);
    if (statement.step) effect(state, statement.step);
    jump(flow, head);
    resume(flow, exit);
  });
}

function lowerSwitch(state: Lowering, subject: Ast, body: Statement): void {
  const { flow } = state;
  let switched = value(state, subject);
  if (switched.op !== 'name' && switched.op !== 'number') switched = keepLocal(state, switched, subject);
  const dispatch = flow.current;
  const exit = newBlock(flow);
  const cases = { subject: switched, cases: [], otherwise: undefined } as Lowering['switches'][number];
  state.switches.push(cases);
  state.jumps.push({ breakTo: exit, continueTo: undefined, depth: state.scopes.length });
  resume(flow, newBlock(flow));
  lowerBody(state, body);
  enter(flow, exit);
  state.jumps.pop();
  state.switches.pop();
  resume(flow, dispatch);
  for (const { low, high, to, at } of cases.cases) {
    const next = newBlock(flow);
    if (high === undefined) {
      branch(flow, { op: 'binary', operator: '==', left: switched, right: low }, to, next, at);
    } else {
      const middle = newBlock(flow);
      branch(flow, { op: 'binary', operator: '>=', left: switched, right: low }, middle, next, at);
      resume(flow, middle);
      branch(flow, { op: 'binary', operator: '<=', left: switched, right: high }, to, next, at);
    }
    resume(flow, next);
  }
  jump(flow, cases.otherwise ?? exit);
  resume(flow, exit);
}

/** Unlike `keep`, also for a temporary: the comparisons of a switch are on a local. */
function keepLocal(state: Lowering, expr: Expr, at: Ast): Expr {
  const kept = keep(state, expr, at.at);
  if (kept.op !== 'temp') return kept;
  const local = freshLocal(state, noType);
  store(state, local, kept, at.at);
  return local;
}

function lowerCase(state: Lowering, statement: Statement & { kind: 'case' | 'default' }): void {
  const { flow } = state;
  const cases = state.switches[state.switches.length - 1];
  if (!cases) {
    note(state, 'parse', statement.at, `${statement.kind} outside a switch`);
    return;
  }
  const block = newBlock(flow);
  if (statement.kind === 'default') cases.otherwise = block;
  else {
    // A macro in a label is a constant, or a whole range of them.
    const constant = (ast: Ast): Expr => (ast.kind === 'call' ? unknown : value(state, ast));
    const low = constant(statement.low);
    const high = statement.high && constant(statement.high);
    cases.cases.push({ low, ...(high ? { high } : {}), to: block, at: statement.at });
  }
  enter(flow, block);
}

function labelNamed(state: Lowering, name: string): Label {
  let label = state.labels.get(name);
  if (!label) {
    label = { block: newBlock(state.flow), around: undefined };
    state.labels.set(name, label);
  }
  return label;
}

function jumpTo(state: Lowering, name: string): void {
  const label = labelNamed(state, name);
  const { around, inside } = label;
  let depth = state.scopes.length;
  while (depth > 0) {
    const scope = state.scopes[depth - 1];
    if (!scope) break;
    if (inside ? inside.has(scope) : scope.owner === undefined || around === undefined || around.has(scope.owner)) break;
    depth--;
  }
  if (inside && depth > 0) leaveScopes(state, depth - 1, inside);
  else leaveScopes(state, depth);
  jump(state.flow, label.block);
}

function lowerConfig(state: Lowering, statement: Statement & { kind: 'config' }): void {
  const { flow } = state;
  const join = newBlock(flow);
  const outer = flow.config;
  for (const [i, { atoms, body }] of statement.branches.entries()) {
    const isLast = i === statement.branches.length - 1;
    flow.config = [...outer, ...atoms];
    const run = newBlock(flow);
    flow.config = outer;
    const on = newBlock(flow);
    if (isLast && statement.exhaustive) jump(flow, run);
    else branch(flow, unknown, run, on, statement.at);
    flow.config = [...outer, ...atoms];
    resume(flow, run);
    lowerStatements(state, body);
    jump(flow, join);
    flow.config = outer;
    resume(flow, on);
  }
  enter(flow, join);
}

function lowerExpressionStatement(state: Lowering, expression: Ast, isStatic: boolean): void {
  if (expression.kind === 'name') {
    const body = state.bodies.get(expression.name);
    if (body) {
      body();
      return;
    }
  }
  if (expression.kind === 'call' && expression.callee.kind === 'name' && expression.callee.name.startsWith('while_')) {
    const macro = state.macros.find(expression.callee.name); // the name only saves the question for all other calls
    if (macro && continuesLoop(macro.body)) return;
  }
  if (expression.kind === 'call' && expression.callee.kind === 'name' && lowerDeclaringMacro(state, expression.callee.name, expression, isStatic)) return;
  effect(state, expression);
}
