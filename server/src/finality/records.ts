// What one function tells about counted objects: where it looks them up, puts them, publishes and unlinks them,
// and which references its ways leave behind. Extracted once per function, from all of its ways; the judging across
// functions (registries.ts, judge.ts) works on these records only.

import { hangsOn, isNull, pathOf, rootOf, type Value } from '../domain/value.ts';
import { POINTER, ZERO, classOf } from '../domain/facts.ts';
import type { Effect, Hold, Site } from '../summary/effect.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Execution, Final } from '../engine/execute.ts';
import type { Engine } from '../engine/frame.ts';
import { foldLastPuts } from '../engine/summarise.ts';
import type { Typing } from '../engine/typing.ts';
import { withGuards } from './declared.ts';
import { forgottenIn, type ForgottenRecord } from './forgotten.ts';
import { balance, handedOut, innerName, isOfCountType, objectView, plainName, registryOf, type ObjectView, type RegistryName } from './object-view.ts';

/** A lock by the name that every thread has for it. */
export interface NamedLock {
  /** `gdp_mutex`, `file.c:gdp_mutex` for a static one, `struct foo.lock`. */
  readonly name: string;
  /** The same, seen from the innermost struct that holds it: who has a pointer to that knows no other name. */
  readonly inner: string | undefined;
  readonly id: string;
  readonly shared: boolean;
  /** As the function spells it. */
  readonly text: string;
  readonly mode?: Hold['mode'];
  /** The object with the pointer that the lock was reached by: the name tells the lock's type only. */
  readonly pointedToBy?: Value;
}

export interface LookupRecord {
  readonly ref: FunctionRef;
  readonly registry: RegistryName;
  readonly counter: string;
  readonly count: Value;
  readonly checked: boolean;
  readonly chain: readonly Site[];
  readonly foundAt: readonly Site[];
  /** Locks held from the find to the get. */
  readonly locks: readonly NamedLock[];
  /** Locks held at the find, and at the get. */
  readonly atFind: readonly NamedLock[];
  readonly atGet: readonly NamedLock[];
  /** One RCU read section covers both: the memory stays, the count may be zero all the same. */
  readonly rcu: boolean;
  /** The path took the entry off the registry before it took the reference. */
  readonly takenOff: boolean;
  readonly dropped: readonly string[];
  /** Fields of the entry that the path found to be zero before it took the reference: `struct foo.dead`. */
  readonly zeroFields: readonly string[];
  /** Another counter of the object that the path holds a reference by already. */
  readonly beside: string | undefined;
}

export interface PutRecord {
  readonly ref: FunctionRef;
  readonly object: ObjectView;
  readonly chain: readonly Site[];
  readonly locks: readonly NamedLock[];
  readonly dropped: readonly string[];
  readonly last: readonly Effect[];
  readonly lastTakes: readonly string[];
  /** References the path is known to own after this put, given what it owned before it touched the object at all. */
  readonly ownedAfter: (base: number) => number;
  /** Unlinked on this path before, with these registries' links or containers. */
  readonly unlinkedBefore: readonly UnlinkView[];
  /** Proved to be the only holder / not to be, with these locks held since. */
  readonly exclusive: readonly Hold[] | undefined;
  readonly shared: readonly Hold[] | undefined;
  readonly examined: boolean;
  /** Put into a registry on this path before. */
  readonly published: boolean;
  /** Taken off registries by these links, on this path, after the put. */
  readonly unlinkedAfter: readonly { readonly link: string; readonly from: string | undefined }[];
  readonly config: string | undefined;
  readonly final: Final;
}

export interface UnlinkView {
  readonly link: string;
  readonly from: string | undefined;
  /** NULL was put in the entry's place: it is unpublished, and its slot kept. */
  readonly replaced: boolean;
  readonly locks: readonly NamedLock[];
  readonly chain: readonly Site[];
  /** The callee also cleared pointers of the object: it is unusable for its other holders. */
  readonly tearsDown: boolean;
  readonly exclusive: readonly Hold[] | undefined;
}

export interface PublishRecord {
  readonly ref: FunctionRef;
  readonly registry: RegistryName;
  readonly counter: string | undefined;
  /** The creation's reference leaves the function by its result or through a place other than the registry. */
  readonly handedOut: boolean;
  readonly fresh: boolean;
  /** A reference is taken for the registry beside the one that the path was given. */
  readonly counts: boolean;
}

/** A field that an entry of a registry, with references, was stored in. */
export interface StoreRecord {
  readonly ref: FunctionRef;
  readonly field: string;
  readonly registries: readonly RegistryName[];
  readonly counter: string | undefined;
  /** References that the path leaves with the object at its end. */
  readonly count: number;
  /** What the field held before was put on the same path, or was nothing: an exchange, not a first store. */
  readonly replaces: boolean;
  readonly chain: readonly Site[];
  /** Field names, relative to the owner, that are known non-NULL on this path (`.class`). */
  readonly given: readonly string[];
}

/** A field that held an entry is cleared or overwritten, and references of it are left over at the way out. */
export interface LossRecord {
  readonly ref: FunctionRef;
  readonly object: ObjectView;
  readonly field: string;
  readonly place: Value;
  readonly chain: readonly Site[];
  /** References left at the end of the path, given what the place held on entry. */
  readonly left: (base: number) => number;
  /** Taken on this path. */
  readonly taken: readonly (readonly Site[])[];
  readonly stored: readonly Site[] | undefined;
  /** Some other place that outlives the function, or its result, still points to the object at the end. */
  readonly keptElsewhere: boolean;
  readonly final: Final;
}

export interface Records {
  readonly lookups: readonly LookupRecord[];
  readonly puts: readonly PutRecord[];
  readonly publishes: readonly PublishRecord[];
  readonly stores: readonly StoreRecord[];
  readonly losses: readonly LossRecord[];
  readonly forgotten: readonly ForgottenRecord[];
  /** Fields that this function sets to something other than zero, and the locks held there. */
  readonly flags: readonly { readonly field: string; readonly locks: readonly string[] }[];
  /** Unlinks outside of any release: by link or container. */
  readonly unlinks: readonly { readonly ref: FunctionRef; readonly view: UnlinkView; readonly registries: readonly RegistryName[]; readonly thenPut: boolean; readonly heldAtPut: readonly string[]; readonly published: boolean; readonly object: ObjectView | undefined }[];
}

export function recordsOf(ref: FunctionRef, execution: Execution, { typing, code, knowledge: { guarded, references } }: Pick<Engine, 'typing' | 'code' | 'knowledge'>): Records {
  const file = ref.file;
  const lookups: LookupRecord[] = [];
  const puts: PutRecord[] = [];
  const publishes: PublishRecord[] = [];
  const stores: StoreRecord[] = [];
  const losses: LossRecord[] = [];
  const unlinks: Records['unlinks'][number][] = [];
  const lock = (hold: Hold): NamedLock | undefined => {
    if (hold.mode === 'irq' || hold.mode === 'bh' || hold.mode === 'preempt' || hold.mode === 'rcu' || hold.mode === 'srcu' || hold.mode === 'seq') return undefined;
    return namedLock(hold, typing, file);
  };
  const locksOf = (holds: readonly Hold[]): readonly NamedLock[] => holds.flatMap((hold) => lock(hold) ?? []);
  const names = (values: readonly Value[]): readonly string[] => values.flatMap((value) => typing.placeName(value, file) ?? []);

  for (const final of execution.finals) {
    const effects = foldLastPuts(final.state.effects);
    const views = new Map<number, ObjectView>();
    const view = (count: Value): ObjectView => {
      const known = views.get(count.id);
      if (known) return known;
      const made = objectView(count, final, effects, typing, file);
      views.set(count.id, made);
      return made;
    };

    effects.forEach((effect, index) => {
      if (effect.do === 'get') {
        const found = effects.slice(0, index + 1).find((other) => other.do === 'find' && isOwnCounter(effect.count, other.element));
        const counter = typing.typeName(effect.count, file);
        // One of many counters of an object, by kind (`limits[type]`), counts what is used up, not who refers to it.
        if (pathOf(effect.count).at(-1) === '[]') return;
        // Only the first reference comes from the lookup: the next ones rest on it, and a put in between may have dropped
        // somebody else's (that of a timer that was cancelled).
        if (effects.slice(0, index).some((other) => (other.do === 'get' || other.do === 'init') && other.count === effect.count)) return;
        const other = heldByAnother(effect, effects, index, typing, file);
        // A bare atomic counts users, requests in flight.
        if (other && !isOfCountType(effect.count, typing, file)) return;
        const beside = other && typing.typeName(other, file);
        if (found?.do === 'find' && counter !== undefined) {
          const registry = registryOf(found.element, typing, file);
          if (registry) {
            const atFind = locksOf(found.held);
            const atGet = locksOf(effect.held);
            lookups.push({
              ref, registry, counter, count: effect.count, checked: effect.checked, chain: effect.chain, foundAt: found.chain,
              locks: atGet.filter((held) => atFind.some((other) => other.id === held.id)),
              atFind, atGet, rcu: found.held.some((hold) => isReadSection(hold) && effect.held.some((other) => other.id === hold.id)),
              takenOff: effects.slice(0, index).some((other) => other.do === 'unlink' && other.item !== undefined && rootOf(other.item) === found.element),
              dropped: names(effect.dropped),
              zeroFields: zeroFields(rootOf(effect.count), final, typing, file), beside,
            });
          }
        } else if (counter !== undefined) {
          const pointer = pointerRegistry(effect.count, final, typing, file);
          const atGet = locksOf(effect.held);
          // Without a lock, what is read from a member may as well be held by whoever owns that.
          if (pointer && !effect.checked && (atGet.length > 0 || isGlobalSlot(effect.count))) {
            lookups.push({
              ref, registry: pointer, counter, count: effect.count, checked: false, chain: effect.chain, foundAt: effect.chain,
              locks: atGet, atFind: atGet, atGet, rcu: false, takenOff: false, dropped: names(effect.dropped),
              zeroFields: zeroFields(rootOf(effect.count), final, typing, file), beside,
            });
          }
        }
      }
      if (effect.do === 'put' && effect.outcome !== 'never') {
        const object = view(effect.count);
        if (object.absent) return;
        const before = effects.slice(0, index);
        const exclusive = final.state.marks.find((mark) => mark.mark === 'exclusive' && mark.count === effect.count);
        const shared = final.state.marks.find((mark) => mark.mark === 'shared' && mark.count === effect.count);
        puts.push({
          ref, object, chain: effect.chain, locks: locksOf(effect.held), dropped: names(effect.dropped),
          last: effect.last.effects, lastTakes: names(effect.last.takes),
          ownedAfter: (base) => ownedAfter(effects, effect.count, index, base) - leftBehind(effects, effect.count, base, final),
          unlinkedBefore: before.flatMap((other) => unlinkView(other, effect.count, effects, final, typing, file, locksOf) ?? []),
          exclusive: exclusive && 'held' in exclusive ? exclusive.held : undefined,
          shared: shared && 'held' in shared ? shared.held : undefined,
          examined: final.state.marks.some((mark) => mark.mark === 'examined' && mark.value === rootOf(effect.count)),
          published: before.some((other) => other.do === 'publish' && rootOf(other.item) === rootOf(effect.count)),
          // A reference that the path took itself goes back to where it came from: the registry's own stays until the unlink.
          unlinkedAfter: takenHere(before, effect.count) > 0 ? [] : effects.slice(index + 1).flatMap((other) =>
            other.do === 'unlink' && other.item !== undefined && rootOf(other.item) === rootOf(effect.count) && !isMove(other, effects)
              ? [{ link: other.link, from: other.from && typing.placeName(other.from, file) }] : []),
          config: effect.config, final,
        });
      }
      if (effect.do === 'publish') {
        const container = typing.placeName(effect.into, file);
        if (container === undefined) return;
        const count = countOfItem(effect.item, effects);
        const root = rootOf(effect.item);
        const left = count && balance(effects, count, effects.length);
        const stays = left === undefined || left > 0 || root.node.k !== 'fresh';
        // One reference goes to who creates it, another one stays with the index.
        const counted = left !== undefined && left > 1;
        publishes.push({
          ref, registry: { container, link: effect.link }, counter: count && typing.typeName(count, file), fresh: root.node.k === 'fresh',
          counts: count !== undefined && effects.some((other) => other.do === 'get' && other.count === count) &&
            balance(effects, count, index) > (effects.some((other) => other.do === 'init' && other.count === count) ? 1 : 0),
          // One that a callee made and gave us is in our hands already.
          handedOut: !counted && ((root.node.k === 'fresh' && root.node.site.includes('>')) || (stays && handedOut(root, final))),
        });
      }
      if (effect.do === 'unlink') {
        const count = effect.item && countOfItem(effect.item, effects);
        const made = unlinkView(effect, count ?? effect.item, effects, final, typing, file, locksOf);
        const object = count && view(count);
        if (made) {
          const laterPuts = effects.slice(index + 1).filter((other) => other.do === 'put' && other.count === count);
          const thenPut = count !== undefined && laterPuts.length > 0;
          const heldAtPut = laterPuts.flatMap((put) => put.held.map((hold) => hold.id));
          const published = effects.slice(0, index).some((other) => other.do === 'publish' && other.item === effect.item);
          unlinks.push({ ref, view: made, registries: object?.memberOf ?? [], thenPut, heldAtPut, published, object });
        }
      }
      if (effect.do === 'write') {
        collectStore(effect, index, effects, final);
      }
    });
  }
  const flags = execution.flags.flatMap(({ place, held }) => {
    const field = typing.placeName(place, file);
    return field === undefined ? [] : [{ field, locks: locksOf(held).map(({ name }) => name) }];
  });
  const forgotten = forgottenIn(ref, execution, typing);
  return { lookups: guarded.length === 0 ? lookups : lookups.map((lookup) => withGuards(lookup, guarded, code)), puts, publishes, stores, losses, forgotten, flags, unlinks };

  function collectStore(effect: Effect & { do: 'write' }, index: number, effects: readonly Effect[], final: Final): void {
    const field = typing.placeName(effect.place, file);
    if (field === undefined || rootOf(effect.place).node.k === 'fresh') return;
    // Which entry of an array it is, is not known: another one may be cleared than was set.
    if (pathOf(effect.place).includes('[]')) return;
    // An entry with references goes into the field, and is still there at the end.
    const count = countOfItem(effect.value, effects);
    if (count && final.state.memory.get(effect.place.id)?.value === effect.value) {
      const object = objectView(count, final, effects, typing, file);
      if (object.memberOf.length > 0) {
        stores.push({
          ref, field, registries: object.memberOf, counter: object.counter, chain: effect.chain,
          count: heldBy(balance(effects, count, effects.length), final.returns !== undefined && rootOf(final.returns) === rootOf(count)),
          replaces: effects.some((other) => other.do === 'put' && rootOf(other.count) === typing.values.load(effect.place)),
          given: givenFields(effect.place, final),
        });
      }
    }
    // What the field held before is gone from it.
    const before = effect.before ?? (rootOf(effect.place).node.k === 'param' ? loadedFrom(effect.place, effects, final) : undefined) ?? declaredIn(effect, field, final);
    if (!before || before === effect.value || before.node.k === 'number') return;
    const lost = countOfItem(before, effects) ?? declaredIn(effect, field, final);
    if (!lost) return;
    const object = objectView(lost, final, effects, typing, file);
    if (object.absent) return;
    const storedAt = effects.slice(0, index).findLast((other) => other.do === 'write' && other.place === effect.place && other.value === before);
    losses.push({
      ref, object, field, place: effect.place, chain: effect.chain,
      left: (base) => base + balance(effects, lost, effects.length),
      taken: effects.filter((other) => (other.do === 'get' || other.do === 'init') && other.count === lost).map((other) => other.chain),
      stored: storedAt?.chain, keptElsewhere: handedOut(rootOf(before), final), final,
    });
  }

  /** What a member that holds a reference, as facts say, held on entry: if the path found it set, and did not hand it to a callee that nobody knows. */
  function declaredIn({ place, before }: Effect & { do: 'write' }, field: string, final: Final): Value | undefined {
    if (before !== undefined || !references.has(field)) return undefined;
    const held = typing.values.load(place);
    return (classOf(final.state.facts, held) & ZERO) === 0 && !final.state.escaped.includes(held) ? held : undefined;
  }
}

/** References that the path took, less those that it dropped. */
function takenHere(effects: readonly Effect[], count: Value): number {
  return balance(effects.filter((effect) => effect.do !== 'init'), count, effects.length);
}

/** Of the references that a path leaves with an object, one is the caller's where it gets the object and there is another for the field. */
function heldBy(left: number, isReturned: boolean): number {
  return isReturned && left > 1 ? left - 1 : left;
}

/** Direct fields of an entry that are known to be zero on this path. */
function zeroFields(entry: Value, final: Final, typing: Typing, file: string): readonly string[] {
  return [...final.state.facts.classes.values()].flatMap(({ value, mask }) => {
    if (mask !== ZERO || value.node.k !== 'load' || rootOf(value.node.address) !== entry) return [];
    return typing.placeName(value.node.address, file) ?? [];
  });
}

/** The value that was in a place when the function was entered, if some effect names its counter. */
function loadedFrom(place: Value, effects: readonly Effect[], _final: Final): Value | undefined {
  for (const effect of effects) {
    if (effect.do !== 'get' && effect.do !== 'put') continue;
    const root = rootOf(effect.count);
    if (root.node.k === 'load' && root.node.address === place) return root;
  }
  return undefined;
}

/** The other counter by which the path holds a reference to the object already, when it comes to this get at `index`. */
function heldByAnother(own: Effect & { do: 'get' }, effects: readonly Effect[], index: number, typing: Typing, file: string): Value | undefined {
  for (const other of effects.slice(0, index)) {
    if (other.do !== 'get' || other.count === own.count || rootOf(other.count) !== rootOf(own.count)) continue;
    if ((other.checked || isOfCountType(other.count, typing, file)) && balance(effects, other.count, index) > 0) return other.count;
  }
  return undefined;
}

/** A counter that is embedded in the found element itself, not reached through one of its pointers. */
function isOwnCounter(count: Value, element: Value): boolean {
  return rootOf(count) === element;
}

/**
 * A global (or an entry of a global array) that points to the object is a registry of its own; and so is a member of
 * another object, where the lookup has to test it: who knows that it is set has a reference from elsewhere.
 */
function pointerRegistry(count: Value, final: Final, typing: Typing, file: string): RegistryName | undefined {
  const root = rootOf(count);
  if (root.node.k !== 'load') return undefined;
  const { address } = root.node;
  if (!isGlobalSlot(count) && (pathOf(address).length === 0 || (classOf(final.state.facts, root) & ZERO) !== 0)) return undefined;
  const container = typing.placeName(address, file);
  return container === undefined ? undefined : { container, link: '*' };
}

function isGlobalSlot(count: Value): boolean {
  const { node } = rootOf(count);
  return node.k === 'load' && rootOf(node.address).node.k === 'global';
}

/** A lock held, by its names; undefined: no other thread can name it. */
export function namedLock(hold: Hold, typing: Typing, file: string): NamedLock | undefined {
  const name = typing.placeName(hold.lock, file);
  if (name === undefined) return undefined;
  const { node } = hold.lock;
  const pointed = node.k === 'load' ? { pointedToBy: rootOf(node.address) } : {};
  return { name, inner: innerName(hold.lock, typing, file), id: hold.id, shared: hold.mode === 'read', text: plainName(name), mode: hold.mode, ...pointed };
}

/** The counter of the object that `item` is (part of), as the effects of the path name it. */
function countOfItem(item: Value, effects: readonly Effect[]): Value | undefined {
  for (const effect of effects) {
    if ((effect.do === 'get' || effect.do === 'put' || effect.do === 'init') && rootOf(effect.count) === rootOf(item) && embedded(effect.count, item)) return effect.count;
  }
  return undefined;
}

/** One is part of the other's object: their paths from the common root begin alike. */
const isReadSection = (hold: Hold): boolean => hold.mode === 'rcu' || hold.mode === 'srcu';

function embedded(count: Value, item: Value): boolean {
  const one = pathOf(count);
  const other = pathOf(item);
  if (other.length === 0 || one.length <= 1) return true;
  return one[0] === other[0] || other[0]?.startsWith('-') === true || one[0]?.startsWith('-') === true;
}

/**
 * References that the path still owns after the put at `index`: those it was given (`base`), those it took, less those
 * it dropped. A path that drops more than we know it had must have had them: its later puts prove it.
 */
function ownedAfter(effects: readonly Effect[], count: Value, index: number, base: number): number {
  let lowest = 0;
  let running = 0;
  effects.forEach((effect) => {
    if (effect.do === 'init' && effect.count === count) running += effect.references ?? 1;
    if (effect.do === 'get' && effect.count === count) running += 1;
    if (effect.do === 'put' && effect.count === count) {
      running -= 1;
      lowest = Math.min(lowest, running);
    }
  });
  return Math.max(base, -lowest) + balance(effects, count, index + 1);
}

/**
 * References that an object made or found here has left at the end, though nothing here ever stored or returned it:
 * they are with whoever finds it in the registry, and prove nothing.
 */
function leftBehind(effects: readonly Effect[], count: Value, base: number, final: Final): number {
  const root = rootOf(count);
  const kind = root.node.k;
  if (kind !== 'fresh' && kind !== 'element') return 0;
  const stored = effects.some((effect) => effect.do === 'write' && rootOf(effect.value) === root && rootOf(effect.place) !== root);
  if (stored || handedOut(root, final)) return 0;
  return Math.max(0, base + balance(effects, count, effects.length));
}

function unlinkView(
  effect: Effect, count: Value | undefined, effects: readonly Effect[], final: Final, typing: Typing, file: string,
  locksOf: (holds: readonly Hold[]) => readonly NamedLock[],
): UnlinkView | undefined {
  if (effect.do !== 'unlink') return undefined;
  if (effect.item !== undefined && count !== undefined && rootOf(effect.item) !== rootOf(count)) return undefined;
  const { item } = effect;
  const outer = effect.chain[0];
  const tearsDown = item !== undefined && effects.some((other) => other.do === 'write' && isNull(other.value) &&
    hangsOn(other.place, item) && other.chain.length > 1 && other.chain[0]?.at === outer?.at);
  const mark = count && final.state.marks.find((candidate) => candidate.mark === 'exclusive' && candidate.count === count);
  return {
    link: effect.link, from: effect.from && typing.placeName(effect.from, file), replaced: effect.replaced === true, locks: locksOf(effect.held), chain: effect.chain,
    tearsDown, exclusive: mark && 'held' in mark ? mark.held : undefined,
  };
}

/** Taken off one list by a call that puts it on another one. */
function isMove(unlink: Effect & { do: 'unlink' }, effects: readonly Effect[]): boolean {
  return effects.some((other) => other.do === 'publish' && other.item === unlink.item && other.chain.length === unlink.chain.length &&
    other.chain.every((site, index) => site.at === unlink.chain[index]?.at && site.function === unlink.chain[index].function));
}

/** Pointer fields of the place's owner that the path knows to be set. */
function givenFields(place: Value, final: Final): readonly string[] {
  const owner = rootOf(place);
  const given: string[] = [];
  for (const { value, mask } of final.state.facts.classes.values()) {
    if (value.node.k !== 'load' || rootOf(value.node.address) !== owner) continue;
    if ((mask & ZERO) === 0 && (mask & POINTER) !== 0) given.push(pathOf(value.node.address).join(''));
  }
  return given;
}
