// Locks held, by the names that every thread has for them.

import type { Typing } from '../engine/typing.ts';
import { innerName, plainName, type NamedLock } from '../finality/records.ts';
import type { Hold } from '../summary/effect.ts';
import { isQuiet } from './effects/view.ts';

/** Seen from `file`. Without what keeps no other thread out of an object: RCU and its like, interrupts off. */
export function namedLocks(typing: Typing, file: string, holds: readonly Hold[]): readonly NamedLock[] {
  return holds.flatMap(({ lock, mode, id }): readonly NamedLock[] => {
    if (isQuiet(mode) || mode === 'rcu' || mode === 'srcu' || mode === 'seq') return [];
    const name = typing.placeName(lock, file);
    return name === undefined ? [] : [{ name, inner: innerName(lock, typing, file), id, shared: mode === 'read', text: plainName(name) }];
  });
}
