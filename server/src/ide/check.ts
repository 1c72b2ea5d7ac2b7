// Findings of a set of files.

import type { Gap } from '../base/gap.ts';
import type { Steps } from '../base/steps.ts';
import { byPlace, type Rule } from '../rules/context.ts';
import { finalPutOutsideLookupLock } from '../rules/final-put-outside-lookup-lock/rule.ts';
import { lookupGetOutsideLock } from '../rules/lookup-get-outside-lock/rule.ts';
import { refLeak } from '../rules/ref-leak/rule.ts';
import { teardownWhileShared } from '../rules/teardown-while-shared/rule.ts';
import { unlinkDeferredPastLock } from '../rules/unlink-deferred-past-lock/rule.ts';
import type { CheckReport, Finding } from './finding.ts';
import { contextSteps } from './judgements.ts';
import type { Session } from './session.ts';

const RULES: readonly Rule[] = [finalPutOutsideLookupLock, unlinkDeferredPastLock, teardownWhileShared, lookupGetOutsideLock, refLeak];

/** What is found in a file is the same whatever else is checked with it. */
export function* checkFiles(session: Session, files: readonly string[]): Steps<CheckReport> {
  const wanted = [...new Set(files)].sort();
  const reports: FileReport[] = [];
  for (const file of wanted) reports.push(yield* checkFile(session, file));
  const functions = reports.reduce((sum, report) => sum + report.functions, 0);
  return {
    findings: reports.flatMap(({ findings }) => findings).sort(byPlace),
    gaps: [...reports.flatMap(({ fileGaps }) => fileGaps), ...reports.flatMap(({ gaps }) => gaps)],
    stats: { files: wanted.length, functions, analysed: functions },
  };
}

interface FileReport {
  readonly findings: readonly Finding[];
  readonly fileGaps: readonly Gap[];
  readonly gaps: readonly Gap[];
  readonly functions: number;
}

function* checkFile(session: Session, file: string): Steps<FileReport> {
  const context = yield* contextSteps(session, file);
  const refs = session.code.functionsIn(file);
  return {
    findings: RULES.flatMap((rule) => rule(context)).filter((finding) => finding.file === file),
    fileGaps: session.code.gaps(file),
    gaps: refs.flatMap((ref) => session.engine.executionOf(ref).gaps),
    functions: refs.length,
  };
}
