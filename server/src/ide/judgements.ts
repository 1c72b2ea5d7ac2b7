// The judged puts of one file, worked out once for as long as its texts stay the same.

import type { RecordSource } from '../finality/analysis.ts';
import type { RuleContext } from '../rules/context.ts';
import { contextOf } from './check.ts';
import type { Session } from './session.ts';

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
