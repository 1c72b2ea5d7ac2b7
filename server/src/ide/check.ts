// Findings of a set of files.

import type { Gap } from '../base/gap.ts';
import { analyse } from '../finality/analysis.ts';
import type { FunctionRef } from '../program/code.ts';
import { byPlace, type Rule, type RuleContext } from '../rules/context.ts';
import { finalPutOutsideLookupLock } from '../rules/final-put-outside-lookup-lock/rule.ts';
import { lookupGetOutsideLock } from '../rules/lookup-get-outside-lock/rule.ts';
import { refLeak } from '../rules/ref-leak/rule.ts';
import { teardownWhileShared } from '../rules/teardown-while-shared/rule.ts';
import { unlinkDeferredPastLock } from '../rules/unlink-deferred-past-lock/rule.ts';
import type { CheckReport } from './finding.ts';
import type { Session } from './session.ts';
import { spellingOf } from './spelling.ts';

const RULES: readonly Rule[] = [finalPutOutsideLookupLock, unlinkDeferredPastLock, teardownWhileShared, lookupGetOutsideLock, refLeak];

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

export function checkFiles(session: Session, files: readonly string[]): CheckReport {
  const wanted = [...new Set(files)].sort();
  const refs = wanted.flatMap((file) => session.code.functionsIn(file));
  const context = contextOf(session, refs);
  const inScope = new Set(wanted);
  const findings = RULES.flatMap((rule) => rule(context)).filter((finding) => inScope.has(finding.file)).sort(byPlace);
  const gaps: Gap[] = [
    ...wanted.flatMap((file) => session.code.gaps(file)),
    ...refs.flatMap((ref) => session.engine.executionOf(ref).gaps),
  ];
  return { findings, gaps, stats: { files: wanted.length, functions: refs.length, analysed: refs.length } };
}
