// The judged puts of one file, worked out once for as long as its texts stay the same.

import { analyse, type RecordSource } from '../finality/analysis.ts';
import type { FunctionRef } from '../program/code.ts';
import type { RuleContext } from '../rules/context.ts';
import type { Session } from './session.ts';
import { spellingOf } from './spelling.ts';

const known = new WeakMap<RecordSource, Map<string, RuleContext>>();

export function contextFor(session: Session, file: string): RuleContext {
  const { source } = session;
  let byFile = known.get(source);
  if (!byFile) known.set(source, (byFile = new Map()));
  const refs = session.code.functionsIn(file);
  let context = byFile.get(file);
  // A text that was changed and put back (a fix on trial) has other functions than before, of which nothing is known.
  if (!context || refs.some((ref) => !context?.analysis.records.has(ref))) byFile.set(file, (context = contextOf(session, refs)));
  return context;
}

export function contextOf(session: Session, refs: readonly FunctionRef[]): RuleContext {
  const { code, engine, source } = session;
  return {
    analysis: analyse(code, engine, source, refs),
    code,
    typing: engine.base.typing,
    textOf: session.textOf,
    configHolds: session.configHolds,
    gapsOf: (ref) => engine.executionOf(ref).gaps,
    objectIn: (ref, count) => spellingOf(session, ref).object(count),
  };
}
