// Which of the judged puts are findings, and where: one defect, one rule, one place.

import { groupBy } from '../base/group-by.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Site } from '../summary/effect.ts';
import type { Instance, Judged } from './judge.ts';
import { chainKey, innerKeys } from './judge.ts';

export interface Placed {
  readonly ref: FunctionRef;
  readonly instance: Instance;
  readonly worst: Judged;
}

export function placeFindings(instances: readonly Instance[], isBad: (one: Judged) => boolean): readonly Placed[] {
  return innermostBad(instances, (instance) => instance.judged.find(isBad), {
    // An incidental lock far out does not make it right.
    isIncidental: (instance) => instance.judged.some(({ verdict }) => verdict.kind === 'safe' && verdict.incidental === true),
    // A caller's ways are fewer and rougher: what it does not see of the release, the function that drops the count does.
    saysNothing: (instance) => instance.judged.every(({ verdict }) => verdict.kind === 'safe' && verdict.reason === 'no-unlink-in-release'),
  })
    .map(({ seen, worst }) => ({ ref: seen.ref, instance: seen, worst }));
}

interface Seen {
  readonly chain: readonly Site[];
}

/**
 * What is bad in a helper for every one that calls it is the helper's; if for some only, each such call is reported.
 * `all` holds what functions and their callers see, one for each place and chain of calls to it. `isIncidental`: it is not
 * bad, but by nothing that the code relies on; `saysNothing`: it cannot tell, and is left out if another caller can.
 */
export function innermostBad<T extends Seen, W>(
  all: readonly T[], worstOf: (one: T) => W | undefined,
  { isIncidental = () => false, saysNothing = () => false }: { isIncidental?: (one: T) => boolean; saysNothing?: (one: T) => boolean } = {},
): readonly { readonly seen: T; readonly worst: W }[] {
  const byInner = groupBy(all.filter(({ chain }) => chain.length > 1), ({ chain }) => chainKey(chain.slice(1)));
  const isBadThroughout = (one: T, depth: number): boolean => {
    if (worstOf(one) === undefined) return depth > 1 && isIncidental(one);
    const callers = byInner.get(chainKey(one.chain)) ?? [];
    const telling = callers.filter((caller) => !saysNothing(caller));
    return depth > 6 || ((telling.length > 0 || callers.length === 0) && telling.every((caller) => isBadThroughout(caller, depth + 1)));
  };
  const reported = new Set<string>();
  const placed: { seen: T; worst: W }[] = [];
  // Inner ones first, so that an outer view of the same is not reported again.
  for (const seen of [...all].sort((one, other) => one.chain.length - other.chain.length)) {
    const worst = worstOf(seen);
    if (worst === undefined || [chainKey(seen.chain), ...innerKeys(seen.chain)].some((key) => reported.has(key)) || !isBadThroughout(seen, 0)) continue;
    placed.push({ seen, worst });
    reported.add(chainKey(seen.chain));
  }
  return placed;
}
