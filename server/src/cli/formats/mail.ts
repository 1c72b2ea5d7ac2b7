// Plain text for a mailing list: at most 75 columns (but for what cannot be broken), findings with their diagrams.

import type { Finding } from '../../ide/finding.ts';
import { oneLine } from '../problems.ts';
import { place, witnessLines, type Report } from './report.ts';

const columns = 75;

export function mail(report: Report): string {
  const { findings } = report;
  if (findings.length === 0) return '';
  const head = `kreflens ${report.version} reports ${count(findings.length, 'finding')}.\n`;
  const sections = findings.map((finding, index) => section(finding, index + 1, report.race(finding)));
  return [head, ...sections].join('\n');
}

function section(finding: Finding, number: number, diagram: string): string {
  const lines = [
    `${number}. ${place(finding)}${finding.function === '' ? '' : `, ${finding.function}()`}`,
    ...wrap(`${finding.message}.`, '   '),
    `   rule ${finding.rule}, confidence ${finding.confidence}`,
    ...(finding.config === undefined ? [] : [`   only with ${finding.config}`]),
    '',
    ...witnessLines(finding).flatMap((line) => wrap(line, '     ', '   ')),
    ...(diagram === '' ? [] : ['', ...diagram.split('\n')]),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Breaks at spaces; `first` indents the first line, `rest` the others. */
function wrap(text: string, rest: string, first = rest): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of oneLine(text).split(/\s+/).filter((part) => part !== '')) {
    if (!empty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
