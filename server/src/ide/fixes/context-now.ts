// The analysis of a file, of the functions as they are now. A trial puts the texts back, but leaves functions behind that
// are other objects than before: what was known of them would be found to have no callers.

import type { RuleContext } from '../../rules/context.ts';
import { contextOf } from '../check.ts';
import { contextFor } from '../judgements.ts';
import type { Session } from '../session.ts';

const anew = new WeakMap<Session['source'], Map<string, RuleContext>>();

export function contextNow(session: Session, file: string): RuleContext {
  const refs = session.code.functionsIn(file);
  const isCurrent = (context: RuleContext | undefined): context is RuleContext => context !== undefined && refs.every((ref) => context.analysis.records.has(ref));
  const known = contextFor(session, file);
  if (isCurrent(known)) return known;
  const own = anew.get(session.source) ?? new Map<string, RuleContext>();
  anew.set(session.source, own);
  const last = own.get(file);
  const context = isCurrent(last) ? last : contextOf(session, refs);
  own.set(file, context);
  return context;
}
