// States that the callers hold the lock, where a put is right only for that: a fact that people, lockdep and later
// changes can rely on. Refuted where a known caller does not hold it.

import type { NamedLock } from '../../finality/records.ts';
import { lookupLocks, type EntryLocks } from '../../finality/judge.ts';
import type { FunctionRef } from '../../program/code.ts';
import { lineOf } from '../../rules/context.ts';
import { contextFor } from '../judgements.ts';
import type { Session } from '../session.ts';
import type { VerifiedFix } from '../workspace.ts';
import { assertion, isVisibleIn, lockCalls } from './apis.ts';
import type { Candidate, Problem } from './candidate.ts';
import { behind, indentOf } from './layout.ts';
import { inHelper } from './put.ts';
import { functionSource, spanOf, statementsOf, type FunctionSource } from './source.ts';
import { openTrial } from './trial.ts';
import { verified } from './verified.ts';

/** For a finding: the helper that puts has callers that hold the lock, and one that does not. */
export function assertHeldFixes(outer: Problem): readonly Candidate[] {
  const problem = inHelper(outer) ?? outer;
  const { session, ref, source, lock, lookup, context } = problem;
  const { holding, without } = callersOf(session, ref, lock, context.analysis.entryLocks);
  const candidate = holding.length > 0 ? candidateFor(session, source, lock, lookup.ref, holding) : undefined;
  return candidate ? [{ ...candidate, ...(without.length > 0 ? { refuted: without.map((name) => `${name}() calls ${ref.name}() without '${lock.text}'`) } : {}) }] : [];
}

/** For a line without a finding: the put there is right because of what all known callers hold. */
export function factsAt(session: Session, file: string, line: number): readonly VerifiedFix[] {
  const context = contextFor(session, file);
  const facts = new Map<string, VerifiedFix>();
  for (const { ref, chain, judged } of context.analysis.instances) {
    const [site] = chain;
    if (!site || ref.file !== file || lineOf(context, site) !== line) continue;
    for (const { verdict, put } of judged) {
      if (!verdict.lookup || (verdict.kind === 'safe' && verdict.reason !== 'locked')) continue;
      const wanted = lookupLocks(verdict.lookup, context.analysis.entryLocks);
      if (put.locks.some((own) => wanted.some(({ name }) => name === own.name))) continue;
      const source = functionSource(session.code, ref, session.textOf(file));
      const lock = wanted.find((each) => {
        const { holding, without } = callersOf(session, ref, each, context.analysis.entryLocks);
        return holding.length > 0 && without.length === 0;
      });
      if (!lock || !source || facts.has(lock.name) || states(session, ref, lock)) continue;
      const { holding } = callersOf(session, ref, lock, context.analysis.entryLocks);
      const candidate = candidateFor(session, source, lock, verdict.lookup.ref, holding);
      if (candidate) facts.set(lock.name, verified(openTrial(session, file), candidate, undefined));
    }
  }
  return [...facts.values()];
}

function candidateFor(session: Session, source: FunctionSource, lock: NamedLock, lookup: FunctionRef, holding: readonly string[]): Candidate | undefined {
  const { ref, text } = source;
  const name = assertion(session.engine.base.knowledge);
  const calls = isVisibleIn(lock, ref.file) ? lockCalls(session.code, session.engine.base.knowledge, lock, [lookup, ...session.code.functionsIn(lookup.file)]) : undefined;
  const body = source.root.descendantsOfType('compound_statement')[0];
  if (name === undefined || !calls || !body) return undefined;
  const statements = statementsOf(body);
  const first = statements.find(({ type }) => type !== 'declaration');
  const declared = statements[0]?.type === 'declaration';
  const indent = first ? indentOf(text, spanOf(source, first).start) : '\t';
  const last = first ? statements[statements.indexOf(first) - 1] : statements.at(-1);
  const at = behind(text, last ? spanOf(source, last).end : spanOf(source, body).start + 1);
  return {
    id: 'assert-lock-held',
    title: `State that callers hold ${lock.text}: ${name}()`,
    edits: [{ file: ref.file, start: at, end: at, newText: `${declared ? '\n' : ''}\n${indent}${name}(${calls.argument});` }],
    proved: [`${listed(holding)} ${holding.length === 1 ? 'holds' : 'hold'} '${lock.text}' around the call: ${holding.length === 1 ? 'the only known caller' : `all ${holding.length} known callers`}`],
    assumed: [
      ...(ref.item.isStatic ? [] : [`callers of ${ref.name}() in other files hold '${lock.text}' as well`]),
      ...(session.code.addressTaken(ref) ? [`whoever calls ${ref.name}() through a pointer holds '${lock.text}' as well`] : []),
    ],
  };
}

function callersOf(session: Session, ref: FunctionRef, lock: NamedLock, outer: EntryLocks): { readonly holding: readonly string[]; readonly without: readonly string[] } {
  const holding = new Set<string>();
  const without = new Set<string>();
  for (const caller of session.code.callers(ref)) {
    for (const call of session.engine.executionOf(caller).calls.filter(({ name }) => name === ref.name)) {
      const holds = call.held.some((hold) => session.engine.base.typing.placeName(hold.lock, caller.file) === lock.name) ||
        outer(caller).some(({ name }) => name === lock.name);
      (holds ? holding : without).add(caller.name);
    }
  }
  return { holding: [...holding].filter((name) => !without.has(name)), without: [...without] };
}

/** The function says so already. */
function states({ engine }: Session, ref: FunctionRef, lock: NamedLock): boolean {
  return engine.executionOf(ref).requires.some((value) => engine.base.typing.placeName(value, ref.file) === lock.name);
}

function listed(names: readonly string[]): string {
  const calls = names.slice(0, 3).map((name) => `${name}()`);
  if (names.length > 3) return `${calls.join(', ')} and ${names.length - 3} more`;
  return calls.length < 2 ? calls.join('') : `${calls.slice(0, -1).join(', ')} and ${calls.at(-1) ?? ''}`;
}
