// The fixes of a finding, each proved on a copy before it is offered. A fix that does not hold is returned too, with the
// reason: people would try it otherwise.

import { lookupLocks } from '../../finality/judge.ts';
import { foldLastPuts } from '../../engine/summarise.ts';
import { rangeOf } from '../../rules/context.ts';
import { contextOf } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Session } from '../session.ts';
import type { VerifiedFix } from '../workspace.ts';
import type { Candidate, Problem } from './candidate.ts';
import { checkedGetFixes } from './checked-get.ts';
import { holdLockFixes } from './hold-lock.ts';
import { lockingPutFixes } from './locking-put.ts';
import { reorderFixes } from './reorder.ts';
import { functionSource } from './source.ts';
import { openTrial, type Trial } from './trial.ts';

const MAKERS: readonly ((problem: Problem) => readonly Candidate[])[] = [reorderFixes, lockingPutFixes, holdLockFixes, checkedGetFixes];

/** Answers by record source: a session makes a new one when a text changes. An editor asks again whenever the caret moves. */
const answers = new WeakMap<Session['source'], Map<string, readonly VerifiedFix[]>>();

/** Best fix first, refuted ones last. */
export function fixesOf(session: Session, finding: Finding): readonly VerifiedFix[] {
  const known = answers.get(session.source) ?? new Map<string, readonly VerifiedFix[]>();
  answers.set(session.source, known);
  const { start } = finding.range;
  const key = `${finding.rule}:${finding.file}:${start.line}:${start.character}`;
  const fixes = known.get(key) ?? proveAll(session, finding);
  known.set(key, fixes);
  return fixes;
}

function proveAll(session: Session, finding: Finding): readonly VerifiedFix[] {
  const problem = problemOf(session, finding);
  if (!problem) return [];
  const trial = openTrial(session, finding);
  const fixes = MAKERS.flatMap((make) => make(problem)).map((candidate) => verified(trial, finding, candidate));
  return [...fixes.filter((fix) => fix.refuted.length === 0), ...fixes.filter((fix) => fix.refuted.length > 0)];
}

/** undefined: the finding is of another rule, or no longer true of the text. */
function problemOf(session: Session, finding: Finding): Problem | undefined {
  if (finding.rule !== 'final-put-outside-lookup-lock') return undefined;
  const context = contextOf(session, session.code.functionsIn(finding.file));
  for (const instance of context.analysis.instances) {
    const [site] = instance.chain;
    if (!site || site.file !== finding.file || site.function !== finding.function) continue;
    const { start, end } = rangeOf(context, site);
    if (start.line !== finding.range.start.line || start.character !== finding.range.start.character || end.line !== finding.range.end.line) continue;
    const judged = instance.judged.find((one) => one.verdict.kind === 'unlocked');
    if (judged?.verdict.kind !== 'unlocked') continue;
    const { lookup } = judged.verdict;
    const [lock] = lookupLocks(lookup, context.analysis.entryLocks);
    const source = functionSource(session.code, instance.ref, session.textOf(finding.file));
    if (!lock || !source) continue;
    const effects = foldLastPuts(judged.put.final.state.effects);
    const before = effects.slice(0, effects.findIndex((effect) => effect.do === 'put' && effect.chain === judged.put.chain));
    return { session, context, finding, instance, judged, lookup, lock, ref: instance.ref, source, before };
  }
  return undefined;
}

function verified(trial: Trial, finding: Finding, candidate: Candidate): VerifiedFix {
  const { id, title, edits, proved, assumed } = candidate;
  if (candidate.refuted) return { id, title, edits, proved: [], assumed: [], refuted: candidate.refuted };
  const report = trial.try(edits, candidate.enteredLocked ?? []);
  // What holds under an option only was there before, behind the defect that is repaired.
  const certain = report.appeared.filter((one) => one.config === undefined);
  const conditional = report.appeared.filter((one) => one.config !== undefined);
  const failed = [
    ...report.broken,
    ...certain.map((one) => `${one.message} (${one.rule} in ${one.function}())`),
    ...report.lost.map((object) => `a reference to '${object}' would no longer be dropped`),
    ...(report.gone ? [] : [`the put may still be the last one outside '${finding.lock ?? 'the lock'}'`]),
  ];
  const explained = failed.length > 0 ? candidate.explain?.(report) : undefined;
  const reasons = explained === undefined ? failed : [explained];
  if (reasons.length > 0) return { id, title, edits, proved: [], assumed: [], refuted: reasons };
  return {
    id, title, edits, refuted: [],
    proved: [...proved, 'analysed again with the change: the finding is gone, no other appeared, locks and references are balanced as before'],
    assumed: [...assumed, ...conditional.map((one) => `${one.config} is off; with it: ${one.message} (${one.rule} in ${one.function}())`)],
  };
}
