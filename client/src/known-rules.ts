// The findings that the client knows by name: who made them, and by which rules.

import type { RuleId } from '../../server/src/ide/finding.ts';
import { t } from './texts.ts';

/** `diagnostic.source` of every finding. */
export const SOURCE = 'kreflens';

/** The record's type makes the compiler name a rule that was added to the engine and forgotten here. */
export const ruleTitles = (): Readonly<Record<RuleId, string>> => ({
  'final-put-outside-lookup-lock': t('the last put runs without the lock that the lookup holds'),
  'unlink-deferred-past-lock': t('the lock is held at the put, but the object leaves the list later'),
  'teardown-while-shared': t('an object is torn down while others may hold a reference'),
  'lookup-get-outside-lock': t('an object is found under a lock, and its reference taken without it'),
  'ref-leak': t('a reference is never dropped'),
  'ref-overput': t('a reference is dropped that was not taken'),
  'use-after-put': t('an object is used after its reference was dropped'),
  'lock-imbalance': t('a lock is still held, or dropped though not held, on some way out'),
  'double-lock': t('a lock is taken while already held'),
  'lock-order-inversion': t('two locks are taken in both orders'),
  'sleep-under-spinlock': t('something that may sleep is called under a spinlock'),
});
