// What happens on one way through a function, in the order in which it happens.

import type { Gap } from '../base/gap.ts';
import type { LockMode } from '../kernel/schema.ts';
import type { Value } from '../domain/value.ts';
import type { Facts } from '../domain/facts.ts';

/** One step of a call chain: a place in a function. `at` names it so that edits elsewhere leave it true: see lower/labels.ts. */
export interface Site {
  readonly file: string;
  readonly function: string;
  readonly at: string;
}

/** A lock held: `id` tells one critical section from the next on the same lock. */
export interface Hold {
  readonly lock: Value;
  readonly mode: LockMode;
  readonly id: string;
}

interface Happening {
  /** From the function whose summary this is in, down to the primitive. Never empty. */
  readonly chain: readonly Site[];
  /** Locks held, in the order taken; those of the callers come on top. */
  readonly held: readonly Hold[];
  /** Locks that this function had dropped for its caller by then. */
  readonly dropped: readonly Value[];
  /** Only when this configuration atom holds (`CONFIG_X`, `!CONFIG_X`). */
  readonly config?: string;
}

/** What a put does when it was the last one: the effects of the release. */
export interface LastEffects {
  readonly effects: readonly Effect[];
  /** Locks that the release takes by itself. */
  readonly takes: readonly Value[];
}

export type Effect =
  | (Happening & { readonly do: 'lock' | 'unlock'; readonly lock: Value; readonly mode: LockMode })
  /** `references`: what the count starts with, where that is not one. */
  | (Happening & { readonly do: 'init'; readonly count: Value; readonly references?: number })
  | (Happening & { readonly do: 'get'; readonly count: Value; readonly checked: boolean })
  | (Happening & {
      readonly do: 'put';
      readonly count: Value;
      /** 'zero': on this way it was the last; 'nonzero': it was not; 'never': a bare decrement; undefined: either. */
      readonly outcome: 'zero' | 'nonzero' | 'never' | 'either';
      readonly last: LastEffects;
    })
  /** `link`: `struct foo.node`, the member that links the item. */
  | (Happening & { readonly do: 'publish'; readonly item: Value; readonly link: string; readonly into: Value })
  | (Happening & { readonly do: 'unlink'; readonly item: Value | undefined; readonly link: string; readonly from: Value | undefined; readonly replaced?: true })
  | (Happening & { readonly do: 'find'; readonly element: Value })
  | (Happening & { readonly do: 'write'; readonly place: Value; readonly value: Value; readonly before: Value | undefined })
  /** The object's release, or some callback on it, runs later and without these locks. */
  | (Happening & { readonly do: 'defer'; readonly object: Value; readonly how: 'rcu' | 'work' | 'timer'; readonly effects: readonly Effect[] })
  | (Happening & { readonly do: 'grace' })
  | (Happening & { readonly do: 'free'; readonly object: Value });

/** What a way through the function found out about an object by testing it. */
export type Mark =
  /** The object is (not) a member of the registry whose container has this type-level name. */
  | { readonly mark: 'member' | 'not-member'; readonly value: Value; readonly container: string }
  /** The counter was seen to be exactly one (`exclusive`), or something else (`shared`), with these locks held. */
  | { readonly mark: 'exclusive' | 'shared'; readonly count: Value; readonly held: readonly Hold[] }
  /** A test on the object's own content decided. */
  | { readonly mark: 'examined'; readonly value: Value };

/** One way through a function, as its callers see it. */
export interface Outcome {
  /** What holds on entry for this outcome, whatever way leads to it. */
  readonly facts: Facts;
  /** The same, way by way, each with the classes of its result, where there are few: one of them holds. Empty: not told apart. */
  readonly cases: readonly { readonly facts: Facts; readonly returnClass: number }[];
  /** The result is a number: zero and other than zero are worth telling apart. */
  readonly scalar: boolean;
  readonly effects: readonly Effect[];
  readonly marks: readonly Mark[];
  /** Locks held at the end that were not held at the start, and the other way round. */
  readonly taken: readonly Hold[];
  readonly dropped: readonly Value[];
  /** Contents of places at the end, where they differ from the start; only places the caller knows. */
  readonly writes: readonly { readonly place: Value; readonly value: Value }[];
  readonly returns: Value | undefined;
  /** Possible classes of the returned value: see domain/facts.ts. */
  readonly returnClass: number;
}

export interface Summary {
  readonly outcomes: readonly Outcome[];
  /** There was more to tell than is told: what the function does to what it is given is not all here. */
  readonly rough: boolean;
  /** Locks that are taken and dropped again inside, over all ways through. */
  readonly balanced: readonly Hold[];
  /** Locks that the function says its caller must hold. */
  readonly requires: readonly Value[];
  /** Places that get numbers on some way: what the caller knew of them holds no longer. */
  readonly scribbled: readonly Value[];
  readonly maySleep: boolean;
  readonly gaps: readonly Gap[];
}
