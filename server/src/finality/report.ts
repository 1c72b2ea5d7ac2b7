// Which of the judged puts are findings, and where: one defect, one rule, one place.

import type { FunctionRef } from '../program/code.ts';
import type { Instance, Judged } from './judge.ts';
import { chainKey } from './judge.ts';

export interface Placed {
  readonly ref: FunctionRef;
  readonly instance: Instance;
  readonly worst: Judged;
}

/**
 * A put in a helper that is bad for every one that calls it is the helper's; if for some only, each such call is
 * reported.
 * `isBad` picks the judgements of one rule. `instances` are those of all functions looked at, callers included.
 */
export function placeFindings(instances: readonly Instance[], isBad: (one: Judged) => boolean): readonly Placed[] {
  const byInner = new Map<string, Instance[]>();
  for (const instance of instances) {
    if (instance.chain.length < 2) continue;
    const key = chainKey(instance.chain.slice(1));
    byInner.set(key, [...(byInner.get(key) ?? []), instance]);
  }
  const worstOf = (instance: Instance): Judged | undefined => instance.judged.find(isBad);
  const callersOf = (instance: Instance): readonly Instance[] => byInner.get(chainKey(instance.chain)) ?? [];
  /** Bad here and in whatever calls it; an incidental lock far out does not make it right. */
  const isBadThroughout = (instance: Instance, depth: number): boolean => {
    if (!worstOf(instance)) return depth > 1 && instance.judged.some(({ verdict }) => verdict.kind === 'safe' && verdict.incidental === true);
    return depth > 6 || callersOf(instance).every((caller) => isBadThroughout(caller, depth + 1));
  };
  const reported = new Set<string>();
  const placed: Placed[] = [];
  const visit = (instance: Instance): void => {
    const worst = worstOf(instance);
    if (!worst) return;
    if (isBadThroughout(instance, 0)) {
      placed.push({ ref: instance.ref, instance, worst });
      reported.add(chainKey(instance.chain));
    }
  };
  // Inner ones first, so that an outer view of the same put is not reported again.
  for (const instance of [...instances].sort((one, other) => one.chain.length - other.chain.length)) {
    if (suffixes(instance).some((key) => reported.has(key))) continue;
    visit(instance);
  }
  return placed;
}

function suffixes(instance: Instance): readonly string[] {
  return instance.chain.map((_, index) => chainKey(instance.chain.slice(index)));
}
