// What a function returns on one way, in words: the class of a number, and how a pointer comes.

import { ANY, ERROR, NEGATIVE, POINTER, POSITIVE, ZERO } from '../../domain/facts.ts';
import { rootOf, type Value } from '../../domain/value.ts';
import type { View, Way } from './view.ts';

/** How a returned pointer comes. */
export const REFERENCE_TAKEN = 'reference taken';
export const BORROWED = 'borrowed';

export function returnText({ session, ref, spelling }: View, { final, effects }: Way): string {
  const { returnType } = session.code.ir(ref);
  if (returnType.name === 'void' && returnType.pointers === 0) return 'void';
  const type = isBuiltin(returnType.name) ? returnType : session.code.resolveType(returnType, ref.file);
  const { returns, returnClass } = final;
  if (type.pointers === 0) return numberText(returnClass, type.name === 'bool' || type.name === '_Bool', returns);
  const bits = returnClass & (ZERO | ERROR | POINTER);
  if (bits === ZERO) return 'NULL';
  if (bits === ERROR) return 'error pointer';
  if (bits === (ZERO | ERROR)) return 'NULL or error pointer';
  const isSet = (bits & ZERO) === 0;
  if (!returns || !spelling.isNameable(returns)) return isSet ? 'non-NULL' : 'any';
  const root = rootOf(returns);
  let taken = 0;
  for (const effect of effects) {
    if ((effect.do === 'init' || effect.do === 'get') && rootOf(effect.count) === root) taken += 1;
    if (effect.do === 'put' && rootOf(effect.count) === root) taken -= 1;
  }
  return `${isSet ? 'non-NULL: ' : ''}${spelling.value(returns)}, ${taken > 0 ? REFERENCE_TAKEN : BORROWED}`;
}

/** Spelled with keywords only: `int`, `unsigned long`. */
function isBuiltin(name: string): boolean {
  return /^(?:void|char|short|int|long|signed|unsigned|bool|_Bool|float|double| )+$/.test(name);
}

function numberText(mask: number, isBool: boolean, returns: Value | undefined): string {
  const bits = mask & (NEGATIVE | ZERO | POSITIVE);
  if (isBool) return bits === ZERO ? 'false' : (bits & ZERO) === 0 ? 'true' : 'true or false';
  if (returns?.node.k === 'number' && returns.node.value >= 0) return String(returns.node.value);
  switch (bits) {
    case ZERO: return '0';
    case NEGATIVE: return '<0';
    case POSITIVE: return '>0';
    case NEGATIVE | ZERO: return '<=0';
    case ZERO | POSITIVE: return '>=0';
    case NEGATIVE | POSITIVE: return '!=0';
    default: return (mask & ANY) === 0 ? 'nothing' : 'any';
  }
}
