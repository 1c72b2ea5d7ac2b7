// What a check finds in one file, and how many of these make a run. A file is judged by itself and its tree, so a run
// may be cut anywhere, and its parts done in any order.

import { compareText } from '../base/order.ts';
import { chooseFindings, type Choice } from '../ide/choose-findings.ts';
import type { CheckReport, Finding } from '../ide/finding.ts';
import { isNotice } from '../ide/rule-catalogue.ts';
import type { Workspace } from '../ide/workspace.ts';

/** What is asked of every file. Plain data: it is told to threads. */
export interface Asked {
  readonly choice: Choice;
  /** What takes an analysis of its own for each finding, and only some forms of output show. */
  readonly extra: 'fixes' | 'races' | 'none';
}

export interface FileReport extends CheckReport {
  readonly file: string;
  /** The two-CPU diagram of each finding, in their order; empty unless it was asked for. */
  readonly races: readonly string[];
}

/** `file` as the engine spells it. */
export function fileReport(workspace: Workspace, file: string, { choice, extra }: Asked): FileReport {
  const { findings, gaps, stats } = workspace.check([file]);
  const chosen = chooseFindings(findings, choice);
  return {
    file, gaps, stats,
    findings: extra === 'fixes' ? chosen.map((finding) => ({ ...finding, fixes: workspace.fixes(finding) })) : chosen,
    races: extra === 'races' ? chosen.map((finding) => (isNotice(finding.rule) ? '' : workspace.race(finding))) : [],
  };
}

/** The report of a file that could not be looked at. */
export function lostReport(file: string, detail: string): FileReport {
  return {
    file, findings: [], races: [], gaps: [{ file, line: 1, kind: 'budget', detail }], stats: { files: 1, functions: 0, analysed: 0 },
  };
}

export interface RunReport extends CheckReport {
  readonly race: (finding: Finding) => string;
}

/** The same for any order of `reports`. */
export function joined(reports: readonly FileReport[]): RunReport {
  const sorted = [...reports].sort((a, b) => compareText(a.file, b.file));
  const races = new Map(sorted.flatMap(({ findings, races: drawn }) => findings.map((finding, index) => [finding, drawn[index] ?? ''] as const)));
  const sum = (of: (report: FileReport) => number): number => sorted.reduce((all, report) => all + of(report), 0);
  return {
    findings: sorted.flatMap(({ findings }) => findings),
    gaps: sorted.flatMap(({ gaps }) => gaps),
    stats: { files: sum(({ stats }) => stats.files), functions: sum(({ stats }) => stats.functions), analysed: sum(({ stats }) => stats.analysed) },
    race: (finding) => races.get(finding) ?? '',
  };
}
