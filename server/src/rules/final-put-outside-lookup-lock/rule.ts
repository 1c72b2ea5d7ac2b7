// A put that may be the last one runs without a lock that a plain-get lookup relies on (kref.rst, rule 3).

import type { Finding } from '../../ide/finding.ts';
import { placeFindings } from '../../finality/report.ts';
import { lookupLocks } from '../../finality/judge.ts';
import { fitting, makeFinding, witnesses, type RuleContext } from '../context.ts';
import { lookupWitness } from '../lookup-witness.ts';

export function finalPutOutsideLookupLock(context: RuleContext): readonly Finding[] {
  const { analysis } = context;
  return placeFindings(analysis.instances, (one) => one.verdict.kind === 'unlocked').flatMap(({ instance, worst }) => {
    const { verdict, put } = worst;
    const site = instance.chain[0];
    if (verdict.kind !== 'unlocked' || !site) return [];
    const lock = lookupLocks(verdict.lookup, analysis.entryLocks)[0];
    if (!lock) return [];
    const object = context.objectIn(instance.ref, put.object.count);
    const last = `last put of '${object}' outside '${lock.text}'`;
    const primitive = put.final.state.effects.find((effect) => effect.do === 'put' && effect.chain === put.chain);
    // The strongest sign that puts run without the lock is a release that takes it itself.
    const confidence = verdict.selfLocking || worst.role !== undefined ? 'high' : 'medium';
    return [makeFinding(context, 'final-put-outside-lookup-lock', confidence, site,
      fitting(`${last}, held by ${verdict.lookup.ref.name}() to find it`, `${last}, held by ${verdict.lookup.ref.name}()`, last), {
        object,
        lock: lock.text,
        put: witnesses(context, instance.chain, primitive?.held ?? []),
        lookup: lookupWitness(context, verdict.lookup),
        gaps: context.gapsOf(instance.ref),
      })];
  });
}

