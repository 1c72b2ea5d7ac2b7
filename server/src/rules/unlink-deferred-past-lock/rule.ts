// The last put holds the lookup's lock, but the unlink runs later, from a work or an RCU callback, without it.

import type { Finding } from '../../ide/finding.ts';
import { placeFindings } from '../../finality/report.ts';
import { lookupLocks } from '../../finality/judge.ts';
import { makeFinding, step, witnesses, type RuleContext } from '../context.ts';
import { lookupWitness } from '../lookup-witness.ts';

export function unlinkDeferredPastLock(context: RuleContext): readonly Finding[] {
  const { analysis } = context;
  return placeFindings(analysis.instances, (one) => one.verdict.kind === 'deferred').flatMap(({ instance, worst }) => {
    const { verdict, put } = worst;
    const site = instance.chain[0];
    if (verdict.kind !== 'deferred' || !site) return [];
    const { config } = verdict;
    const holds = config === undefined ? true : context.configHolds(config);
    if (holds === false) return [];
    const lock = lookupLocks(verdict.lookup, analysis.entryLocks)[0];
    if (!lock) return [];
    const object = context.objectIn(instance.ref, put.object.count);
    const deferred = put.last.find((effect) => effect.do === 'defer');
    const primitive = put.final.state.effects.find((effect) => effect.do === 'put' && effect.chain === put.chain);
    const where = deferred?.chain.at(-1);
    return [makeFinding(context, 'unlink-deferred-past-lock', config !== undefined && holds === undefined ? 'medium' : 'high', site,
      `unlink of '${object}' after its last put is deferred past '${lock.text}'`, {
        object,
        lock: lock.text,
        ...(config !== undefined && holds === undefined ? { config } : {}),
        put: witnesses(context, instance.chain, primitive?.held ?? []),
        lookup: lookupWitness(context, verdict.lookup),
        steps: where ? [step(context, 'deferred', where)] : [],
        gaps: context.gapsOf(instance.ref),
      })];
  });
}
