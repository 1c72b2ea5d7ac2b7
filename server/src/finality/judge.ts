// The verdict on each put: may it be the last one, and does a lookup run beside it? Judged per function and way with
// what that function knows; then, up the call chain, the innermost function that decides is the one that is reported.

import { ZERO, classOf } from '../domain/facts.ts';
import { rootOf, stepsOf } from '../domain/value.ts';
import type { Final } from '../engine/execute.ts';
import type { Site } from '../summary/effect.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Typing } from '../engine/typing.ts';
import type { ObjectView } from './object-view.ts';
import type { LookupRecord, NamedLock, PutRecord, Records } from './records.ts';
import { commonLocks, isEntry, isImpossible, releaseUnlinks, sameRegistry, unlinks, type Facts, type FieldRole, type Registry } from './registries.ts';

export type Verdict =
  /** May be the last, and nothing keeps the lookup out. */
  | { readonly kind: 'unlocked'; readonly lookup: LookupRecord; readonly selfLocking: boolean }
  /** May be the last, under the lookup's lock, but the unlink runs later without it. */
  | { readonly kind: 'deferred'; readonly lookup: LookupRecord; readonly config: string | undefined }
  /** `incidental`: the lock that keeps lookups out is one that happens to be held around them, not their own. */
  | { readonly kind: 'safe'; readonly reason: SafeReason; readonly lookup?: LookupRecord; readonly incidental?: true };

export type SafeReason =
  | 'owns-another' | 'unlinked-before' | 'not-only-holder' | 'locked' | 'no-unlink-in-release' | 'owned-index'
  | 'checked-get' | 'no-lookup' | 'liveness-flag';

export interface Judged {
  readonly put: PutRecord;
  readonly registry: Registry;
  readonly verdict: Verdict;
  /** References owned after this put. */
  readonly owned: number;
  readonly role: FieldRole | undefined;
}

/** Locks that every known caller of a function holds around it, by name. */
export type EntryLocks = (ref: FunctionRef) => readonly NamedLock[];

/** Judges every put of a function against every registry whose entry it may be. */
export function judgeFunction(records: Records, facts: Facts, typing: Typing, entryLocks: EntryLocks): readonly Judged[] {
  const judged: Judged[] = [];
  for (const put of records.puts) {
    if (isImpossible(put.final, facts, typing, put.ref.file)) continue;
    for (const registry of facts.registries) {
      if (!isEntry(put.object, registry, facts, put.published)) continue;
      const role = put.object.field === undefined ? undefined : facts.roles.get(put.object.field);
      const own = role?.registries.some((name) => sameRegistry(registry.name, name)) && !role.establishers.has(put.ref) ? role : undefined;
      if (own && contradictsRole(put.object, put.final, own, typing)) continue;
      const owned = put.ownedAfter(baseOf(put, own));
      judged.push({ put, registry, owned, role: own, verdict: judge(put, registry, owned, records, facts, typing, entryLocks) });
    }
  }
  return judged;
}

/** The field holds an entry only if certain other fields are set, and on this path one of them is NULL. */
export function contradictsRole(object: ObjectView, final: Final, role: FieldRole, typing: Typing): boolean {
  const owner = object.fieldOwner;
  if (!owner) return false;
  return role.given.some((field) => classOf(final.state.facts, typing.values.load(typing.values.at(owner, stepsOf(field)))) === ZERO);
}

/** References that the path may rely on before it touched the object. */
export function baseOf(put: PutRecord, role: FieldRole | undefined): number {
  if (role) return role.count;
  switch (put.object.origin) {
    case 'element': case 'fresh':
      return 0;
    default:
      return 1;
  }
}

function judge(put: PutRecord, registry: Registry, owned: number, records: Records, facts: Facts, typing: Typing, entryLocks: EntryLocks): Verdict {
  const file = put.ref.file;
  const plain = registry.plain.filter((lookup) => isSameCount(lookup.counter, put.object));
  const first = plain[0];
  if (!first) return { kind: 'safe', reason: registry.checked.length > 0 ? 'checked-get' : 'no-lookup' };
  const release = releaseUnlinks(put.last, put.object.count, registry.name, typing, file);
  // A put before the unlink drops the registry's own reference while the entry can still be found.
  const early = put.unlinkedAfter.some((view) => unlinks(view.link, view.from, registry.name));
  const { counter, inner } = put.object;
  const embedded = inner === undefined ? (counter?.split('.').length ?? 0) > 2 : inner !== counter;
  const table = release.now.length === 0 && embedded
    ? facts.releases.find((view) => unlinks(view.link, view.from, registry.name)) : undefined;
  if (release.now.length === 0 && release.deferred.length === 0 && !table && !early) return { kind: 'safe', reason: 'no-unlink-in-release', lookup: first };
  if (owned > 0) return { kind: 'safe', reason: 'owns-another', lookup: first };
  if (registry.owned && !early && !isBesideOwners(registry, put.object)) return { kind: 'safe', reason: 'owned-index', lookup: first };
  if (registry.flagged) return { kind: 'safe', reason: 'liveness-flag', lookup: first };
  if (put.unlinkedBefore.some((view) => unlinks(view.link, view.from, registry.name))) return { kind: 'safe', reason: 'unlinked-before', lookup: first };
  const lookups = plain.map((lookup) => ({ lookup, locks: lookupLocks(lookup, entryLocks) })).filter(({ locks }) => locks.length > 0);
  if (lookups.length === 0) return { kind: 'safe', reason: 'no-lookup', lookup: first };
  const held = [...put.locks, ...entryLocks(put.ref).filter((lock) => !put.dropped.includes(lock.name))];
  if (notOnlyHolder(put, registry, records, lookups.map(({ locks }) => commonLocks(held, locks)))) return { kind: 'safe', reason: 'not-only-holder', lookup: first };
  for (const { lookup, locks } of lookups) {
    const named = commonLocks(held, locks);
    const common = named.length > 0 ? named : ownLocks(put, locks);
    const through = common.filter((lock) => release.now.every((effect) =>
      lock.id === '' || effect.do !== 'unlink' || effect.held.some((hold) => hold.id === lock.id) || release.deferred.length > 0));
    if (through.length === 0) {
      const selfLocking = put.lastTakes.some((name) => locks.some((lock) => lock.name === name)) ||
        table?.locks.some((name) => locks.some((lock) => lock.name === name)) === true ||
        release.now.some((effect) => effect.held.some((hold) => locks.some((lock) => lock.name === typing.placeName(hold.lock, file))));
      return { kind: 'unlocked', lookup, selfLocking };
    }
  }
  // A table's release is run by what cleans the object up: put off as a whole, it is put off, too.
  const deferred = release.deferred[0] ?? (table && put.last.find((effect) => effect.do === 'defer'));
  if (deferred) return { kind: 'deferred', lookup: lookups[0]?.lookup ?? first, config: deferred.config };
  const lookup = lookups[0]?.lookup ?? first;
  const own = lookup.locks.length === 0 || commonLocks(held, lookup.locks).length > 0;
  return own ? { kind: 'safe', reason: 'locked', lookup } : { kind: 'safe', reason: 'locked', lookup, incidental: true };
}

/** An object may have counts besides its references (`nkeys` beside `usage`); one and the same is seen from several structs around it. */
function isSameCount(counter: string, { counter: own, inner }: ObjectView): boolean {
  const member = (name: string): string => name.slice(name.lastIndexOf('.'));
  return own === undefined || [own, inner].some((name) => name !== undefined && member(name) === member(counter));
}

/** An object may say by a pointer which lock is its own, and then that is the lookup's: `cmd->lock = &sp->lock`. */
function ownLocks(put: PutRecord, lookup: readonly NamedLock[]): readonly NamedLock[] {
  const entry = rootOf(put.object.count);
  return put.locks.filter((lock) => lock.pointedToBy === entry && lookup.some(({ mode }) => mode === lock.mode));
}

/** Lookups take two counters, the index holds the other one: unlinking precedes the last put of that, not of this. */
function isBesideOwners(registry: Registry, object: ObjectView): boolean {
  return registry.plain.some(({ beside, counter }) => beside !== undefined && isSameCount(counter, object)) &&
    registry.owners.size > 0 && ![...registry.owners].some((counter) => isSameCount(counter, object));
}

/** Locks held from the find to the get, those of the callers included. */
export function lookupLocks(lookup: LookupRecord, entryLocks: EntryLocks): readonly NamedLock[] {
  const entry = entryLocks(lookup.ref).filter((lock) => !lookup.dropped.includes(lock.name));
  return [...lookup.locks, ...entry.filter((lock) => !lookup.locks.some((own) => own.name === lock.name))];
}

/**
 * The other side of a proof of being the only holder (`count == 1`), or of a test of the object's own content that on
 * its one side takes the object off the registry before the same put: here others still hold it.
 */
function notOnlyHolder(put: PutRecord, registry: Registry, records: Records, guards: readonly (readonly NamedLock[])[]): boolean {
  // What the test saw is true only for as long as no lookup can come between.
  const { shared } = put;
  if (shared && guards.every((locks) => locks.some((lock) => lock.id === '' || shared.some((hold) => hold.id === lock.id)))) return true;
  if (!put.examined || guards.some((locks) => locks.length === 0)) return false;
  const place = put.chain[0]?.at;
  return records.puts.some((sibling) => sibling !== put && sibling.object.count === put.object.count && sibling.chain[0]?.at === place &&
    sibling.unlinkedBefore.some((view) => unlinks(view.link, view.from, registry.name)));
}

export function chainKey(chain: readonly Site[]): string {
  return chain.map((site) => `${site.file}:${site.function}:${site.at}`).join('>');
}

/** The same place as the functions on the way down to it see it. */
export function innerKeys(chain: readonly Site[]): readonly string[] {
  return chain.slice(1).map((_, index) => chainKey(chain.slice(index + 1)));
}

/** One put, by its place in one function: all the ways it was judged on. */
export interface Instance {
  readonly ref: FunctionRef;
  readonly chain: readonly Site[];
  readonly judged: readonly Judged[];
}

export function instancesOf(judged: readonly Judged[]): readonly Instance[] {
  const byKey = new Map<string, { ref: FunctionRef; chain: readonly Site[]; judged: Judged[] }>();
  for (const one of judged) {
    const key = chainKey(one.put.chain);
    const entry = byKey.get(key) ?? { ref: one.put.ref, chain: one.put.chain, judged: [] };
    entry.judged.push(one);
    byKey.set(key, entry);
  }
  return [...byKey.values()];
}
