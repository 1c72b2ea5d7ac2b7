// Whether a counter counts references: requests in flight and users of a mode are counted with the same primitives.

import type { Value } from '../domain/value.ts';
import { isOfCountType } from '../finality/object-view.ts';
import type { FunctionRef } from '../program/code.ts';
import type { RuleContext } from './context.ts';

/** `counter` is the counter's type-level name, `count` its place as `ref` has it. */
export interface Counter {
  readonly counter: string | undefined;
  readonly count: Value;
  readonly ref: FunctionRef;
}

/** Somewhere the last put of that counter ends the object; where none is seen, its type tells. */
export function isReferenceCount(context: RuleContext, { counter, count, ref }: Counter): boolean {
  const puts = [...context.analysis.records.values()].flatMap((records) => records.puts.filter((put) => put.object.counter === counter));
  return puts.some((put) => put.last.length > 0) || (puts.length === 0 && isOfCountType(count, context.typing, ref.file));
}
