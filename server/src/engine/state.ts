// One path through a function, half way: what places hold, which locks are held, what has happened and what is known.
// States are values: every operation that changes one works on a copy that its caller made with `fork`.

import type { Effect, Hold, Mark } from '../summary/effect.ts';
import { hangsOn, rootOf, type Value } from '../domain/value.ts';
import { joinFacts, NO_FACTS, ZERO, type Facts } from '../domain/facts.ts';

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

/** Two states with equal keys may be joined if their effects allow it: locals, locks and loops are alike. */
export function stateKey(state: State): string {
  const memory: [number, number][] = [];
  for (const { address, value } of state.memory.values()) {
    if (rootOf(address).node.k === 'local') memory.push([address.id, value.id]);
  }
  memory.sort((one, other) => one[0] - other[0]);
  return `${memory.map(([address, value]) => `${address}=${value}`).join(' ')}#${state.held.map((hold) => hold.id).join(',')}#${state.dropped.map((lock) => lock.id).join(',')}#${state.visited.join(',')}`;
}

/** What a path did and left in memory, as far as joining goes. */
export interface Deeds {
  readonly effects: readonly Effect[];
  readonly effectsKey?: string;
  readonly stores: readonly { readonly address: Value; readonly value: Value }[];
  readonly facts: Facts;
}

export function deedsOf(state: State): Deeds {
  const stores = [...state.memory.values()].filter(({ address }) => rootOf(address).node.k !== 'local');
  return { effects: state.effects, effectsKey: state.effectsKey, stores, facts: state.facts };
}

/**
 * Does `big` say all that `small` says? It does if they did the same; if what `small` left undone concerns objects that
 * are NULL there (`if (x) put(x)` is one way, on which the put happens if there is an object at all); or if it is settled
 * business: an object that `big` alone came by, took and dropped again.
 */
export function absorbs(big: Deeds, small: Deeds): boolean {
  if (small.effects.length > big.effects.length || small.stores.length > big.stores.length) return false;
  const absent: Value[] = [];
  for (const { value, mask } of small.facts.classes.values()) if (mask === ZERO) absent.push(value);
  const vacuous = (values: readonly (Value | undefined)[]): boolean =>
    absent.length > 0 && values.some((value) => value !== undefined && absent.some((gone) => hangsOn(value, gone)));
  if (big.effectsKey === undefined || big.effectsKey !== small.effectsKey) {
    let next = 0;
    const extra: Effect[] = [];
    for (const effect of big.effects) {
      const own = small.effects[next];
      if (own && (own === effect || effectKey(own) === effectKey(effect))) next += 1;
      else if (!isLocking(effect) && !isPlain(effect, big) && !vacuous([...subjectsOf(effect), ...effect.held.map((hold) => hold.lock)])) extra.push(effect);
    }
    if (next < small.effects.length || !areSettled(extra, small)) return false;
  }
  const inSmall = new Map(small.stores.map(({ address, value }) => [address.id, value]));
  let matched = 0;
  for (const { address, value } of big.stores) {
    const own = inSmall.get(address.id);
    if (own === value || (own !== undefined && isUncounted(rootOf(address), big))) matched += 1;
    else if (own !== undefined || !(vacuous([address]) || isUncounted(value, big))) return false;
  }
  return matched === small.stores.length;
}

/** Stores and publishing of what is not counted on this path: one way more or less makes no difference to any count. */
function isPlain(effect: Effect, deeds: Deeds): boolean {
  if (effect.do === 'write') return isUncounted(effect.value, deeds) && (effect.before === undefined || isUncounted(effect.before, deeds));
  return effect.do === 'publish' && !deeds.effects.some((other) => counted(other, rootOf(effect.item)));
}

/** Memory that came to be on this path, and never had a count touched. */
function isUncounted(value: Value, deeds: Deeds): boolean {
  const root = rootOf(value);
  const kind = root.node.k;
  if (kind === 'param' || kind === 'function') return kind === 'function' || !deeds.effects.some((effect) => counted(effect, root));
  return (kind === 'fresh' || kind === 'result') && !deeds.effects.some((effect) => counted(effect, root));
}

function counted(effect: Effect, root: Value): boolean {
  return (effect.do === 'get' || effect.do === 'put' || effect.do === 'init') && rootOf(effect.count) === root;
}

/** The locks held at the end are alike, so what was taken more was dropped again. */
function isLocking(effect: Effect): boolean {
  return effect.do === 'lock' || effect.do === 'unlock';
}

/** All on objects that only this path came by, with no reference left over. */
function areSettled(extra: readonly Effect[], small: Deeds): boolean {
  const balance = new Map<Value, number>();
  for (const effect of extra) {
    const subject = effect.do === 'get' || effect.do === 'put' || effect.do === 'init' ? effect.count : effect.do === 'find' ? effect.element : undefined;
    const root = subject && rootOf(subject);
    const kind = root?.node.k;
    if (!root || (kind !== 'element' && kind !== 'result' && kind !== 'fresh')) return false;
    const change = effect.do === 'put' ? -1 : effect.do === 'find' ? 0 : 1;
    balance.set(root, (balance.get(root) ?? 0) + change);
  }
  for (const [root, sum] of balance) {
    if (sum !== 0) return false;
    if (small.effects.some((effect) => subjectsOf(effect).some((subject) => subject !== undefined && rootOf(subject) === root))) return false;
    if (small.stores.some(({ value }) => rootOf(value) === root)) return false;
  }
  return true;
}

/** The object an effect is about. */
function subjectsOf(effect: Effect): readonly (Value | undefined)[] {
  switch (effect.do) {
    case 'lock': case 'unlock':
      return [effect.lock];
    case 'init': case 'get': case 'put':
      return [effect.count];
    case 'publish':
      return [effect.item, effect.into];
    case 'unlink':
      return [effect.item, effect.from];
    case 'find':
      return [effect.element.node.k === 'element' ? effect.element.node.container : effect.element];
    case 'write':
      return [effect.place];
    case 'defer': case 'free':
      return [effect.object];
    case 'grace':
      return [];
  }
}

/** Joins what two states know, where the first absorbs the other. */
export function joinStates(one: State, other: State): State {
  const memory = new Map(one.memory);
  for (const { address, value } of other.memory.values()) {
    const own = memory.get(address.id);
    if (own && own.value !== value) memory.delete(address.id);
  }
  return {
    ...one,
    memory,
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
