// What a path knows about values: the class of each (negative, zero, positive, error pointer, valid pointer) and the
// truth of comparisons. Facts only ever get narrower along a path, and wider when two paths are joined.

import type { Value } from './value.ts';

export const NEGATIVE = 1;
/** 0, NULL, false. */
export const ZERO = 2;
export const POSITIVE = 4;
/** ERR_PTR(...). */
export const ERROR = 8;
/** A pointer to an object. */
export const POINTER = 16;
export const ANY = 31;
export const TRUE_ = ANY & ~ZERO;

export interface Facts {
  /** Class masks by value id; absent is ANY. */
  readonly classes: ReadonlyMap<number, { readonly value: Value; readonly mask: number }>;
  /** Truth of comparisons, by a canonical key. */
  readonly truths: ReadonlyMap<string, { readonly left: Value; readonly operator: string; readonly right: Value; readonly holds: boolean }>;
}

export const NO_FACTS: Facts = { classes: new Map(), truths: new Map() };

/** The classes a value can have by what it is, whatever the path. */
export function inherentClass(value: Value): number {
  const { node } = value;
  switch (node.k) {
    case 'number':
      return node.value === 0 ? ZERO : node.value < 0 ? NEGATIVE : POSITIVE;
    case 'global': case 'local': case 'function':
      return POINTER;
    case 'element':
      return POINTER | ZERO;
    case 'fresh':
      return POINTER | ZERO | ERROR;
    case 'at':
      // &p->f of a NULL p is not NULL, unless f is the first member; nobody tests it but for container_of results.
      return node.base.node.k === 'element' || node.path.some((step) => !step.startsWith('-')) ? POINTER : ANY;
    default:
      return ANY;
  }
}

export function classOf(facts: Facts, value: Value): number {
  const own = inherentClass(value) & (facts.classes.get(value.id)?.mask ?? ANY);
  if (value.node.k !== 'at') return own;
  // Neither a field's address nor container_of() makes an error of a pointer that is none.
  return (classOf(facts, value.node.base) & ERROR) === 0 ? own & ~ERROR : own;
}

/** The facts with `value` narrowed to `mask`; undefined if nothing is left. */
export function narrow(facts: Facts, value: Value, mask: number): Facts | undefined {
  const known = classOf(facts, value);
  const left = known & mask;
  if (left === 0) return undefined;
  if (left === known) return facts;
  const classes = new Map(facts.classes);
  classes.set(value.id, { value, mask: left });
  const narrowed = { classes, truths: facts.truths };
  // container_of() of NULL, as people write it: `dev ? to_foo(dev) : NULL`, tested afterwards.
  const { node } = value;
  return left === ZERO && node.k === 'at' && node.path.every((step) => step.startsWith('-')) ? narrow(narrowed, node.base, ZERO) : narrowed;
}

/** Is anything known of the value itself? */
export function isKnown({ classes, truths }: Facts, value: Value): boolean {
  if (classes.has(value.id)) return true;
  for (const { left, right } of truths.values()) if (left === value || right === value) return true;
  return false;
}

/** The facts without what is known of the value itself. */
export function forget(facts: Facts, value: Value): Facts {
  if (!isKnown(facts, value)) return facts;
  return {
    classes: new Map([...facts.classes].filter(([id]) => id !== value.id)),
    truths: new Map([...facts.truths].filter(([, { left, right }]) => left !== value && right !== value)),
  };
}

/** The facts with a comparison known to hold or not; undefined if that contradicts them. */
export function assume(facts: Facts, left: Value, operator: string, right: Value, holds: boolean): Facts | undefined {
  const canonical = canonicalComparison(left, operator, right, holds);
  const key = `${canonical.left.id}${canonical.operator}${canonical.right.id}`;
  const known = facts.truths.get(key);
  if (known) return known.holds === canonical.holds ? facts : undefined;
  const truths = new Map(facts.truths);
  truths.set(key, canonical);
  return { classes: facts.classes, truths };
}

export function truthOf(facts: Facts, left: Value, operator: string, right: Value): boolean | undefined {
  const canonical = canonicalComparison(left, operator, right, true);
  const known = facts.truths.get(`${canonical.left.id}${canonical.operator}${canonical.right.id}`);
  return known && (known.holds === canonical.holds);
}

/** Only `==` and `<` remain, with the smaller id on the left of `==`. */
function canonicalComparison(left: Value, operator: string, right: Value, holds: boolean) {
  switch (operator) {
    case '!=':
      return ordered(left, right, !holds);
    case '==':
      return ordered(left, right, holds);
    case '>':
      return { left: right, operator: '<', right: left, holds };
    case '<=':
      return { left: right, operator: '<', right: left, holds: !holds };
    case '>=':
      return { left, operator: '<', right, holds: !holds };
    default:
      return { left, operator, right, holds };
  }
}

function ordered(left: Value, right: Value, holds: boolean) {
  return left.id <= right.id ? { left, operator: '==', right, holds } : { left: right, operator: '==', right: left, holds };
}

/** What holds on both. */
export function joinFacts(one: Facts, other: Facts): Facts {
  if (one === other) return one;
  const classes = new Map<number, { value: Value; mask: number }>();
  for (const [id, { value, mask }] of one.classes) {
    const also = other.classes.get(id);
    if (also) classes.set(id, { value, mask: mask | also.mask });
  }
  const truths = new Map<string, { left: Value; operator: string; right: Value; holds: boolean }>();
  for (const [key, truth] of one.truths) {
    if (other.truths.get(key)?.holds === truth.holds) truths.set(key, truth);
  }
  return { classes, truths };
}
