// The settings that a client may send, as `initializationOptions` or as the section `kreflens` of its configuration.

import type { Confidence, RuleId } from '../ide/finding.ts';
import { ruleInfo } from '../ide/rule-catalogue.ts';

export interface Settings {
  /** Absolute folder; undefined: found from the documents. */
  readonly tree?: string;
  readonly minConfidence: Confidence;
  /** Empty: the stable ones. */
  readonly rules: readonly RuleId[];
}

export const defaultSettings: Settings = { minConfidence: 'medium', rules: [] };

/** What is missing or makes no sense keeps its value in `before`. */
export function readSettings(given: unknown, before: Settings): Settings {
  if (typeof given !== 'object' || given === null) return before;
  const { tree, minConfidence, rules } = given as Readonly<Record<string, unknown>>;
  return {
    ...before,
    ...(typeof tree === 'string' && tree !== '' ? { tree } : {}),
    ...(minConfidence === 'high' || minConfidence === 'medium' || minConfidence === 'low' ? { minConfidence } : {}),
    ...(Array.isArray(rules) ? { rules: rules.flatMap((rule) => ruleInfo(String(rule))?.id ?? []) } : {}),
  };
}
