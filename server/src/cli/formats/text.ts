// The form for people and for `$gcc`-style matchers: one line per finding, then its witnesses, indented.

import type { Finding } from '../../ide/finding.ts';
import { oneLine } from '../problems.ts';
import { place, witnessLines, type Report } from './report.ts';

export function text(report: Report): string {
  return report.findings.map(findingText).join('');
}

/** The finding's line and its witnesses, with the last newline. */
export function findingText(finding: Finding): string {
  const details = [
    ...witnessLines(finding),
    ...(finding.config === undefined ? [] : [`only with ${finding.config}`]),
    ...finding.gaps.map((gap) => `doubt: ${gap.detail} (${gap.file}:${gap.line})`),
    ...finding.fixes.filter((fix) => fix.refuted.length === 0).map((fix) => `fix ${fix.id}: ${fix.title}`),
  ];
  const head = `${place(finding)}: ${finding.severity}: ${oneLine(finding.message)} [${finding.rule}]\n`;
  return head + details.map((line) => `    ${oneLine(line)}\n`).join('');
}
