// All rules, in the order in which they are listed to people. Identifiers are for ever: never renamed, never reused.

import type { NoticeId, RuleId } from './finding.ts';

export interface RuleInfo {
  readonly id: RuleId;
  /** Only stable rules run when none is named. */
  readonly state: 'stable' | 'preview';
  /** One line: what a finding of this rule says. */
  readonly title: string;
  /** So far there is the page only. */
  readonly unbuilt?: true;
}

export const catalogue: readonly RuleInfo[] = [
  { id: 'final-put-outside-lookup-lock', state: 'stable', title: 'A put that may be the last happens outside the lock that lookups hold' },
  { id: 'unlink-deferred-past-lock', state: 'stable', title: 'The last put is locked, but the object is taken off its list later, without the lock' },
  { id: 'teardown-while-shared', state: 'stable', title: 'An object is made unusable while another holder may still use it' },
  { id: 'lookup-get-outside-lock', state: 'stable', title: 'An object is found under a lock, and its reference is taken without it' },
  { id: 'ref-leak', state: 'stable', title: 'A reference is taken and never dropped' },
  { id: 'ref-overput', state: 'preview', title: 'A reference is dropped more often than it was taken', unbuilt: true },
  { id: 'use-after-put', state: 'preview', title: 'An object is used after the reference that kept it was dropped', unbuilt: true },
  { id: 'lock-imbalance', state: 'preview', title: 'A lock is still held, or dropped though not held, on some way out', unbuilt: true },
  { id: 'double-lock', state: 'preview', title: 'A lock is taken that this thread holds already', unbuilt: true },
  { id: 'lock-order-inversion', state: 'preview', title: 'Two locks are taken in both orders', unbuilt: true },
  { id: 'sleep-under-spinlock', state: 'preview', title: 'Something that may sleep is called while a spinlock is held', unbuilt: true },
];

export function ruleInfo(id: string): RuleInfo | undefined {
  return catalogue.find((rule) => rule.id === id);
}

/** False for a rule that can be explained, and reports nothing yet. */
export function isBuilt(id: RuleId | NoticeId): boolean {
  return ruleInfo(id)?.unbuilt !== true;
}

export interface NoticeInfo {
  readonly id: NoticeId;
  readonly title: string;
}

/** What is reported about comments and files that were written for this tool: on by default, and explained like a rule. */
export const notices: readonly NoticeInfo[] = [
  { id: 'suppression', title: 'A comment for this tool suppresses nothing' },
  { id: 'facts', title: 'A facts file says something that cannot be used' },
];

/** A rule or a notice: all that can be named in `explain` and `--rule`. */
export function reportInfo(id: string): RuleInfo | NoticeInfo | undefined {
  return ruleInfo(id) ?? notices.find((notice) => notice.id === id);
}

export function isNotice(id: string): id is NoticeId {
  return notices.some((notice) => notice.id === id);
}
