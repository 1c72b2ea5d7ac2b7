// GitLab's code quality report: a JSON array, read from an artifact.

import type { Confidence } from '../../ide/finding.ts';
import { fingerprints, type Report } from './report.ts';

const severities: Readonly<Record<Confidence, string>> = { high: 'major', medium: 'minor', low: 'info' };

export function gitlab(report: Report): string {
  const ids = fingerprints(report.findings);
  const issues = report.findings.map((finding, index) => ({
    description: finding.message,
    check_name: finding.rule,
    fingerprint: ids[index],
    severity: severities[finding.confidence],
    location: {
      path: finding.file,
      lines: { begin: finding.range.start.line + 1, end: finding.range.end.line + 1 },
    },
  }));
  return `${JSON.stringify(issues, undefined, 2)}\n`;
}
