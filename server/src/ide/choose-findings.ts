// Which findings a user gets to see: the same choice for the command line and for the editor.

import { catalogue, isNotice, notices } from './rule-catalogue.ts';
import type { Confidence, Finding, NoticeId, RuleId } from './finding.ts';

export interface Choice {
  /** Only these, and notices about them; empty: the stable rules and all notices. */
  readonly rules: readonly (RuleId | NoticeId)[];
  readonly minConfidence: Confidence;
}

const rank: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

export function chooseFindings(findings: readonly Finding[], choice: Choice): readonly Finding[] {
  const stable = catalogue.filter((rule) => rule.state === 'stable').map((rule) => rule.id);
  const wanted = new Set<string>(choice.rules.length > 0 ? choice.rules : [...stable, ...notices.map(({ id }) => id)]);
  const isWanted = ({ rule, object }: Finding): boolean => wanted.has(rule) || (isNotice(rule) && object !== undefined && wanted.has(object));
  return findings.filter((finding) => isWanted(finding) && rank[finding.confidence] >= rank[choice.minConfidence]);
}
