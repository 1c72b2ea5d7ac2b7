// The lookup's side of a race, as witness steps.

import type { Witness } from '../ide/finding.ts';
import type { LookupRecord } from '../finality/records.ts';
import { lookupLocks } from '../finality/judge.ts';
import { lineOf, textAt, type RuleContext } from './context.ts';

export function lookupWitness(context: RuleContext, lookup: LookupRecord): readonly Witness[] {
  const held = lookupLocks(lookup, context.analysis.entryLocks).map((lock) => lock.text);
  return lookup.chain.map((site) => ({
    file: site.file, line: lineOf(context, site), function: site.function, text: textAt(context, site), held,
  }));
}
