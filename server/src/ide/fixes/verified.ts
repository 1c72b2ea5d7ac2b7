// A candidate becomes a fix by a trial: with its proof sheet if it holds, with the reasons why not if it does not.

import type { Finding } from '../finding.ts';
import type { VerifiedFix } from '../workspace.ts';
import type { Candidate } from './candidate.ts';
import type { Trial } from './trial.ts';

/** `finding`: what has to be gone; undefined for an edit that states a fact only. */
export function verified(trial: Trial, candidate: Candidate, finding: Finding | undefined): VerifiedFix {
  const { id, title, edits, proved, assumed } = candidate;
  const refuted = (reasons: readonly string[]): VerifiedFix => ({ id, title, edits, proved: [], assumed: [], refuted: [...new Set(reasons)] });
  if (candidate.refuted) return refuted(candidate.refuted);
  const report = trial.try(edits, finding, candidate.enteredLocked ?? []);
  // What holds under an option only was there before, behind the defect that is repaired.
  const certain = report.appeared.filter((one) => one.config === undefined);
  const conditional = report.appeared.filter((one) => one.config !== undefined);
  const failed = [
    ...report.broken,
    ...certain.map((one) => `${one.message} (${one.rule} in ${one.function}())`),
    ...report.lost.map((object) => `a reference to '${object}' would no longer be dropped`),
    ...report.dangers,
    ...(report.gone ? [] : [`it would still be so: ${finding?.message ?? ''}`]),
  ];
  const explained = failed.length > 0 ? candidate.explain?.(report) : undefined;
  if (failed.length > 0) return refuted(explained === undefined ? failed : [explained]);
  return {
    id, title, edits, refuted: [],
    proved: [
      ...proved,
      `analysed again with the change: ${finding ? 'the finding is gone, no other' : 'no finding'} appeared, locks and references are balanced as before`,
      'in the files it touches no lock is taken twice or in a new order, and nothing sleeps under a spinlock that did not before',
    ],
    assumed: [...assumed, ...conditional.map((one) => `${one.config} is off; with it: ${one.message} (${one.rule} in ${one.function}())`)],
  };
}
