// The findings that the client knows by name: who made them, and by which rules.

import type { RuleId } from '../../server/src/ide/finding.ts';

/** `diagnostic.source` of every finding. */
export const SOURCE = 'kreflens';

/** The record's type makes the compiler name a rule that was added to the engine and forgotten here. */
const RULE_TITLES: Readonly<Record<RuleId, string>> = {
  'final-put-outside-lookup-lock': 'the last put runs without the lock that the lookup holds',
  'unlink-deferred-past-lock': 'the lock is held at the put, but the object leaves the list later',
  'teardown-while-shared': 'an object is torn down while others may hold a reference',
  'lookup-get-outside-lock': 'an object is found under a lock, and its reference taken without it',
  'ref-leak': 'a reference is never dropped',
  'ref-overput': 'a reference is dropped that was not taken',
  'use-after-put': 'an object is used after its reference was dropped',
  'lock-imbalance': 'a lock is still held, or dropped though not held, on some way out',
  'double-lock': 'a lock is taken while already held',
  'lock-order-inversion': 'two locks are taken in both orders',
  'sleep-under-spinlock': 'something that may sleep is called under a spinlock',
};

export const RULES: readonly { readonly id: string; readonly title: string }[] =
  Object.entries(RULE_TITLES).map(([id, title]) => ({ id, title }));
