// A function's ways as a reader sees them: the effects that can be named, and how they are spelled.

import { isEntryValue, rootOf, type Value } from '../../domain/value.ts';
import type { Final } from '../../engine/execute.ts';
import { foldLastPuts } from '../../engine/summarise.ts';
import type { LockMode } from '../../kernel/schema.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Effect, Hold, Site } from '../../summary/effect.ts';
import { conditionsOf, type Conditions } from '../condition.ts';
import type { Session } from '../session.ts';
import { reachOf, spellingOf, type Spelling } from '../spelling.ts';

/** `a->b->c` is still told, and of callees' callees `a->b`: what hangs deeper is their business. */
const DEEPEST_OBJECT = 2;
const DEEPEST_BELOW = 1;

/** One way through the function, with the effects that a reader can name. */
export interface Way {
  readonly final: Final;
  readonly effects: readonly Effect[];
}

export interface View {
  readonly session: Session;
  readonly ref: FunctionRef;
  readonly ways: readonly Way[];
  readonly spelling: Spelling;
  readonly conditions: Conditions;
}

export function viewOf(session: Session, ref: FunctionRef): View {
  const spelling = spellingOf(session, ref);
  const ways = session.engine.executionOf(ref).finals.map((final): Way => ({
    final, effects: foldLastPuts(final.state.effects).filter((effect) => isTold(effect, spelling)),
  }));
  return { session, ref, ways, spelling, conditions: conditionsOf(session, ref, spelling) };
}

/** Where a place of the function itself stands: UTF-16 units from the start of its definition. */
export function offsetOf({ session, ref }: View, site: Site): number {
  return (session.code.spanAt(ref, site.at)?.start ?? ref.item.span.start) - ref.item.span.start;
}

/** The condition of the ways that have something, against those that have not. */
export function tellWays({ conditions, ways }: View, has: (way: Way) => boolean): string {
  const known = ({ final }: Way) => ({ facts: final.state.facts, marks: final.state.marks });
  return conditions.tell(ways.filter(has).map(known), ways.filter((way) => !has(way)).map(known));
}

function isTold(effect: Effect, spelling: Spelling): boolean {
  const near = (value: Value): boolean => {
    const reach = effect.chain.length <= 2 ? DEEPEST_OBJECT : isEntryValue(value) ? DEEPEST_BELOW : 0;
    return spelling.isNameable(value) && reachOf(rootOf(value)) <= reach;
  };
  switch (effect.do) {
    case 'lock': case 'unlock':
      return !isQuiet(effect.mode) && spelling.isNameable(effect.lock);
    case 'init': case 'get': case 'put':
      // A counter in a static object is a statistic, or belongs to an object that nobody frees.
      return near(effect.count) && rootOf(effect.count).node.k !== 'global';
    case 'publish':
      return near(effect.item) && near(effect.into);
    case 'unlink':
      return effect.item === undefined ? effect.from !== undefined && near(effect.from) : near(effect.item);
    case 'find':
      return spelling.isNameable(effect.element);
    case 'write':
      return near(effect.place) && effect.value.node.k === 'number';
    case 'defer': case 'free':
      return near(effect.object) && effect.object.node.k !== 'number';
    case 'grace':
      return effect.chain.length === 1;
  }
}

/** Interrupts or preemption off: no lock that another thread could hold. */
export function isQuiet(mode: LockMode): boolean {
  return mode === 'irq' || mode === 'bh' || mode === 'preempt';
}

export function lockText(hold: { readonly lock: Value; readonly mode: LockMode }, spelling: Spelling): string {
  if (hold.mode === 'rcu') return 'rcu_read_lock';
  return spelling.place(hold.lock);
}

export function heldText(held: readonly Hold[], spelling: Spelling): readonly string[] {
  return [...new Set(held.filter((hold) => !isQuiet(hold.mode) && spelling.isNameable(hold.lock)).map((hold) => lockText(hold, spelling)))];
}

export function objectText(item: Value, spelling: Spelling): string {
  return spelling.value(item).replace(/^&/, '');
}
