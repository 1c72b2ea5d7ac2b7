// A user of a weak index makes the object unusable for its other holders, under the lookup's lock but without proof
// that it is the only holder.

import type { Finding } from '../../ide/finding.ts';
import { chainKey, lookupLocks } from '../../finality/judge.ts';
import { commonLocks, isEntry, unlinks } from '../../finality/registries.ts';
import { makeFinding, objectText, step, type RuleContext } from '../context.ts';
import { lookupWitness } from '../lookup-witness.ts';

export function teardownWhileShared(context: RuleContext): readonly Finding[] {
  const { analysis } = context;
  const findings: { finding: Finding; chain: string; inner: readonly string[] }[] = [];
  const seen = new Set<string>();
  for (const records of analysis.records.values()) {
    for (const { ref, view, thenPut, object, published } of records.unlinks) {
      if (!view.tearsDown || !thenPut || !object || object.origin === 'fresh') continue;
      const site = view.chain[0];
      if (!site) continue;
      for (const registry of analysis.facts.registries) {
        const lookup = registry.plain[0];
        if (!lookup || registry.owned || !unlinks(view.link, view.from, registry.name) || !isEntry(object, registry, analysis.facts, published)) continue;
        const locks = commonLocks([...view.locks, ...analysis.entryLocks(ref)], lookupLocks(lookup, analysis.entryLocks));
        const lock = locks[0];
        if (!lock) continue;
        // The count was seen to be one under this very lock, held since.
        if (view.exclusive?.some((hold) => locks.some((held) => held.id === hold.id))) continue;
        const key = chainKey([site]);
        if (seen.has(key)) continue;
        seen.add(key);
        const text = objectText(object.count);
        findings.push({
          chain: chainKey(view.chain),
          inner: view.chain.map((_, index) => chainKey(view.chain.slice(index))).slice(1),
          finding: makeFinding(context, 'teardown-while-shared', 'high', site,
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
  const reported = new Set(findings.map(({ chain }) => chain));
  return findings.filter(({ inner }) => !inner.some((key) => reported.has(key))).map(({ finding }) => finding);
}
