// What every output format is given, and the words that several of them share.

import { createHash } from 'node:crypto';

import type { CheckReport, Finding } from '../../ide/finding.ts';
import { witnessChains } from '../../ide/witnesses.ts';

export interface Report extends CheckReport {
  readonly version: string;
  /** Absent: not to be printed. */
  readonly milliseconds?: number;
  /** The two-CPU diagram of a finding. */
  readonly race: (finding: Finding) => string;
}

/** Turns a report into the text for standard output, with its last newline; empty if there is nothing to say. */
export type Format = (report: Report) => string;

/** `file:line:column`, all 1-based but for the file. */
export function place(finding: Finding): string {
  const { line, character } = finding.range.start;
  return `${finding.file}:${line + 1}:${character + 1}`;
}

/** One line per witness: the put chain, the lookup chain, other steps. */
export function witnessLines(finding: Finding): readonly string[] {
  const { put, lookup, steps } = witnessChains(finding);
  return [...put, ...lookup, ...steps].map(({ label, entry, text }) => `${label}: ${entry.file}:${entry.line}: ${text}`);
}

/**
 * Names a finding across runs and edits elsewhere in its file: no line number goes in. Equal ones are told apart by
 * their order.
 */
export function fingerprints(findings: readonly Finding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const identity = [finding.rule, finding.file, finding.function, finding.object ?? '', finding.lock ?? '', finding.config ?? ''].join('\n');
    const nth = seen.get(identity) ?? 0;
    seen.set(identity, nth + 1);
    return createHash('sha256').update(`${identity}\n${nth}`).digest('hex').slice(0, 32);
  });
}
