// Whether a counter counts references: requests in flight and users of a mode are counted with the same primitives.

import type { Value } from '../domain/value.ts';
import { endsObject, isOfCountType } from '../finality/object-view.ts';
import type { FunctionRef } from '../program/code.ts';
import type { RuleContext } from './context.ts';

/** `counter` is the counter's type-level name, `count` its place as `ref` has it. */
export interface Counter {
  readonly counter: string | undefined;
  readonly count: Value;
  readonly ref: FunctionRef;
}

/** By its type, or since the last put of that counter ends the object somewhere. */
export function isReferenceCount(context: RuleContext, { counter, count, ref }: Counter): boolean {
  return isOfCountType(count, context.typing, ref.file) ||
    [...context.analysis.records.values()].some(({ puts }) => puts.some((put) => put.object.counter === counter && endsObject(put.last)));
}
