// References that an error leaves behind: one way out of a function still has what the function took, while other ways
// show that it had to be dropped there.

import { ERROR, NEGATIVE, POSITIVE, ZERO } from '../domain/facts.ts';
import { hangsOn, rootOf, type Value } from '../domain/value.ts';
import { labelsOf } from '../lower/labels.ts';
import type { FunctionIr } from '../lower/ir.ts';
import type { Effect, Site } from '../summary/effect.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Execution, Final } from '../engine/execute.ts';
import { effectKey } from '../engine/state.ts';
import type { Typing } from '../engine/typing.ts';
import { balance, endsObject, handedOut, isOfCountType, objectView, type ObjectView } from './object-view.ts';

/** A way out with an error that still has a reference which the function took, while other ways drop it. */
export interface ForgottenRecord {
  readonly ref: FunctionRef;
  readonly object: ObjectView;
  readonly taken: readonly Site[];
  /** The way out. */
  readonly site: Site;
}

/**
 * Where success drops what was taken, or another error does, it is plain that nobody else would: a success that keeps
 * it may have handed it on in a way that is not seen, but then the errors have to take it back.
 * It is the same get that is dropped there: other counts of the same object are other people's.
 */
export function forgottenIn(ref: FunctionRef, execution: Execution, typing: Typing): readonly ForgottenRecord[] {
  const endOf = endsOf(execution);
  const dropped = new Set<string>();
  for (const { state: { effects }, returnClass } of execution.finals) {
    if (endOf(returnClass) === undefined) continue;
    const settled = new Set(effects.flatMap((effect) =>
      effect.do === 'put' && effect.outcome !== 'never' && isReferenceCount(effect, typing, ref.file) && balance(effects, effect.count, effects.length) === 0 ? [effect.count] : []));
    for (const effect of effects) if (effect.do === 'get' && settled.has(effect.count)) dropped.add(effectKey(effect));
  }
  if (dropped.size === 0) return [];
  const found = new Map<string, ForgottenRecord>();
  for (const final of execution.finals) {
    const { state, returnClass, span } = final;
    if (endOf(returnClass) !== 'error') continue;
    for (const effect of state.effects) {
      if (effect.do !== 'get' || !dropped.has(effectKey(effect)) || balance(state.effects, effect.count, state.effects.length) <= 0) continue;
      const root = rootOf(effect.count);
      // What a field holds may be another object each time it is read.
      if (root.node.k === 'load' || isKept(root, final)) continue;
      const object = objectView(effect.count, final, state.effects, typing, ref.file);
      if (object.absent) continue;
      const site = { file: ref.file, function: ref.name, at: labelsOf(execution.fn).labelOf(span) };
      if (!found.has(`${site.at}:${effect.count.id}`)) found.set(`${site.at}:${effect.count.id}`, { ref, object, taken: effect.chain, site });
    }
  }
  return [...found.values()];
}

/** How a way out ends, by the classes of what it returns; undefined: that cannot be told. */
type EndOf = (returnClass: number) => 'success' | 'error' | undefined;

function endsOf({ fn, finals }: Execution): EndOf {
  const fails = errorClasses(fn, finals);
  return (returnClass) => {
    if (returnClass === 0) return undefined;
    if ((returnClass & ~fails) === 0) return 'error';
    return (returnClass & (fails | NEGATIVE | ERROR)) === 0 ? 'success' : undefined;
  };
}

/** Classes of results that say that a function failed: NULL of one that answers with an object, false of one that answers yes. */
function errorClasses({ returnType }: FunctionIr, finals: readonly Final[]): number {
  if (returnType.pointers > 0) return ERROR | NEGATIVE | ZERO;
  if (returnType.name === 'bool' || returnType.name === '_Bool') return ZERO;
  // Where success is zero and nothing counts up, whatever is not zero is an error (`if (err) return err`).
  const countsUp = finals.some(({ returnClass }) => returnClass === POSITIVE || returnClass === (POSITIVE | ZERO));
  const succeeds = finals.some(({ returnClass }) => returnClass === ZERO);
  return ERROR | NEGATIVE | (succeeds && !countsUp ? POSITIVE : 0);
}

/** Does the object stay with somebody on this way, as far as can be seen? */
function isKept(root: Value, final: Final): boolean {
  const { effects, escaped, facts } = final.state;
  // It is what a field holds that outlives the function: that pointer's own reference, or its business.
  for (const { left, operator, right, holds } of facts.truths.values()) {
    if (operator === '==' && holds && ((left === root && right.node.k === 'load') || (right === root && left.node.k === 'load'))) return true;
  }
  if (escaped.some((value) => value === root || hangsOn(root, value)) || handedOut(root, final, (holder) => isGone(holder, final))) return true;
  return effects.some((effect) => {
    switch (effect.do) {
      case 'publish':
        return rootOf(effect.item) === root;
      case 'free': case 'defer':
        return rootOf(effect.object) === root;
      case 'write':
        return rootOf(effect.value) === root && rootOf(effect.place) !== root && !isGone(rootOf(effect.place), final);
      default:
        return false;
    }
  });
}

/** Made and freed again on this way, and seen by nobody else: what it held, nobody holds. */
function isGone(holder: Value, { state: { effects, escaped } }: Final): boolean {
  return holder.node.k === 'fresh' && !escaped.includes(holder) &&
    effects.some((effect) => effect.do === 'free' && effect.object === holder);
}

/** A put that ends the object when it is the last, or of a count that is there for nothing else. */
function isReferenceCount(put: Effect & { do: 'put' }, typing: Typing, file: string): boolean {
  return endsObject(put.last.effects) || isOfCountType(put.count, typing, file);
}
