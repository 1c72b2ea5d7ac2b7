// Which ways are kept. Ways that say the same become one; of more than are worth following, those go whose every part
// is told by others too: each thing that can happen to each object stays on some way, not every combination of them.

import { isEntryValue, rootOf, type Value } from '../domain/value.ts';
import type { Facts } from '../domain/facts.ts';
import type { Effect } from '../summary/effect.ts';
import { absorbs, deedsOf, effectKey, isPositive, joinStates, markKey, stateKey, type State } from './state.ts';

/** What bounds the number of ways that are followed side by side. */
export interface Room {
  /** Above this, a way goes that adds nothing of its own. */
  readonly enough: number;
  /** Above this, a way goes even so. */
  readonly most: number;
}

/** The states that wait at one block. */
export interface Waiting {
  readonly byKey: Map<string, State[]>;
  size: number;
  /** Above this size it is looked again which of them could go. */
  full: number;
}

/** One way through the function, as far as joining goes. */
interface End {
  readonly state: State;
  readonly returns: Value | undefined;
  readonly returnClass: number;
  readonly cases: readonly Case[];
}

/** What one of the ways that were joined knew at its end, and the classes of its result. */
export interface Case {
  readonly facts: Facts;
  readonly returnClass: number;
}

/** Ways whose knowledge is kept apart after they were joined. */
const MAX_CASES = 6;

/** Of ways that are joined, each one's knowledge; of too many, none's: then only what they share is known. */
export function joinCases(one: readonly Case[], other: readonly Case[]): readonly Case[] {
  return one.length === 0 || other.length === 0 || one.length + other.length > MAX_CASES ? [] : [...one, ...other];
}

/** Ways that may come on top before it is looked again. */
const PATIENCE = 4;

const NO_SCALARS: ReadonlySet<number> = new Set();

/** What tells the ways through one function apart. */
export interface Telling {
  /** Addresses of locals that hold plain numbers. */
  readonly scalars: ReadonlySet<number>;
  /** Up to how many ways those are kept apart that know contrary things of what the function was given. */
  readonly apart: number;
  readonly parts: Map<string, Part>;
}

/** Something that a way tells. */
interface Part {
  /** How many of the ways that are looked at tell it. */
  times: number;
}

export function openTelling(scalars: ReadonlySet<number>, apart: number): Telling {
  return { scalars, apart, parts: new Map() };
}

/** Adds a state to those that wait at a block, joined with one that it can be joined with; false if something was lost. */
export function join(waiting: Waiting, state: State, room: Room, telling: Telling): boolean {
  const { scalars, apart } = telling;
  const key = stateKey(state);
  const alike = waiting.byKey.get(key) ?? [];
  const deeds = deedsOf(state, scalars);
  for (const [index, known] of alike.entries()) {
    if (waiting.size < apart && disagree(known, state)) continue;
    const knownDeeds = deedsOf(known, scalars);
    if (absorbs(knownDeeds, deeds)) {
      alike[index] = joinStates(known, state);
      return true;
    }
    if (absorbs(deeds, knownDeeds)) {
      alike[index] = joinStates(state, known);
      return true;
    }
  }
  alike.push(state);
  waiting.byKey.set(key, alike);
  waiting.size += 1;
  if (waiting.size <= waiting.full) return true;
  const all = [...waiting.byKey.values()].flat();
  const { states, lost } = thin(all, room, telling);
  if (states.length < all.length) {
    waiting.byKey.clear();
    for (const one of states) {
      const its = stateKey(one);
      waiting.byKey.set(its, [...(waiting.byKey.get(its) ?? []), one]);
    }
    waiting.size = states.length;
  }
  waiting.full = Math.max(room.enough, waiting.size + PATIENCE);
  return !lost;
}

/** The same for ways that are complete. */
export function joinEnd<E extends End>(ends: E[], end: E, room: Room, telling: Telling): boolean {
  const key = stateKey(end.state);
  const deeds = deedsOf(end.state, NO_SCALARS);
  for (const [index, known] of ends.entries()) {
    if (known.returns !== end.returns || stateKey(known.state) !== key || positive(known) !== positive(end)) continue;
    if (ends.length < telling.apart && disagree(known.state, end.state)) continue;
    const knownDeeds = deedsOf(known.state, NO_SCALARS);
    const bigger = absorbs(knownDeeds, deeds) ? known : absorbs(deeds, knownDeeds) ? end : undefined;
    if (!bigger) continue;
    const smaller = bigger === known ? end : known;
    ends[index] = { ...bigger, state: joinStates(bigger.state, smaller.state), returnClass: known.returnClass | end.returnClass, cases: joinCases(known.cases, end.cases) };
    return true;
  }
  ends.push(end);
  if (ends.length <= room.enough) return true;
  const { kept, lost } = choose(ends.map((one) => [...partsOf(one.state, NO_SCALARS, telling.parts), partOf(`=${one.returns?.id ?? ''}:${one.returnClass}`, telling.parts)]), room);
  if (kept.length < ends.length) ends.splice(0, ends.length, ...kept.flatMap((index) => ends[index] ?? []));
  return !lost;
}

const positive = (end: End): string => end.state.marks.length === 0 ? '' : end.state.marks.filter(isPositive).map(markKey).sort().join();

/** Do two paths know contrary things of what the function was given? */
function disagree(one: State, other: State): boolean {
  for (const [id, { value, mask }] of one.facts.classes) {
    const also = other.facts.classes.get(id);
    if (also && (also.mask & mask) === 0 && isEntryValue(value)) return true;
  }
  return false;
}

/**
 * What a way tells, object by object: what happened to each, in order, with what was found out about it; what is known
 * of each value the function was given; and which locks are held.
 */
function partsOf(state: State, scalars: ReadonlySet<number>, among: Map<string, Part>): readonly Part[] {
  const known = parts.get(state);
  if (known) return known;
  const stories = new Map<number, string>();
  const tell = (value: Value | undefined, what: string): void => {
    if (value === undefined || value.node.k === 'number') return;
    const root = rootOf(value);
    const about = root.node.k === 'param' || root.node.k === 'global' ? value : root;
    stories.set(about.id, `${stories.get(about.id) ?? ''}|${what}`);
  };
  for (const effect of state.effects) {
    const what = effectKey(effect);
    for (const value of subjectsOf(effect)) tell(value, what);
  }
  for (const mark of state.marks) tell('count' in mark ? mark.count : mark.value, markKey(mark));
  const all: Part[] = [];
  const add = (what: string): void => void all.push(partOf(what, among));
  add(stateKey(state));
  for (const [id, story] of stories) add(`${id}${story}`);
  for (const [id, { value, mask }] of state.facts.classes) if (isEntryValue(value)) add(`?${id}:${mask}`);
  for (const [key, { holds }] of state.facts.truths) add(`?${key}${holds}`);
  for (const { address, value } of state.memory.values()) {
    if (rootOf(address).node.k !== 'local') continue;
    const mask = state.facts.classes.get(value.id)?.mask;
    add(scalars.has(address.id) && mask !== undefined ? `${address.id}:${mask}` : `${address.id}=${value.id}:${mask ?? ''}`);
  }
  parts.set(state, all);
  return all;
}

/** Told once per state: states at rest do not change. */
const parts = new WeakMap<State, readonly Part[]>();

/** Equal words, the same part: within one execution. */
function partOf(what: string, among: Map<string, Part>): Part {
  let part = among.get(what);
  if (!part) among.set(what, (part = { times: 0 }));
  return part;
}

/**
 * Leaves out ways until `room` is kept: first those, last ones first, whose every part is told by others too; above
 * `most` those with the fewest parts of their own. Answers the positions that stay, and whether something was lost.
 */
function choose(told: readonly (readonly Part[])[], room: Room): { readonly kept: readonly number[]; readonly lost: boolean } {
  for (const list of told) for (const part of list) part.times = 0;
  for (const list of told) for (const part of list) part.times += 1;
  const gone = new Set<number>();
  const leaveOut = (index: number): void => {
    gone.add(index);
    for (const part of told[index] ?? []) part.times -= 1;
  };
  const ownParts = (index: number): number => told[index]?.filter((part) => part.times === 1).length ?? 0;
  for (let index = told.length - 1; index >= 0 && told.length - gone.size > room.enough; index -= 1) {
    if (told[index]?.every((part) => part.times > 1)) leaveOut(index);
  }
  const lost = told.length - gone.size > room.most;
  while (told.length - gone.size > room.most) {
    let dullest = -1;
    let fewest = Infinity;
    for (let index = told.length - 1; index >= 0; index -= 1) {
      if (gone.has(index)) continue;
      const own = ownParts(index);
      if (own < fewest) [dullest, fewest] = [index, own];
    }
    leaveOut(dullest);
  }
  return { kept: told.flatMap((_, index) => (gone.has(index) ? [] : [index])), lost };
}

/** Ways side by side in the middle of a block, not more than there is room for. */
export function thin(states: readonly State[], room: Room, telling: Telling): { readonly states: readonly State[]; readonly lost: boolean } {
  if (states.length <= room.enough) return { states, lost: false };
  const { kept, lost } = choose(states.map((state) => partsOf(state, telling.scalars, telling.parts)), room);
  return { states: kept.flatMap((index) => states[index] ?? []), lost };
}

/** The objects an effect tells something about. */
function subjectsOf(effect: Effect): readonly (Value | undefined)[] {
  switch (effect.do) {
    case 'lock': case 'unlock':
      return [effect.lock];
    case 'init': case 'get': case 'put':
      return [effect.count];
    case 'publish':
      return [effect.item];
    case 'unlink':
      return [effect.item ?? effect.from];
    case 'find':
      return [effect.element];
    case 'write':
      return [effect.place, effect.value, effect.before];
    case 'defer': case 'free':
      return [effect.object];
    case 'grace':
      return [];
  }
}
