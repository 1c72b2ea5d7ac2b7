// Locks held, by the names that every thread has for them.

import type { Typing } from '../engine/typing.ts';
import { namedLock, type NamedLock } from '../finality/records.ts';
import type { Hold } from '../summary/effect.ts';
import { isQuiet } from './effects/view.ts';

/** Seen from `file`. Without what keeps no other thread out of an object: RCU and its like, interrupts off. */
export function namedLocks(typing: Typing, file: string, holds: readonly Hold[]): readonly NamedLock[] {
  return holds.flatMap((hold) =>
    (isQuiet(hold.mode) || hold.mode === 'rcu' || hold.mode === 'srcu' || hold.mode === 'seq' ? [] : namedLock(hold, typing, file) ?? []));
}
