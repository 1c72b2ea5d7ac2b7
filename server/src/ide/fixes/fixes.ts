// The fixes of a finding, each proved on a copy before it is offered. A fix that does not hold is returned too, with the
// reason: people would try it otherwise.

import { lineStarts, offsetAt } from '../../base/span.ts';
import type { Finding } from '../finding.ts';
import { contextFor } from '../judgements.ts';
import type { Session } from '../session.ts';
import type { VerifiedFix } from '../workspace.ts';
import type { Candidate, Problem, Subject } from './candidate.ts';
import { assertHeldFixes } from './assert-held.ts';
import { checkedGetFixes } from './checked-get.ts';
import { deferredUnlinkFixes } from './deferred-unlink.ts';
import { holdLockFixes } from './hold-lock.ts';
import { lateGetFixes } from './late-get.ts';
import { lockingPutFixes } from './locking-put.ts';
import { lostPointerFixes } from './lost-pointer.ts';
import { onlyHolderFixes } from './only-holder.ts';
import { putProblem } from './put.ts';
import { reorderFixes } from './reorder.ts';
import { functionSource } from './source.ts';
import { openTrial } from './trial.ts';
import { verified } from './verified.ts';

const LAST_PUT: readonly ((problem: Problem) => readonly Candidate[])[] =
  [reorderFixes, lockingPutFixes, holdLockFixes, checkedGetFixes, assertHeldFixes];

const MAKERS: Partial<Record<Finding['rule'], (subject: Subject) => readonly Candidate[]>> = {
  'final-put-outside-lookup-lock': (subject) => {
    const problem = putProblem(subject, 'unlocked');
    return problem ? LAST_PUT.flatMap((make) => make(problem)) : [];
  },
  'unlink-deferred-past-lock': deferredUnlinkFixes,
  'teardown-while-shared': onlyHolderFixes,
  'lookup-get-outside-lock': lateGetFixes,
  'ref-leak': lostPointerFixes,
};

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
  const make = MAKERS[finding.rule];
  const subject = make && subjectOf(session, finding);
  if (!make || !subject) return [];
  const trial = openTrial(session, finding.file);
  const fixes = make(subject).flatMap((candidate) => {
    const fix = verified(trial, candidate, finding);
    return fix.refuted.length > 0 && candidate.onlyIfProved ? [] : [fix];
  });
  return [...fixes.filter((fix) => fix.refuted.length === 0), ...fixes.filter((fix) => fix.refuted.length > 0)];
}

/** undefined: the function is not there any more, or not all of it is understood. */
function subjectOf(session: Session, finding: Finding): Subject | undefined {
  const text = session.textOf(finding.file);
  const offset = offsetAt(lineStarts(text), finding.range.start);
  const context = contextFor(session, finding.file);
  const ref = session.code.functionsIn(finding.file)
    .find(({ name, item: { span } }) => name === finding.function && span.start <= offset && offset < span.end);
  const source = ref && functionSource(session.code, ref, text);
  return source && { session, context, finding, ref, source };
}
