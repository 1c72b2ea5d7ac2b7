// An entry is found under a lock, and the plain get comes after the lock was dropped: the find and the get share none.

import type { Finding } from '../../ide/finding.ts';
import type { LookupRecord } from '../../finality/records.ts';
import { lookupLocks } from '../../finality/judge.ts';
import { registryKey, type Registry } from '../../finality/registries.ts';
import { lineOf, makeFinding, objectText, textAt, type RuleContext } from '../context.ts';

/** A lookup whose find was under a lock that its get no longer holds. */
export function isLateGet(context: RuleContext, registry: Registry, lookup: LookupRecord): boolean {
  if (lookup.checked || registry.owned || lookup.atFind.length === 0 || !isReferenceCount(context, lookup)) return false;
  return lookupLocks(lookup, context.analysis.entryLocks).length === 0;
}

/** Somewhere the last put of that counter ends the object: else it counts something, but no references. */
function isReferenceCount(context: RuleContext, { counter, count, ref }: LookupRecord): boolean {
  const puts = [...context.analysis.records.values()].flatMap((records) => records.puts.filter((put) => put.object.counter === counter));
  if (puts.some((put) => put.last.length > 0)) return true;
  const type = context.typing.contentType(count, ref.file)?.name;
  return puts.length === 0 && (type === 'struct kref' || type === 'refcount_t');
}

export function lookupGetOutsideLock(context: RuleContext): readonly Finding[] {
  const seen = new Set<string>();
  return context.analysis.facts.registries.flatMap((registry) =>
    registry.plain.filter((lookup) => isLateGet(context, registry, lookup)).flatMap((lookup) => {
      const site = lookup.chain[0];
      const found = lookup.foundAt[0];
      const lock = lookup.atFind[0];
      if (!site || !found || !lock) return [];
      const key = `${registryKey(registry.name)}@${site.file}:${site.function}:${site.at}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const count = lookup.count;
      const object = objectText(count);
      const witness = (at: typeof site, held: readonly string[]) => ({
        file: at.file, line: lineOf(context, at), function: at.function, text: textAt(context, at), held,
      });
      return [makeFinding(context, 'lookup-get-outside-lock', 'high', site,
        `reference to '${object}' is taken after '${lock.text}', under which it was found, was dropped`, {
          object,
          lock: lock.text,
          lookup: [witness(found, lookup.atFind.map((held) => held.text)), ...lookup.chain.map((at) => witness(at, lookup.atGet.map((held) => held.text)))],
          gaps: context.gapsOf(lookup.ref),
        })];
    }));
}
