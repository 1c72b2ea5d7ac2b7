// Puts the pieces together for a set of files: executes their functions, gathers records and facts, judges every put,
// and widens the view to callers where they decide.

import { groupBy } from '../base/group-by.ts';
import type { Steps } from '../base/steps.ts';
import type { Code, FunctionRef } from '../program/code.ts';
import { RELEASE_TABLES } from '../kernel/release-tables.ts';
import type { FullEngine } from '../engine/engine.ts';
import { namedLock, recordsOf, type LookupRecord, type NamedLock, type Records } from './records.ts';
import { gatherFacts, type Facts } from './registries.ts';
import { relativesOf } from './relatives.ts';
import { chainKey, innerKeys, instancesOf, judgeFunction, type EntryLocks, type Instance, type Judged } from './judge.ts';

export interface Analysis {
  readonly facts: Facts;
  /** Records of every function looked at: those asked for, and those of other files that were drawn in. */
  readonly records: ReadonlyMap<FunctionRef, Records>;
  readonly judged: readonly Judged[];
  readonly instances: readonly Instance[];
  readonly entryLocks: EntryLocks;
}

/** Callers are looked at up to this far up, and at most this many in all. */
const MAX_CALLER_DEPTH = 4;
const MAX_CALLERS = 400;

export interface RecordSource {
  /** By execution: what an edit did not touch is not extracted again. */
  readonly known: WeakMap<object, Records>;
  recordsOf(ref: FunctionRef): Records;
}

/** Records of a function, remembered as long as its execution is the same object. */
export function createRecordSource(engine: FullEngine, earlier?: RecordSource): RecordSource {
  const known = earlier?.known ?? new WeakMap<object, Records>();
  return {
    known,
    recordsOf: (ref) => {
      const execution = engine.executionOf(ref);
      const made = known.get(execution) ?? recordsOf(ref, execution, engine.base);
      known.set(execution, made);
      return made;
    },
  };
}

/**
 * All functions of a file, or of some: what is found in a file rests on the file and its tree, not on what else is asked
 * for. A step is a function executed; they belong together only as long as no text changes.
 */
export function* analyse(code: Code, engine: FullEngine, source: RecordSource, refs: readonly FunctionRef[]): Steps<Analysis> {
  const { typing, knowledge } = engine.base;
  const records = new Map<FunctionRef, Records>();
  function* look(further: Iterable<FunctionRef>): Steps<void> {
    for (const ref of further) {
      if (records.has(ref)) continue;
      records.set(ref, source.recordsOf(ref));
      yield;
    }
  }
  yield* look(refs);
  const entryLocks = entryLocksOf(code, engine);
  const releases = releasesOf(code, refs).map((ref) => source.recordsOf(ref));
  for (const [file, own] of groupBy(refs, (ref) => ref.file)) {
    yield* look(relativesOf(code, engine, file, own.map((one) => source.recordsOf(one)), releases));
  }
  let judged: readonly Judged[] = [];
  let instances: readonly Instance[] = [];
  let facts: Facts = gatherFacts([]);
  for (let depth = 0; ; depth += 1) {
    facts = gatherFacts([...records.values()].map(innermostLookups(records, entryLocks)), releases, knowledge.references);
    judged = [...records.values()].flatMap((own) => judgeFunction(own, facts, typing, entryLocks));
    instances = instancesOf(judged);
    if (depth >= MAX_CALLER_DEPTH) break;
    // A put that may be bad here may be right in every caller: their view is needed.
    const wanted = new Set<FunctionRef>();
    for (const { ref, chain, judged: ways } of instances) {
      if (!ways.some((one) => one.verdict.kind !== 'safe')) continue;
      for (const caller of code.callers(ref)) if (!records.has(caller)) wanted.add(caller);
      // Nor may the functions on the way down be left out: the innermost that can tell is the one to report.
      chain.slice(1).forEach((site, index) => {
        const inner = code.resolve(site.function, chain[index]?.file ?? ref.file);
        if (inner && inner.file === site.file && !records.has(inner)) wanted.add(inner);
      });
    }
    if (wanted.size === 0 || records.size > refs.length + MAX_CALLERS) break;
    yield* look(wanted);
  }
  return { facts, records, judged, instances, entryLocks };
}

/** Releases that the files put into the kernel's tables. */
function releasesOf(code: Code, refs: readonly FunctionRef[]): readonly FunctionRef[] {
  const files = new Set(refs.map((ref) => ref.file));
  const found = new Set<FunctionRef>();
  for (const file of files) {
    for (const { struct, field } of RELEASE_TABLES) {
      for (const target of code.targets(struct, field, file)) if (files.has(target.file)) found.add(target);
    }
  }
  return [...found];
}

/**
 * A lookup seen again through a caller is the same lookup. What the helper cannot know is that a caller does it in an RCU
 * read section, and under no lock.
 */
function innermostLookups(all: ReadonlyMap<FunctionRef, Records>, entryLocks: EntryLocks): (records: Records) => Records {
  const inner = new Set<string>();
  for (const records of all.values()) for (const lookup of records.lookups) inner.add(lookupKey(lookup));
  const isInner = (key: string): boolean => inner.has(key);
  const underRcu = new Set<string>();
  for (const records of all.values()) {
    for (const lookup of records.lookups) {
      if (!lookup.rcu || lookup.chain.length < 2 || lookup.atFind.length > 0 || entryLocks(lookup.ref).length > 0) continue;
      for (const key of innerKeys(lookup.chain).filter(isInner)) underRcu.add(key);
    }
  }
  return (records) => ({
    ...records,
    lookups: records.lookups.filter((lookup) => !innerKeys(lookup.chain).some(isInner))
      .map((lookup) => (!lookup.rcu && underRcu.has(lookupKey(lookup)) ? { ...lookup, rcu: true } : lookup)),
  });
}

function lookupKey(lookup: LookupRecord): string {
  return chainKey(lookup.chain);
}

/** Locks that all known callers hold at their calls, by name; none if a caller may be unknown. */
export function entryLocksOf(code: Code, engine: FullEngine): EntryLocks {
  const { typing } = engine.base;
  const known = new Map<FunctionRef, readonly NamedLock[]>();
  const running = new Set<FunctionRef>();
  const locksAt = (ref: FunctionRef, depth: number): readonly NamedLock[] => {
    const answer = known.get(ref);
    if (answer) return answer;
    if (running.has(ref) || depth > 3) return [];
    running.add(ref);
    // One caller without a lock decides, and those at hand cost least: the rest of the folder is read for few.
    const near = code.functionsIn(ref.file).filter(({ item }) => item.calls.includes(ref.name));
    const isOpen = commonOf(ref, near, depth)?.length === 0 || code.addressTaken(ref);
    const result = isOpen ? [] : commonOf(ref, code.callers(ref), depth) ?? [];
    running.delete(ref);
    if (running.size === 0) known.set(ref, result);
    return result;
  };
  /** Locks held at every call that these functions make of `ref`; undefined: they make none. */
  const commonOf = (ref: FunctionRef, callers: readonly FunctionRef[], depth: number): readonly NamedLock[] | undefined => {
    let common: readonly NamedLock[] | undefined;
    for (const caller of callers) {
      const all = caller.file === ref.file ? engine.executionOf(caller).calls : engine.callsSeenFromAfar(caller);
      const calls = all.filter((call) => call.name === ref.name);
      if (calls.length === 0) continue;
      const outer = locksAt(caller, depth + 1);
      for (const call of calls) {
        const here: NamedLock[] = [...outer];
        for (const hold of call.held) {
          const lock = hold.mode === 'rcu' || hold.mode === 'srcu' ? undefined : namedLock(hold, typing, caller.file);
          if (lock) here.push({ ...lock, id: '' });
        }
        common = common === undefined ? here : common.filter((lock) => here.some((other) => other.name === lock.name));
      }
      if (common?.length === 0) break;
    }
    return common;
  };
  return (ref) => locksAt(ref, 0);
}
