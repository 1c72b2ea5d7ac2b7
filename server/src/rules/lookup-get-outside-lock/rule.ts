// An entry is found under a lock, and the plain get comes after the lock was dropped: the find and the get share none.

import type { Finding } from '../../ide/finding.ts';
import { plainName } from '../../finality/object-view.ts';
import type { LookupRecord, NamedLock } from '../../finality/records.ts';
import { lookupLocks } from '../../finality/judge.ts';
import { registryKey, releaseUnlinks, unlinks, type Registry } from '../../finality/registries.ts';
import { isReferenceCount } from '../reference-count.ts';
import { fitting, lineOf, makeFinding, objectText, textAt, type RuleContext } from '../context.ts';

/**
 * Why nothing keeps the count of what was found from reaching zero before the get: the lock of the find was dropped, it
 * is taken in an RCU read section only, or none of the locks is held under which entries go.
 */
type Late =
  | { readonly how: 'dropped'; readonly lock: NamedLock }
  | { readonly how: 'rcu' }
  | { readonly how: 'never'; readonly lock: string };

/** A lookup whose find was under a lock that its get no longer holds. */
export function isLateGet(context: RuleContext, registry: Registry, lookup: LookupRecord): boolean {
  return lateness(context, registry, lookup)?.how === 'dropped';
}

function lateness(context: RuleContext, registry: Registry, lookup: LookupRecord): Late | undefined {
  if (lookup.checked || !isReferenceCount(context, lookup) || lookupLocks(lookup, context.analysis.entryLocks).length > 0) return undefined;
  const [lock] = lookup.atFind;
  // Who takes an entry off has the reference that the index had.
  if (lookup.takenOff && (registry.owned || registry.counting)) return undefined;
  if (lock) return !registry.owned || dropsItsOwn(context, registry, lookup.rcu) ? { how: 'dropped', lock } : undefined;
  const guards = unlinkLocks(context, registry);
  if (!guards) return undefined;
  if (lookup.rcu) return { how: 'rcu' };
  // A caller that nobody here knows of might hold it, unless no other file can.
  const guard = guards.find((name) => name.startsWith(`${lookup.ref.file}:`));
  return guard === undefined || context.code.addressTaken(lookup.ref) ? undefined : { how: 'never', lock: plainName(guard) };
}

/**
 * Does somebody take entries off and then drop the index's own count? A grace period in between helps those only whose
 * RCU read section goes from the find to the get.
 */
function dropsItsOwn({ analysis }: RuleContext, registry: Registry, inReadSection: boolean): boolean {
  return [...analysis.records.values()].some(({ puts }) => puts.some((put) =>
    put.object.counter !== undefined && registry.counters.has(put.object.counter) &&
    put.unlinkedBefore.some((view) => unlinks(view.link, view.from, registry.name)) &&
    !(inReadSection && put.final.state.effects.some((effect) => effect.do === 'grace'))));
}

/**
 * Locks under which the release takes entries off; undefined if entries go otherwise. An index with a count of its own
 * is as bad under RCU where that count is put without a grace period after the unlink.
 */
function unlinkLocks(context: RuleContext, registry: Registry): readonly string[] | undefined {
  const { analysis, typing } = context;
  const locks = new Set<string>();
  let any = false;
  for (const { puts } of analysis.records.values()) {
    for (const put of puts) {
      if (put.object.counter === undefined || !registry.counters.has(put.object.counter)) continue;
      const file = put.ref.file;
      for (const effect of releaseUnlinks(put.last, put.object.count, registry.name, typing, file).now) {
        any = true;
        for (const hold of effect.held) locks.add(typing.placeName(hold.lock, file) ?? '');
        for (const name of put.lastTakes) locks.add(name);
      }
    }
  }
  if (registry.owned && dropsItsOwn(context, registry, true)) any = true;
  return any ? [...locks] : undefined;
}

export function lookupGetOutsideLock(context: RuleContext): readonly Finding[] {
  const seen = new Set<string>();
  return context.analysis.facts.registries.flatMap((registry) =>
    registry.plain.flatMap((lookup) => {
      const late = lateness(context, registry, lookup);
      const site = lookup.chain[0];
      const found = lookup.foundAt[0];
      if (!late || !site || !found) return [];
      const key = `${registryKey(registry.name)}@${site.file}:${site.function}:${site.at}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const object = objectText(lookup.count);
      const witness = (at: typeof site, held: readonly string[]) => ({
        file: at.file, line: lineOf(context, at), function: at.function, text: textAt(context, at), held,
      });
      return [makeFinding(context, 'lookup-get-outside-lock', 'high', site, messageOf(late, object), {
        object,
        ...(late.how === 'rcu' ? {} : { lock: late.how === 'dropped' ? late.lock.text : late.lock }),
        lookup: [witness(found, lookup.atFind.map((held) => held.text)), ...lookup.chain.map((at) => witness(at, lookup.atGet.map((held) => held.text)))],
        gaps: context.gapsOf(lookup.ref),
      })];
    }));
}

function messageOf(late: Late, object: string): string {
  switch (late.how) {
    case 'dropped':
      return fitting(
        `reference to '${object}' is taken after '${late.lock.text}', under which it was found, was dropped`,
        `reference to '${object}' is taken after '${late.lock.text}' was dropped`,
      );
    case 'rcu':
      return `reference to '${object}' is taken under RCU only: its count may be zero by then`;
    case 'never':
      return `reference to '${object}' is taken without '${late.lock}', under which it is taken off`;
  }
}
