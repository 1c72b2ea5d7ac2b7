// The judged puts of one file, worked out once for as long as its texts stay the same.

import { asLongAs, finish, type Steps } from '../base/steps.ts';
import { analyse, type RecordSource } from '../finality/analysis.ts';
import type { FunctionRef } from '../program/code.ts';
import type { RuleContext } from '../rules/context.ts';
import type { Session } from './session.ts';
import { spellingOf } from './spelling.ts';

const known = new WeakMap<RecordSource, Map<string, RuleContext>>();

export function contextFor(session: Session, file: string): RuleContext {
  return finish(contextSteps(session, file));
}

/** A text that changes between two steps (a fix on trial changes and restores it) makes it begin anew; what was executed stays. */
export function* contextSteps(session: Session, file: string): Steps<RuleContext> {
  for (;;) {
    const { source } = session;
    const refs = session.code.functionsIn(file);
    const answer = knownContext(source, file, refs) ??
      (yield* asLongAs(() => session.source === source && !knownContext(source, file, refs), contextOf(session, refs)));
    if (answer === undefined) continue;
    remember(source, file, answer);
    return answer;
  }
}

/** A text that was changed and put back has other functions than before, of which nothing is known. */
function knownContext(source: RecordSource, file: string, refs: readonly FunctionRef[]): RuleContext | undefined {
  const context = known.get(source)?.get(file);
  return context && refs.every((ref) => context.analysis.records.has(ref)) ? context : undefined;
}

function remember(source: RecordSource, file: string, context: RuleContext): void {
  const byFile = known.get(source) ?? new Map<string, RuleContext>();
  known.set(source, byFile.set(file, context));
}

export function* contextOf(session: Session, refs: readonly FunctionRef[]): Steps<RuleContext> {
  const { code, engine, source } = session;
  return {
    analysis: yield* analyse(code, engine, source, refs),
    code,
    typing: engine.base.typing,
    textOf: session.textOf,
    configHolds: session.configHolds,
    gapsOf: (ref) => engine.executionOf(ref).gaps,
    objectIn: (ref, count) => spellingOf(session, ref).object(count),
  };
}
