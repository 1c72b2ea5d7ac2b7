// Findings as plain data, exactly as the command line's JSON prints them.
// `range` is 0-based UTF-16; every other `line` is 1-based.

import type { Gap } from '../base/gap.ts';
import type { Position } from '../base/span.ts';

export type RuleId =
  | 'final-put-outside-lookup-lock' | 'unlink-deferred-past-lock' | 'teardown-while-shared' | 'lookup-get-outside-lock'
  | 'ref-leak' | 'ref-overput' | 'use-after-put'
  | 'lock-imbalance' | 'double-lock' | 'lock-order-inversion' | 'sleep-under-spinlock';

/**
 * Reports about what the user wrote for this tool, in the form of findings: `suppression`, a comment that suppresses
 * nothing; `facts`, a mistake in a facts file. They have pages like the rules, and are not in their catalogue.
 */
export type NoticeId = 'suppression' | 'facts';

export type Confidence = 'high' | 'medium' | 'low';
export type Severity = 'warning' | 'information' | 'hint';

export interface Witness {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly text: string;
  readonly held: readonly string[];
}

export interface Step {
  readonly role: 'taken' | 'stored' | 'lost' | 'teardown' | 'unlink' | 'deferred';
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly text: string;
}

export interface FixOffer {
  readonly id: string;
  readonly title: string;
  readonly proved: readonly string[];
  readonly assumed: readonly string[];
  readonly refuted: readonly string[];
}

export interface Finding {
  readonly rule: RuleId | NoticeId;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly file: string;
  readonly function: string;
  readonly range: { readonly start: Position; readonly end: Position };
  readonly message: string;
  readonly object?: string;
  readonly lock?: string;
  readonly config?: string;
  readonly put?: readonly Witness[];
  readonly lookup?: readonly Witness[];
  readonly steps?: readonly Step[];
  readonly fixes: readonly FixOffer[];
  readonly gaps: readonly Gap[];
}

export interface CheckReport {
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly stats: { readonly files: number; readonly functions: number; readonly analysed: number };
}

export interface SummaryRef {
  readonly object: string;
  readonly change: number;
  readonly when: string;
  readonly held: readonly string[];
  readonly mayBeLast: boolean;
  readonly site: { readonly file: string; readonly line: number };
}

export interface FunctionSummary {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly maySleep: boolean;
  readonly locks: readonly { readonly lock: string; readonly effect: 'requires' | 'takes' | 'drops' | 'takes-and-drops' }[];
  readonly refs: readonly SummaryRef[];
  readonly writes: readonly { readonly place: string; readonly value: string }[];
  /** Objects put on and taken off lists and other indexes. */
  readonly registry: readonly { readonly effect: 'publishes' | 'unlinks' | 'finds'; readonly object: string; readonly in: string; readonly when: string }[];
  readonly outcomes: readonly { readonly when: string; readonly returns: string; readonly effects: readonly string[] }[];
  readonly gaps: readonly Gap[];
}
