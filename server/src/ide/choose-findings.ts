// Which findings a user gets to see: the same choice for the command line and for the editor.

import { catalogue } from './rule-catalogue.ts';
import type { Confidence, Finding, RuleId } from './finding.ts';

export interface Choice {
  /** Only these rules; empty: the stable ones. */
  readonly rules: readonly RuleId[];
  readonly minConfidence: Confidence;
}

const rank: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

export function chooseFindings(findings: readonly Finding[], choice: Choice): readonly Finding[] {
  const stable = catalogue.filter((rule) => rule.state === 'stable').map((rule) => rule.id);
  const wanted = new Set<RuleId>(choice.rules.length > 0 ? choice.rules : stable);
  return findings.filter((finding) => wanted.has(finding.rule) && rank[finding.confidence] >= rank[choice.minConfidence]);
}
