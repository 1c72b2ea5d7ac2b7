// Workflow commands that GitHub Actions turns into annotations of a pull request.

import type { Finding } from '../../ide/finding.ts';
import { witnessLines, type Report } from './report.ts';

export function github(report: Report): string {
  return report.findings.map(annotation).join('');
}

function annotation(finding: Finding): string {
  const { start, end } = finding.range;
  const properties = {
    file: finding.file,
    line: start.line + 1,
    endLine: end.line + 1,
    col: start.character + 1,
    endColumn: end.character + 1,
    title: `kreflens: ${finding.rule}`,
  };
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const body = [finding.message, ...witnessLines(finding)].join('\n');
  return `::${finding.severity === 'warning' ? 'warning' : 'notice'} ${list.join(',')}::${escapeData(body)}\n`;
}

function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
