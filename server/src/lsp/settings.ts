// The settings that a client may send, as `initializationOptions` or as the section `kreflens` of its configuration.

import type { Confidence, RuleId } from '../ide/finding.ts';
import { ruleInfo } from '../ide/rule-catalogue.ts';

export interface Switch {
  readonly enabled: boolean;
}

export interface Settings {
  /** Absolute folder; undefined: found from the documents. */
  readonly tree?: string;
  readonly minConfidence: Confidence;
  /** Empty: the stable ones. */
  readonly rules: readonly RuleId[];
  readonly inlayHints: Switch;
  readonly codeLens: Switch;
  /** The index of the whole tree, in the background. */
  readonly index: Switch;
  /** A `.config`, relative to the tree; empty: all branches of every #if count. */
  readonly kconfig: string;
  /** Only findings in functions whose effects differ from those of the last commit. */
  readonly onlyChanged: boolean;
}

export const defaultSettings: Settings = {
  minConfidence: 'medium', rules: [], inlayHints: { enabled: false }, codeLens: { enabled: false }, index: { enabled: true }, kconfig: '',
  onlyChanged: false,
};

/** What is missing or makes no sense keeps its value in `before`. */
export function readSettings(given: unknown, before: Settings): Settings {
  if (typeof given !== 'object' || given === null) return before;
  const { tree, minConfidence, rules, inlayHints, codeLens, index, kconfig, onlyChanged } = given as Readonly<Record<string, unknown>>;
  return {
    ...before,
    ...(typeof tree === 'string' && tree !== '' ? { tree } : {}),
    ...(minConfidence === 'high' || minConfidence === 'medium' || minConfidence === 'low' ? { minConfidence } : {}),
    ...(Array.isArray(rules) ? { rules: rules.flatMap((rule) => ruleInfo(String(rule))?.id ?? []) } : {}),
    inlayHints: readSwitch(inlayHints, before.inlayHints),
    codeLens: readSwitch(codeLens, before.codeLens),
    index: readSwitch(index, before.index),
    ...(typeof kconfig === 'string' ? { kconfig } : {}),
    ...(typeof onlyChanged === 'boolean' ? { onlyChanged } : {}),
  };
}

function readSwitch(given: unknown, before: Switch): Switch {
  const { enabled } = (given ?? {}) as { enabled?: unknown };
  return typeof enabled === 'boolean' ? { enabled } : before;
}
