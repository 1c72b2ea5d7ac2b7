// One path through a function, half way: what places hold, which locks are held, what has happened and what is known.
// States are values: every operation that changes one works on a copy that its caller made with `fork`.

import type { Effect, Hold, Mark } from '../summary/effect.ts';
import type { Value } from '../domain/value.ts';
import { joinFacts, NO_FACTS, type Facts } from '../domain/facts.ts';

export interface State {
  /** Content of places by the id of their address, where it differs from the content on entry. */
  memory: Map<number, { readonly address: Value; readonly value: Value }>;
  held: readonly Hold[];
  /** Locks dropped that the caller had taken. */
  dropped: readonly Value[];
  effects: readonly Effect[];
  /** Tells two lists of effects apart. */
  effectsKey: string;
  marks: readonly Mark[];
  facts: Facts;
  /** Loop heads that this path has been through. */
  visited: readonly number[];
  /** Configuration atoms chosen on this path. */
  config: readonly string[];
}

export function emptyState(): State {
  return { memory: new Map(), held: [], dropped: [], effects: [], effectsKey: '', marks: [], facts: NO_FACTS, visited: [], config: [] };
}

export function fork(state: State): State {
  return { ...state, memory: new Map(state.memory) };
}

export function addEffect(state: State, effect: Effect): void {
  state.effects = [...state.effects, effect];
  state.effectsKey += `|${effectKey(effect)}`;
}

/** Two effects with the same key are the same happening at the same place. */
export function effectKey(effect: Effect): string {
  const where = effect.chain.map((site) => `${site.function}+${site.span.start}`).join('>');
  const held = effect.held.map((hold) => hold.id).join(',');
  switch (effect.do) {
    case 'lock': case 'unlock':
      return `${effect.do}${effect.lock.id}@${where}`;
    case 'init': case 'get':
      return `${effect.do}${effect.count.id}@${where}[${held}]`;
    case 'put':
      return `put${effect.count.id}${effect.outcome}@${where}[${held}]`;
    case 'publish':
      return `publish${effect.item.id}:${effect.into.id}@${where}[${held}]`;
    case 'unlink':
      return `unlink${effect.item?.id}:${effect.from?.id}@${where}[${held}]`;
    case 'find':
      return `find${effect.element.id}@${where}`;
    case 'write':
      return `write${effect.place.id}=${effect.value.id}@${where}`;
    case 'defer': case 'free':
      return `${effect.do}${effect.object.id}@${where}`;
    case 'grace':
      return `grace@${where}`;
  }
}

/** Two states with equal keys differ in what they know only, and can be joined. */
export function stateKey(state: State): string {
  const memory = [...state.memory.values()]
    .map(({ address, value }) => [address.id, value.id] as const)
    .sort((one, other) => one[0] - other[0])
    .map(([address, value]) => `${address}=${value}`)
    .join(' ');
  return `${memory}#${state.held.map((hold) => hold.id).join(',')}#${state.dropped.map((lock) => lock.id).join(',')}#${state.effectsKey}#${state.visited.join(',')}`;
}

/** Joins what two states with equal keys know. */
export function joinStates(one: State, other: State): State {
  return {
    ...one,
    facts: joinFacts(one.facts, other.facts),
    marks: joinMarks(one.marks, other.marks),
    config: one.config.filter((atom) => other.config.includes(atom)),
  };
}

/**
 * Positive marks (member, exclusive) must hold on both sides. Negative ones (not a member, shared, examined) stay if
 * one side has them and the other does not contradict: a guard that contains a membership test means "not a member" on
 * its whole other side, whichever of its parts decided.
 */
export function joinMarks(one: readonly Mark[], other: readonly Mark[]): readonly Mark[] {
  if (one === other) return one;
  const oneKeys = new Set(one.map(markKey));
  const otherKeys = new Set(other.map(markKey));
  const joined: Mark[] = [];
  const seen = new Set<string>();
  for (const mark of [...one, ...other]) {
    const key = markKey(mark);
    if (seen.has(key)) continue;
    seen.add(key);
    const inBoth = oneKeys.has(key) && otherKeys.has(key);
    const opposite = oppositeKey(mark);
    const contradicted = opposite !== undefined && (oneKeys.has(opposite) || otherKeys.has(opposite));
    const positive = mark.mark === 'member' || mark.mark === 'exclusive';
    if (inBoth || (!positive && !contradicted)) joined.push(mark);
  }
  return joined;
}

export function markKey(mark: Mark): string {
  switch (mark.mark) {
    case 'member': case 'not-member':
      return `${mark.mark}:${mark.value.id}:${mark.container}`;
    case 'exclusive': case 'shared':
      return `${mark.mark}:${mark.count.id}`;
    case 'examined':
      return `examined:${mark.value.id}`;
  }
}

export function oppositeKey(mark: Mark): string | undefined {
  switch (mark.mark) {
    case 'member':
      return `not-member:${mark.value.id}:${mark.container}`;
    case 'not-member':
      return `member:${mark.value.id}:${mark.container}`;
    case 'exclusive':
      return `shared:${mark.count.id}`;
    case 'shared':
      return `exclusive:${mark.count.id}`;
    case 'examined':
      return undefined;
  }
}

/** Adds a mark; false if it contradicts one that is there. */
export function addMark(state: State, mark: Mark): boolean {
  const key = markKey(mark);
  const opposite = oppositeKey(mark);
  for (const known of state.marks) {
    const knownKey = markKey(known);
    if (knownKey === opposite) return false;
    if (knownKey === key) return true;
  }
  state.marks = [...state.marks, mark];
  return true;
}
