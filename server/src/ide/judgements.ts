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
  let context = byFile.get(file);
  if (!context) byFile.set(file, (context = contextOf(session, session.code.functionsIn(file))));
  return context;
}
