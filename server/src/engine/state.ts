// One path through a function, half way: what places hold, which locks are held, what has happened and what is known.
// States are values: every operation that changes one works on a copy that its caller made with `fork`.

import type { Effect, Hold, Mark } from '../summary/effect.ts';
import { hangsOn, isNull, rootOf, type Value } from '../domain/value.ts';
import { classOf, joinFacts, NO_FACTS, ZERO, type Facts } from '../domain/facts.ts';

export interface State {
  /** Content of places by the id of their address, where it differs from the content on entry. */
  memory: Map<number, { readonly address: Value; readonly value: Value }>;
  held: readonly Hold[];
  /** Locks dropped that the caller had taken. */
  dropped: readonly Value[];
  effects: readonly Effect[];
  /** Tells two lists of effects apart. */
  trail: Trail;
  marks: readonly Mark[];
  facts: Facts;
  /** Objects that were handed to a function of which nothing is known: it may have kept them. */
  escaped: readonly Value[];
  /** Loop heads that this path has been through. */
  visited: readonly number[];
  /** Configuration atoms chosen on this path. */
  config: readonly string[];
}

export function emptyState(): State {
  return { memory: new Map(), held: [], dropped: [], effects: [], trail: createTrail(), marks: [], facts: NO_FACTS, escaped: [], visited: [], config: [] };
}

export function fork(state: State): State {
  return { ...state, memory: new Map(state.memory) };
}

export function addEffect(state: State, effect: Effect): void {
  addEffects(state, [effect]);
}

export function addEffects(state: State, effects: readonly Effect[]): void {
  if (effects.length === 0) return;
  state.effects = [...state.effects, ...effects];
  for (const effect of effects) state.trail = state.trail.then(effectKey(effect));
}

/** The objects that the arguments point into may be kept by whoever got them. */
export function escape(state: State, args: readonly Value[]): void {
  for (const arg of args) {
    const root = rootOf(arg);
    const { k } = root.node;
    if (k !== 'local' && k !== 'number' && k !== 'function' && !state.escaped.includes(root)) state.escaped = [...state.escaped, root];
  }
}

/** Where a path has come to by what it did: equal lists of effects, from one start, lead to the same trail. */
export interface Trail {
  then(effect: string): Trail;
}

function createTrail(): Trail {
  const next = new Map<string, Trail>();
  return {
    then: (effect) => {
      const known = next.get(effect) ?? createTrail();
      next.set(effect, known);
      return known;
    },
  };
}

/** Two effects with the same key are the same happening at the same place. */
export function effectKey(effect: Effect): string {
  const known = keys.get(effect);
  if (known !== undefined) return known;
  const key = makeKey(effect);
  keys.set(effect, key);
  return key;
}

/** Effects are never changed once made. */
const keys = new WeakMap<Effect, string>();

function makeKey(effect: Effect): string {
  const where = effect.chain.map((site) => `${site.function}+${site.at}`).join('>');
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

/** Two states with equal keys may be joined if their memory and effects allow it. */
export function stateKey(state: State): string {
  const known = stateKeys.get(state);
  if (known !== undefined) return known;
  const key = makeStateKey(state);
  stateKeys.set(state, key);
  return key;
}

/** Asked of states at rest only, which do not change. */
const stateKeys = new WeakMap<State, string>();

function makeStateKey(state: State): string {
  const locals: number[] = [];
  for (const { address } of state.memory.values()) {
    if (rootOf(address).node.k === 'local') locals.push(address.id);
  }
  locals.sort((one, other) => one - other);
  return `${locals.join(' ')}#${state.held.map((hold) => hold.id).join(',')}#${state.dropped.map((lock) => lock.id).join(',')}#${state.visited.join(',')}`;
}

/** What a path did and left in memory, as far as joining goes. */
export interface Deeds {
  readonly effects: readonly Effect[];
  readonly trail?: Trail;
  /** By the id of the address. */
  readonly stores: ReadonlyMap<number, { readonly address: Value; readonly value: Value }>;
  readonly facts: Facts;
  /** Addresses of locals that hold plain numbers. */
  readonly scalars: ReadonlySet<number>;
}

export function deedsOf(state: State, scalars: ReadonlySet<number>): Deeds {
  return { effects: state.effects, trail: state.trail, stores: state.memory, facts: state.facts, scalars };
}

/**
 * Does `big` say all that `small` says? It does if they did the same; if what `small` left undone concerns objects that
 * are NULL there (`if (x) put(x)` is one way, on which the put happens if there is an object at all); or if it is settled
 * business: an object that `big` alone came by, took and dropped again.
 */
export function absorbs(big: Deeds, small: Deeds): boolean {
  if (small.effects.length > big.effects.length || small.stores.size > big.stores.size) return false;
  const absent: Value[] = [];
  for (const { value, mask } of small.facts.classes.values()) if (mask === ZERO) absent.push(value);
  const vacuous = (values: readonly (Value | undefined)[]): boolean =>
    absent.length > 0 && values.some((value) => value !== undefined && absent.some((gone) => hangsOn(value, gone)));
  let matched = 0;
  for (const { address, value } of big.stores.values()) {
    const own = small.stores.get(address.id)?.value;
    if (own === undefined) {
      if (!vacuous([address]) && !(value.node.k !== 'number' && isUncounted(value, big)) && !isOwnPlain(address, big)) return false;
      continue;
    }
    matched += 1;
    if (own === value) continue;
    // NULL on the one way is the absent object on the other.
    if (isNull(own) && vacuous([value])) continue;
    // Two error variables that are both zero.
    if (classOf(big.facts, value) === ZERO && classOf(small.facts, own) === ZERO) continue;
    // Or two that are both not: which error it is makes no difference.
    if (big.scalars.has(address.id) && (classOf(big.facts, value) & ZERO) === 0 && (classOf(small.facts, own) & ZERO) === 0) continue;
    // A field of an object made on this path may hold this or that, as long as neither is counted.
    if (rootOf(address).node.k !== 'fresh' || !isUncounted(value, big) || !isUncounted(own, small)) return false;
  }
  if (matched !== small.stores.size) return false;
  if (big.trail === undefined || big.trail !== small.trail) {
    let next = 0;
    const extra: Effect[] = [];
    for (const effect of big.effects) {
      const own = small.effects[next];
      if (own && (own === effect || effectKey(own) === effectKey(effect))) next += 1;
      else if (!isLocking(effect) && !isPlain(effect, big) && !vacuous([...subjectsOf(effect), ...effect.held.map((hold) => hold.lock)])) extra.push(effect);
    }
    if (next < small.effects.length || !areSettled(extra, small)) return false;
  }
  return true;
}

/** Stores and publishing of what is not counted on this path: one way more or less makes no difference to any count. */
function isPlain(effect: Effect, deeds: Deeds): boolean {
  if (effect.do === 'write') {
    if (isOwnPlain(effect.place, deeds)) return true;
    // Clearing a field loses what it held, and that may have been counted.
    if (effect.value.node.k === 'number') return effect.before !== undefined && isUncounted(effect.before, deeds);
    return isUncounted(effect.value, deeds) && (effect.before === undefined || isUncounted(effect.before, deeds));
  }
  // Being in a registry makes no put of the object any safer: the way on which it is in one says it all.
  return effect.do === 'publish';
}

/** Inside an object that was made on this path and is not counted. */
function isOwnPlain(address: Value, deeds: Deeds): boolean {
  return rootOf(address).node.k === 'fresh' && isUncounted(address, deeds);
}

/** Nothing whose count this path touches, nor an entry of a registry. */
function isUncounted(value: Value, deeds: Deeds): boolean {
  const root = rootOf(value);
  return root.node.k !== 'element' && !deeds.effects.some((effect) => counted(effect, root));
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
    for (const { value } of small.stores.values()) if (rootOf(value) === root) return false;
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
    if (own && own.value !== value && rootOf(address).node.k === 'fresh') memory.delete(address.id);
  }
  return {
    ...one,
    memory,
    facts: keepOwnFacts(joinFacts(one.facts, other.facts), one, other),
    marks: [...joinMarks(one.marks, other.marks), ...vacuousMarks(one, other)],
    escaped: one.escaped === other.escaped ? one.escaped : [...new Set([...one.escaped, ...other.escaped])],
    config: one.config.filter((atom) => other.config.includes(atom)),
  };
}

/** What the first found out about objects that are NULL on the other way stays found out. */
function vacuousMarks(one: State, other: State): readonly Mark[] {
  const absent = [...other.facts.classes.values()].filter(({ mask }) => mask === ZERO).map(({ value }) => value);
  if (absent.length === 0) return [];
  const known = new Set(other.marks.map(markKey));
  return one.marks.filter((mark) => isPositive(mark) && !known.has(markKey(mark)) &&
    absent.some((gone) => hangsOn('count' in mark ? mark.count : mark.value, gone)));
}

/** What is known of values that the other path never came by holds on. */
function keepOwnFacts(joined: Facts, one: State, other: State): Facts {
  const own = [...one.facts.classes].filter(([id, { value }]) => {
    const { k } = rootOf(value).node;
    return !joined.classes.has(id) && !other.facts.classes.has(id) && (k === 'fresh' || k === 'result' || k === 'element') &&
      ![...other.memory.values()].some((place) => rootOf(place.value) === rootOf(value));
  });
  return own.length === 0 ? joined : { classes: new Map([...joined.classes, ...own]), truths: joined.truths };
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
    if (inBoth || (!isPositive(mark) && !contradicted)) joined.push(mark);
  }
  return joined;
}

/** Says that something is so (a member, the only holder), where others say that it is not or was looked at. */
export function isPositive(mark: Mark): boolean {
  return mark.mark === 'member' || mark.mark === 'exclusive';
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
