// What a check tells the user: the findings that no comment suppresses, and what is wrong with the comments themselves.

import type { Gap } from '../base/gap.ts';
import { offsetAt, lineStarts } from '../base/span.ts';
import type { Steps } from '../base/steps.ts';
import { byPlace } from '../rules/context.ts';
import { checkFiles } from './check.ts';
import { nothingChecked, type FactsFiles } from './facts-files.ts';
import type { CheckReport, Finding } from './finding.ts';
import type { Session } from './session.ts';
import { suppressionsIn, type Range, type Suppression } from './suppression.ts';
import type { WorkspaceOptions } from './workspace.ts';

export function* reportOn(session: Session, files: readonly string[], { kconfig }: WorkspaceOptions, facts: FactsFiles): Steps<CheckReport> {
  const [named, rest] = partition(files, facts.isFacts);
  const sources = [...new Set(rest)].sort();
  const report = sources.length === 0 && named.length > 0 ? nothingChecked : yield* checkFiles(session, sources);
  const findings = sources.flatMap((file) => {
    const own = report.findings.filter((finding) => finding.file === file);
    return obeyed(session, file, own, report.gaps, kconfig !== undefined);
  });
  const mistakes = [...new Set(named)].flatMap((file) => facts.mistakes(file));
  return { ...report, findings: [...findings, ...mistakes].sort(byPlace) };
}

function partition<T>(values: readonly T[], test: (value: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}

/** The findings of one file as its comments leave them, with the comments' own mistakes. */
function obeyed(session: Session, file: string, findings: readonly Finding[], gaps: readonly Gap[], isConfigured: boolean): readonly Finding[] {
  const { valid, mistakes } = suppressionsIn(session.textOf(file));
  if (valid.length === 0 && mistakes.length === 0) return findings;
  const suppressed = new Set<Finding>();
  const unused: Suppression[] = [];
  for (const one of valid) {
    const own = findings.filter((finding) => finding.rule === one.rule && meets(finding, one.first, one.last));
    const found = own.length > 0 ? own : findings.filter((finding) => finding.rule === one.rule && finding.range.start.line === one.next);
    for (const finding of found) suppressed.add(finding);
    if (found.length === 0) unused.push(one);
  }
  /** Its object is the rule that the comment names. */
  const note = (message: string, range: Range, rule: string | undefined): Finding => ({
    rule: 'suppression', severity: 'information', confidence: 'medium', file,
    function: functionAt(session, file, range), range, message, ...(rule === undefined ? {} : { object: rule }), fixes: [], gaps: [],
  });
  const blind = new Set(gaps.filter((gap) => gap.file === file && gap.kind === 'parse').map((gap) => gap.function));
  return [
    ...findings.filter((finding) => !suppressed.has(finding)),
    ...mistakes.map(({ message, range, rule }) => note(message, range, rule)),
    // A .config takes findings away, and so does a function that does not parse: that says nothing about the comment.
    ...(isConfigured ? [] : unused)
      .map(({ rule, range }) => note(`unused suppression: nothing is reported here by '${rule}'`, range, rule))
      .filter((finding) => !blind.has(finding.function)),
  ];
}

function meets(finding: Finding, first: number, last: number): boolean {
  return finding.range.start.line <= last && finding.range.end.line >= first;
}

/** The function whose definition holds the range; empty outside of functions. */
function functionAt(session: Session, file: string, range: Range): string {
  const offset = offsetAt(lineStarts(session.textOf(file)), range.start);
  return session.code.functionsIn(file).find(({ item }) => item.span.start <= offset && offset < item.span.end)?.name ?? '';
}
