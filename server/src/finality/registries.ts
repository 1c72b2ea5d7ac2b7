// The registries of a program, found from the records of its functions: what is looked up in them with a plain get and
// under which locks, whether being in one holds a count, and which fields hold entries.

import type { Effect } from '../summary/effect.ts';
import { isNull, pathOf, rootOf, type Value } from '../domain/value.ts';
import type { Final } from '../engine/execute.ts';
import type { Typing } from '../engine/typing.ts';
import type { FunctionRef } from '../program/code.ts';
import type { ObjectView, RegistryName } from './object-view.ts';
import type { LookupRecord, NamedLock, Records, StoreRecord } from './records.ts';

export interface Registry {
  readonly name: RegistryName;
  /** Type-level names of the counters that lookups take here. */
  readonly counters: ReadonlySet<string>;
  /** Objects of the counter's type live elsewhere too, so that only those known to be entries count. */
  readonly generic: boolean;
  readonly plain: readonly LookupRecord[];
  readonly checked: readonly LookupRecord[];
  /** The index holds a count of its own: the creation's reference stays with it, and is dropped after an unlink. */
  readonly owned: boolean;
  /** Type-level names of the counters that an unlink is followed by a put of: of two in an object, one may be the index's. */
  readonly owners: ReadonlySet<string>;
  /** The same by the other end: whoever puts an entry in takes a reference for it. */
  readonly counting: boolean;
  /** Lookups pass over entries that a flag, set under their lock before the registration's reference goes, calls dead. */
  readonly flagged: boolean;
  /** Type-level names of the counters of what is put in here, where all that is put in is known by its outermost struct. */
  readonly kinds: ReadonlySet<string>;
}

/** What a field is known to hold. */
export interface FieldRole {
  readonly registries: readonly RegistryName[];
  /** References that come with the stored pointer. */
  readonly count: number;
  /** Fields of the same owner that are set whenever this one holds an entry. */
  readonly given: readonly string[];
  readonly stores: readonly StoreRecord[];
  /** Functions that store the first entry: what the field held when they were entered came without references. */
  readonly establishers: ReadonlySet<FunctionRef>;
  /** A facts file says that it holds a reference, whatever is stored where. */
  readonly declared?: true;
}

/** A release that the kernel calls through a table (`.release` of a kobj_type), and what it takes the object off. */
export interface TableRelease {
  readonly link: string;
  readonly from: string | undefined;
  readonly locks: readonly string[];
}

export interface Facts {
  readonly registries: readonly Registry[];
  readonly releases: readonly TableRelease[];
  readonly roles: ReadonlyMap<string, FieldRole>;
}

export const registryKey = (name: RegistryName): string => `${name.container}|${name.link}`;

/** `references`: members that hold a reference, as a facts file says. */
export function gatherFacts(all: readonly Records[], releases: readonly Records[] = [], references: ReadonlySet<string> = new Set()): Facts {
  const lookups = all.flatMap((records) => records.lookups);
  const generic = genericCounters(all);
  const byKey = new Map<string, { name: RegistryName; lookups: LookupRecord[] }>();
  for (const lookup of lookups) {
    if (lookup.beside !== undefined && !takesOff(lookup.counter, lookup.registry, all)) continue;
    const key = registryKey(lookup.registry);
    const entry = byKey.get(key) ?? { name: lookup.registry, lookups: [] };
    entry.lookups.push(lookup);
    byKey.set(key, entry);
  }
  const registries = [...byKey.values()].map(({ name, lookups: own }): Registry => {
    const taken = unlinksThenPut(name, all);
    return {
      name,
      counters: new Set(own.map((lookup) => lookup.counter)),
      generic: own.some((lookup) => generic.has(lookup.counter)),
      plain: own.filter((lookup) => !lookup.checked),
      checked: own.filter((lookup) => lookup.checked),
      owned: isOwned(name, all, taken),
      owners: new Set(taken.flatMap(({ object }) => object?.counter ?? [])),
      counting: isCounting(name, all),
      kinds: kindsIn(name, all),
      flagged: isFlagged(own.filter((lookup) => !lookup.checked), all),
    };
  });
  return {
    registries,
    roles: fieldRoles(all, registries.filter(isWeak), references),
    releases: releases.flatMap((records) => records.unlinks.map(({ view }) => ({ link: view.link, from: view.from, locks: view.locks.map(({ name }) => name) }))),
  };
}

/** Counters whose struct is seen embedded in others: `struct kobject.kref` also as `struct device.kobj.kref`. */
export function genericCounters(all: readonly Records[]): ReadonlySet<string> {
  const generic = new Set<string>();
  for (const records of all) {
    for (const { object } of records.puts) {
      if (object.inner !== undefined && object.inner !== object.counter) generic.add(object.inner);
    }
  }
  return generic;
}

/** Does `registry` have this container, or one inside it (`sp->glue_dirs` for the list `sp->glue_dirs.list`)? */
export function isContainerOf(registry: RegistryName, container: string): boolean {
  return registry.container === container || registry.container.startsWith(`${container}.`);
}

export function sameRegistry(one: RegistryName, other: RegistryName): boolean {
  return isContainerOf(one, other.container) && (other.link === '' || one.link === other.link);
}

/**
 * An index that keeps the creation's reference is owned. The sign of it is an unlink followed by a put, outside of any
 * release and not under proof of being the only holder (`taken`); a creation that hands its reference out speaks against
 * it.
 */
function isOwned(name: RegistryName, all: readonly Records[], taken: Records['unlinks']): boolean {
  // Who unpublishes an object and keeps its slot drops the registration's reference later, wherever that is.
  if (all.some((records) => records.unlinks.some(({ view }) => view.replaced && unlinks(view.link, view.from, name)))) return true;
  const created = all.flatMap((records) => records.publishes).filter((publish) => publish.fresh && sameRegistry(publish.registry, name) );
  if (created.some((publish) => publish.handedOut)) return false;
  return taken.length > 0;
}

/** Unlinks that a put follows, of what may be an entry. */
function unlinksThenPut(name: RegistryName, all: readonly Records[]): Records['unlinks'] {
  return all.flatMap((records) => records.unlinks.filter(({ view, thenPut, object }) => {
    if (!thenPut || view.exclusive !== undefined || !unlinks(view.link, view.from, name)) return false;
    return object !== undefined && (object.memberOf.length === 0 || object.memberOf.some((member) => sameRegistry(name, member)));
  }));
}

/** Does some last put by this counter take an entry off the registry? Then it refers, whatever other counter is held beside it. */
function takesOff(counter: string, name: RegistryName, all: readonly Records[]): boolean {
  return all.some((records) => records.puts.some((put) => put.object.counter === counter &&
    put.last.some((effect) => effect.do === 'unlink' && effect.link !== '' && effect.link === name.link)));
}

/** Whoever puts an entry in takes a reference for it. */
function isCounting(name: RegistryName, all: readonly Records[]): boolean {
  const publishes = all.flatMap((records) => records.publishes).filter((publish) => sameRegistry(publish.registry, name));
  return publishes.length > 0 && publishes.every((publish) => publish.counts);
}

function isFlagged(plain: readonly LookupRecord[], all: readonly Records[]): boolean {
  const first = plain[0];
  if (!first) return false;
  // A flag that only the release sets comes too late.
  const early = all.filter((records) => !records.unlinks.some(({ view }) => unlinks(view.link, view.from, first.registry)));
  return plain.every((lookup) => early.some((records) => records.flags.some(({ field, locks }) =>
    lookup.zeroFields.includes(field) && lookup.locks.some((lock) => locks.includes(lock.name)))));
}

function kindsIn(name: RegistryName, all: readonly Records[]): ReadonlySet<string> {
  const counters = all.flatMap((records) => records.publishes)
    .filter((publish) => publish.fresh && sameRegistry(publish.registry, name)).map((publish) => publish.counter);
  return new Set(counters.every((counter) => counter !== undefined) ? counters.flatMap((counter) => counter ?? []) : []);
}

export function unlinks(link: string, from: string | undefined, name: RegistryName): boolean {
  if (name.link === '*') return false;
  if (link !== '' && name.link !== '') return link === name.link;
  return from !== undefined && from === name.container;
}

/** The effects of the last put of `count` that take the object off the registry, deferred ones apart. */
export function releaseUnlinks(last: readonly Effect[], count: Value, name: RegistryName, typing: Typing, file: string): { now: readonly Effect[]; deferred: readonly Effect[] } {
  const matches = (effect: Effect): boolean => {
    if (effect.do === 'unlink') return unlinks(effect.link, effect.from && typing.placeName(effect.from, file), name);
    if (effect.do === 'write' && name.link === '*') {
      // Not what the object itself points to, where one points to the next: that is another one's slot.
      return isNull(effect.value) && rootOf(effect.place) !== rootOf(count) &&
        typing.placeName(effect.place, file) === name.container;
    }
    return false;
  };
  return {
    now: last.filter(matches),
    deferred: last.filter((effect) => effect.do === 'defer' && effect.effects.some(matches)),
  };
}

/** Found by plain gets, and no count of its own: the registries that put and lookup can race on. */
export function isWeak(registry: Registry): boolean {
  return registry.plain.length > 0 && !registry.owned;
}

function fieldRoles(all: readonly Records[], weak: readonly Registry[], references: ReadonlySet<string>): ReadonlyMap<string, FieldRole> {
  const roles = new Map<string, FieldRole>();
  for (const records of all) {
    for (const seen of records.stores) {
      const held = seen.registries.filter((name) => weak.some((registry) => sameRegistry(registry.name, name)));
      if (held.length === 0) continue;
      const store = { ...seen, registries: held };
      const known = roles.get(store.field);
      roles.set(store.field, known
        ? {
            registries: [...known.registries, ...store.registries.filter((name) => !known.registries.some((other) => registryKey(other) === registryKey(name)))],
            count: Math.max(known.count, store.count),
            given: known.given.filter((field) => store.given.includes(field)),
            stores: [...known.stores, store],
            establishers: store.replaces ? known.establishers : new Set([...known.establishers, store.ref]),
          }
        : {
            registries: store.registries, count: store.count, given: store.given, stores: [store],
            establishers: new Set(store.replaces ? [] : [store.ref]),
          });
    }
  }
  for (const field of references) {
    const known = roles.get(field) ?? { registries: [], count: 1, given: [], stores: [], establishers: new Set<FunctionRef>() };
    roles.set(field, { ...known, count: Math.max(known.count, 1), declared: true });
  }
  return roles;
}

/** An object known by its outermost struct is no entry where only others are put in. */
export function isOfKind(object: ObjectView, registry: Registry): boolean {
  const { counter, inner } = object;
  if (counter !== undefined && !registry.counters.has(counter) && !(inner !== undefined && registry.counters.has(inner)) && !registry.kinds.has(counter)) return false;
  if (registry.kinds.size === 0 || object.counter === undefined || object.origin === 'element') return true;
  return object.counter === object.inner || registry.kinds.has(object.counter);
}

/** Is the object of a put an entry of the registry, as far as this path knows? With the role its field gives it. */
export function isEntry(object: ObjectView, registry: Registry, facts: Facts, published: boolean): boolean {
  if (object.notIn.some((container) => isContainerOf(registry.name, container))) return false;
  if (!isOfKind(object, registry)) return false;
  if (object.memberOf.some((name) => sameRegistry(registry.name, name))) return true;
  const role = object.field === undefined ? undefined : facts.roles.get(object.field);
  if (role?.registries.some((name) => sameRegistry(registry.name, name))) return true;
  if (registry.generic || object.counter === undefined) return false;
  if (object.origin === 'fresh' && !published) return false;
  return registry.counters.has(object.counter);
}

/**
 * A way on which something was found to be in a registry that only holds other structs cannot be gone: `&dev->kobj` is
 * no entry where every entry is a struct class_dir.
 */
export function isImpossible(final: Final, facts: Facts, typing: Typing, file: string): boolean {
  return final.state.marks.some((mark) => {
    if (mark.mark !== 'member' || pathOf(mark.value).length === 0) return false;
    const struct = typing.pointee(rootOf(mark.value), file);
    return struct !== undefined && facts.registries.some((registry) =>
      registry.kinds.size > 0 && isContainerOf(registry.name, mark.container) && ![...registry.kinds].some((kind) => kind.startsWith(`${struct}.`)));
  });
}

/** Locks by name that both sides hold, so that one excludes the other. */
export function commonLocks(put: readonly NamedLock[], lookup: readonly NamedLock[]): readonly NamedLock[] {
  const isSame = (lock: NamedLock, other: NamedLock): boolean =>
    lock.name === other.name || (lock.inner !== undefined && lock.inner === other.inner && (lock.name === lock.inner || other.name === other.inner));
  return put.filter((lock) => lookup.some((other) => isSame(lock, other) && !(lock.shared && other.shared)));
}

