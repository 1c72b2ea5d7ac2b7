// JUnit XML: one failed test case per finding, and one that passes when there is none (an empty suite reads as broken).

import type { Finding } from '../../ide/finding.ts';
import { place, witnessLines, type Report } from './report.ts';

export function junit(report: Report): string {
  const cases = report.findings.length === 0
    ? ['    <testcase classname="kreflens" name="check"/>\n']
    : report.findings.map(failedCase);
  const counts = `tests="${cases.length}" failures="${report.findings.length}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="kreflens" ${counts}>\n`,
    `  <testsuite name="kreflens" ${counts}>\n`,
    ...cases,
    '  </testsuite>\n',
    '</testsuites>\n',
  ].join('');
}

function failedCase(finding: Finding): string {
  const body = [`${place(finding)}: ${finding.message}`, ...witnessLines(finding)].join('\n');
  return [
    `    <testcase classname="${escape(finding.file)}" name="${escape(`${finding.rule}${finding.function === '' ? '' : ` in ${finding.function}`} (${place(finding)})`)}">\n`,
    `      <failure type="${escape(finding.rule)}" message="${escape(finding.message)}">${escape(body)}</failure>\n`,
    '    </testcase>\n',
  ].join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no spelling at all for most control characters: they become spaces. */
function escape(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ').replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
