// The functions that a pointer can hold which the way at hand did not set itself.

import { pathOf, rootOf, type Value } from '../domain/value.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Frame } from './frame.ts';

/** More than these are not followed. */
export const MAX_TARGETS = 4;

export interface Pointed {
  /** The field as the program's tables know it: `func` of `struct work_struct`, or `work.func` of the struct around that. */
  readonly struct: string;
  readonly field: string;
  /** All there are, be they too many. */
  readonly targets: readonly FunctionRef[];
}

/** What the field at `address` is given anywhere; undefined: no field of a struct that is known. */
export function pointedTo(frame: Frame, address: Value): Pointed | undefined {
  return fieldAround(frame, address, 1);
}

/**
 * The same where the field belongs to a struct that is all over the kernel, held in one that is not: the function of a
 * work item is told by the counted object that it is the work item of.
 */
export function heldPointer(frame: Frame, address: Value): Pointed | undefined {
  for (let depth = 2; depth <= 3; depth += 1) {
    const found = fieldAround(frame, address, depth);
    if (found && found.targets.length > 0) return found;
  }
  return undefined;
}

/** By the struct `depth` steps further out than the pointer. */
function fieldAround(frame: Frame, address: Value, depth: number): Pointed | undefined {
  const { code, typing, values } = frame.engine;
  const path = pathOf(address);
  const inner = path.slice(-depth);
  if (inner.length < depth || inner.some((step) => !step.startsWith('.'))) return undefined;
  const holder = values.at(rootOf(address), path.slice(0, -depth));
  const struct = typing.contentType(holder, frame.fn.file)?.name;
  if (struct === undefined || (depth > 1 && !typing.isCounted(holder, frame.fn.file))) return undefined;
  const field = inner.join('').slice(1);
  return { struct, field, targets: code.targets(struct, field, frame.fn.file) };
}
