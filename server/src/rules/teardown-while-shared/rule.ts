// A user of a weak index makes the object unusable for its other holders, under the lookup's lock but without proof
// that it is the only holder.

import type { Finding } from '../../ide/finding.ts';
import { chainKey, innerKeys, lookupLocks } from '../../finality/judge.ts';
import { commonLocks, isEntry, releaseUnlinks, unlinks, type Registry } from '../../finality/registries.ts';
import { makeFinding, objectText, step, type RuleContext } from '../context.ts';
import { lookupWitness } from '../lookup-witness.ts';

export function teardownWhileShared(context: RuleContext): readonly Finding[] {
  const { analysis } = context;
  const candidates: { finding: Finding | undefined; chain: string; inner: readonly string[] }[] = [];
  for (const records of analysis.records.values()) {
    for (const { ref, view, thenPut, heldAtPut, object, published } of records.unlinks) {
      const site = view.chain[0];
      if (!view.tearsDown || !thenPut || !object || object.origin === 'fresh' || !site) continue;
      for (const registry of analysis.facts.registries) {
        const lookup = registry.plain[0];
        if (!lookup || registry.owned || !unlinks(view.link, view.from, registry.name) || !isEntry(object, registry, analysis.facts, published)) continue;
        if (!leavesWithLastPut(context, registry)) continue;
        // A lock that happens to be held around both says nothing where the lookup has one of its own.
        const guards = lookup.locks.length > 0 ? lookup.locks : lookupLocks(lookup, analysis.entryLocks);
        const locks = commonLocks([...view.locks, ...analysis.entryLocks(ref)], guards);
        // A user's put, in the same critical section; who unregisters the object does so without.
        const lock = locks.find(({ id }) => id === '' || heldAtPut.includes(id));
        if (!lock) continue;
        // The count was seen to be one under this very lock, held since.
        const proved = view.exclusive?.some((hold) => locks.some((held) => held.id === hold.id)) === true;
        const text = objectText(object.count);
        candidates.push({
          chain: chainKey(view.chain),
          inner: innerKeys(view.chain),
          finding: proved ? undefined : makeFinding(context, 'teardown-while-shared', 'high', site,
            `'${text}' is torn down under '${lock.text}', but may still be held by another lookup`, {
              object: text,
              lock: lock.text,
              lookup: lookupWitness(context, lookup),
              steps: view.chain.map((at) => step(context, 'teardown', at)),
              gaps: context.gapsOf(ref),
            }),
        });
      }
    }
  }
  // The innermost function that can tell has the word, whether it proves the teardown or not.
  const decided = new Set(candidates.map(({ chain }) => chain));
  const findings = new Map<string, Finding>();
  for (const { finding, chain, inner } of candidates) {
    if (finding && !inner.some((key) => decided.has(key))) findings.set(chain, finding);
  }
  return [...findings.values()];
}

/**
 * Does the release take an entry off? Where it does not, somebody has to, whoever else still holds it: that is how an
 * owner unregisters, not a user's teardown.
 */
function leavesWithLastPut({ analysis, typing }: RuleContext, registry: Registry): boolean {
  return analysis.judged.some(({ put, registry: of }) => {
    if (of !== registry) return false;
    const { now, deferred } = releaseUnlinks(put.last, put.object.count, registry.name, typing, put.ref.file);
    return now.length > 0 || deferred.length > 0;
  });
}
