// Takes the lookup's lock around the put. Right unless the lock is held already, the release takes it itself, or
// something under it sleeps where it must not; under the membership test if the object is an entry only sometimes.

import { printPlace, rootOf } from '../../domain/value.ts';
import { chainKey } from '../../finality/judge.ts';
import type { FunctionRef } from '../../program/code.ts';
import { objectText, spanIn } from '../../rules/context.ts';
import type { Hold } from '../../summary/effect.ts';
import type { Session } from '../session.ts';
import type { Edit } from '../workspace.ts';
import { isVisibleIn, lockCalls, type LockCalls } from './apis.ts';
import type { Candidate, Problem } from './candidate.ts';
import { testsMembership } from './cleanup.ts';
import { behind, declarationEdit, fittedIf, indentOf, takenNames, wholeLines } from './layout.ts';
import { inHelper } from './put.ts';
import {
  ancestor, callParts, descendants, functionSource, spanOf, statementAt, substituted, textOf, type FunctionSource, type SyntaxNode,
} from './source.ts';
import { previousStatement } from './statements.ts';

export function holdLockFixes(problem: Problem): readonly Candidate[] {
  const inner = inHelper(problem);
  return [...holdHere(problem, 'hold-lookup-lock'), ...(inner ? holdHere(inner, 'hold-lookup-lock-in-helper') : [])];
}

function holdHere(problem: Problem, id: string): readonly Candidate[] {
  const { source, context, finding, lock, instance, lookup, session, ref } = problem;
  const site = instance.chain[0];
  const statement = site && statementAt(source, spanIn(context, site));
  if (statement?.type !== 'expression_statement' || !isVisibleIn(lock, finding.file)) return [];
  const users = [lookup.ref, ...session.code.functionsIn(lookup.ref.file)];
  const calls = lockCalls(session.code, session.engine.base.knowledge, lock, users);
  if (!calls) return [];
  const guard = problem.judged.registry.generic && !hasMembershipTest(problem) ? membershipTest(problem) : '';
  if (guard === undefined) return [];
  const edits = wrapped(problem, statement, calls, guard);
  if (!edits) return [];
  const call = descendants(statement).find((node) => node.type === 'call_expression');
  const name = (call && callParts(source, call)?.name) ?? 'the put';
  const refuted = refutations(problem, statement, calls);
  return [{
    id,
    title: ref.name === finding.function ? `Hold ${lock.text} around ${name}()` : `Hold ${lock.text} around ${name}() in ${ref.name}()`,
    edits,
    proved: [
      `the put runs under '${lock.text}', which ${lookup.ref.name}() holds to find the object`,
      `no known caller of ${ref.name}() holds '${lock.text}' already, and the release does not take it`,
      ...(calls.mode === 'spin' ? ['nothing that may sleep is called under the spinlock'] : []),
    ],
    assumed: [
      ...(ref.item.isStatic ? [] : [`no caller of ${ref.name}() in other files holds '${lock.text}'`]),
      ...problem.judged.put.locks.map((held) => `nobody takes '${held.text}' with '${lock.text}' held: here it is the other way round`),
    ],
    ...(refuted.length > 0 ? { refuted } : {}),
  }];
}

/** The function puts only what it has found to be an entry. */
function hasMembershipTest({ instance, session, ref }: Problem): boolean {
  const root = instance.judged[0] && rootOf(instance.judged[0].put.object.count).node;
  return root?.k === 'param' && testsMembership(session, ref, root.index);
}

/** What speaks against it before any trial. */
function refutations({ context, finding, judged, instance, lock, ref, session, source }: Problem, statement: SyntaxNode, calls: LockCalls): readonly string[] {
  const reasons = new Set<string>();
  const sleeps = session.engine.base.knowledge.primitives.get(calls.lock)?.sleeps === true;
  const { typing } = context;
  const nameOf = (hold: Hold, file: string): string | undefined => typing.placeName(hold.lock, file);
  if (judged.put.lastTakes.includes(lock.name)) {
    reasons.add(`the release takes '${lock.text}' itself: the thread would wait for itself`);
  }
  const ways = context.analysis.records.get(ref)?.puts.filter((put) => chainKey(put.chain) === chainKey(instance.chain)) ?? [];
  for (const held of ways.flatMap((put) => put.locks)) {
    if (held.name === lock.name) reasons.add(`on some way '${lock.text}' is held there already${held.shared ? ', for reading' : ''}`);
  }
  const here = session.engine.executionOf(ref).finals.flatMap((final) => final.state.effects)
    .filter((effect) => effect.do === 'put' && chainKey(effect.chain) === chainKey(instance.chain)).flatMap((effect) => effect.held);
  for (const hold of here) {
    const other = nameOf(hold, finding.file);
    if (sleeps && hold.mode === 'spin') reasons.add(`'${printPlace(hold.lock)}', a spinlock, is held there, and taking '${lock.text}' may sleep`);
    const opposite = other === undefined || other === lock.name ? undefined : takesUnder(session, finding.file, other, lock.name);
    if (opposite) reasons.add(`${opposite}() takes '${printPlace(hold.lock)}' with '${lock.text}' held: two orders of the same locks`);
  }
  const reached = new Set([ref]);
  for (const callee of reached) {
    for (const caller of session.code.callers(callee)) {
      for (const hold of session.engine.executionOf(caller).calls.filter((call) => call.name === callee.name).flatMap((call) => call.held)) {
        if (nameOf(hold, caller.file) === lock.name) reasons.add(`${caller.name}() calls ${callee.name}() with '${lock.text}' held already`);
        else if (sleeps && hold.mode === 'spin') reasons.add(`${caller.name}() calls ${callee.name}() under a spinlock, and taking '${lock.text}' may sleep`);
      }
      // Further out only in the same file: a static lock is known there alone.
      if (caller.file === finding.file) reached.add(caller);
    }
  }
  if (!sleeps) {
    // Callbacks handed over run under the lock as well.
    for (const name of new Set(descendants(statement).filter((node) => node.type === 'identifier').map((node) => textOf(source, node)))) {
      const callee = session.code.resolve(name, ref.file);
      if (callee && session.engine.summaryOf(callee).maySleep) reasons.add(`${name}() may sleep, and '${lock.text}' is a spinlock`);
    }
  }
  return [...reasons];
}

/** A function of the file that takes `inner` while it holds `outer`. */
function takesUnder(session: Session, file: string, inner: string, outer: string): string | undefined {
  const { typing } = session.engine.base;
  return session.code.functionsIn(file).find((ref) =>
    session.engine.executionOf(ref).finals.some((final) => final.state.effects.some((effect) =>
      effect.do === 'lock' && typing.placeName(effect.lock, file) === inner &&
      effect.held.some((hold) => hold.lock !== effect.lock && typing.placeName(hold.lock, file) === outer))))?.name;
}

function wrapped({ source, finding }: Problem, statement: SyntaxNode, calls: LockCalls, guard: string): readonly Edit[] | undefined {
  const { file } = finding;
  const span = spanOf(source, statement);
  const text = textOf(source, statement);
  const parent = statement.parent;
  if (!parent) return undefined;
  const flags = calls.flags ? ', flags' : '';
  const take = `${calls.lock}(${calls.argument}${flags});`;
  const drop = `${calls.unlock}(${calls.argument}${flags});`;
  const indent = indentOf(source.text, span.start);
  const end = behind(source.text, span.end);
  // Dropped a line before: it is dropped a line later.
  const previous = guard === '' ? unlabelled(previousStatement(statement)) : null;
  if (previous && textOf(source, previous) === drop) {
    const from = spanOf(source, previous).start;
    return [
      { file, start: from, end: from, newText: `${source.text.slice(span.start, end)}\n${indent}` },
      { file, ...wholeLines(source.text, span), newText: '' },
    ];
  }
  const declared = calls.flags ? flagsEdit(source, statement, file) : [];
  if (declared === undefined) return undefined;
  if (guard !== '') {
    if (parent.type !== 'compound_statement') return undefined;
    const inner = [take, text, drop].map((line) => `${indent}\t${line}`).join('\n');
    return [...declared, { file, ...span, newText: `${fittedIf(indent, guard, ' {')}\n${inner}\n${indent}} else {\n${indent}\t${text}\n${indent}}` }];
  }
  const around = (closing: string): readonly Edit[] => [
    ...declared, { file, start: span.start, end: span.start, newText: `${take}\n${indent}` },
    { file, start: end, end, newText: `\n${indent}${drop}${closing}` },
  ];
  if (parent.type === 'compound_statement') return around('');
  // The only statement of an if: it needs braces now.
  const condition = parent.childForFieldName('condition');
  if (parent.type !== 'if_statement' || parent.childForFieldName('alternative') || !condition) return undefined;
  const brace = spanOf(source, condition).end;
  return [{ file, start: brace, end: brace, newText: ' {' }, ...around(`\n${indentOf(source.text, spanOf(source, parent).start)}}`)];
}

/** The statement behind its labels. */
function unlabelled(node: SyntaxNode | null): SyntaxNode | null {
  return node?.type === 'labeled_statement' ? unlabelled(node.lastNamedChild) : node;
}

/** undefined: the name is taken by something else. */
function flagsEdit(source: FunctionSource, statement: SyntaxNode, file: string): readonly Edit[] | undefined {
  const body = ancestor(statement, (node) => node.parent?.type === 'function_definition');
  if (!body || takenNames(source).has('flags')) return undefined;
  return [{ file, ...declarationEdit(source, body, 'unsigned long flags;') }];
}

/**
 * The test that another put of the same object begins with, turned round and in the terms of this function: the helper
 * leaves at once unless its object is an entry.
 */
function membershipTest(problem: Problem): string | undefined {
  const { before, judged, context, finding, session } = problem;
  const other = before.findLast((effect) => effect.do === 'put' && effect.count === judged.put.object.count);
  const object = objectText(judged.put.object.count);
  if (!other) return undefined;
  for (const site of other.chain.slice(1)) {
    const ref = context.code.functionsIn(site.file).find((candidate) => candidate.name === site.function);
    const source = ref && functionSource(context.code, ref, session.textOf(ref.file));
    if (!ref || !source || site.file !== finding.file) continue;
    const given = parametersHere(problem, ref, object);
    const guard = given && leavingGuard(source);
    if (guard) return turnedRound(source, guard, given);
  }
  return undefined;
}

/** The helper's parameters by this function's expressions: the object, and what has the same name and type here. */
function parametersHere({ context, ref, finding, judged }: Problem, helper: FunctionRef, object: string): ReadonlyMap<string, string> | undefined {
  const own = context.code.ir(ref).params;
  const given = new Map<string, string>();
  const root = judged.put.object.count;
  const pointer = context.typing.pointee(root.node.k === 'at' ? root.node.base : root, finding.file);
  for (const param of context.code.ir(helper).params) {
    const same = own.find((each) => each.name === param.name && each.type.name === param.type.name);
    if (same) given.set(param.name, same.name);
    else if (param.type.name === pointer) given.set(param.name, object);
    else return undefined;
  }
  return given.size > 0 ? given : undefined;
}

/** `if (...) return;` at the top of a function. */
function leavingGuard(source: FunctionSource): SyntaxNode | undefined {
  const guard = descendants(source.root).find((node) => node.type === 'if_statement');
  const first = guard?.childForFieldName('consequence');
  const inner = first?.type === 'compound_statement' ? first.namedChildren[0] : first;
  return inner?.type === 'return_statement' ? guard?.childForFieldName('condition') ?? undefined : undefined;
}

function turnedRound(source: FunctionSource, condition: SyntaxNode, given: ReadonlyMap<string, string>): string | undefined {
  const inner = condition.type === 'parenthesized_expression' ? condition.namedChildren[0] : condition;
  const names = inner ? descendants(inner).filter((node) => node.type === 'identifier').map((node) => textOf(source, node)) : [];
  // Only what is known here too: parameters, and functions by their names.
  if (!inner || !names.some((name) => given.has(name))) return undefined;
  return alternatives(inner).map((node) => {
    const operator = node.childForFieldName('operator')?.type;
    const argument = node.childForFieldName('argument');
    if (node.type === 'unary_expression' && operator === '!' && argument) return substituted(source, argument, given);
    const text = substituted(source, node, given);
    return node.type === 'binary_expression' && operator === '!=' ? text.replace('!=', '==') : `!(${text})`;
  }).join(' && ').replace(/\s+/g, ' ');
}

function alternatives(node: SyntaxNode): SyntaxNode[] {
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('right');
  const isOr = node.type === 'binary_expression' && node.childForFieldName('operator')?.type === '||';
  return isOr && left && right ? [...alternatives(left), ...alternatives(right)] : [node];
}
