// What the client and the server say to each other beyond standard LSP, and the rules that both know by name.
// Everything here is sugar: without it the diagnostics, hovers and fixes work all the same.

import type { RuleId } from '../../server/src/ide/finding.ts';

/** `diagnostic.source` of every finding. */
export const SOURCE = 'kreflens';

/** Request params of `kreflens/race` and `kreflens/why`: a document and a place in it, as in `textDocument/hover`. */
export interface PlaceParams {
  readonly textDocument: { readonly uri: string };
  /** 0-based, UTF-16. */
  readonly position: { readonly line: number; readonly character: number };
}

/** Answer to `kreflens/why`, and the least that `kreflens/race` answers; null where there is nothing to say. */
export type TextAnswer = { readonly text: string } | null;

/** Answer to `kreflens/race`: the diagram as text, and what it was printed from. */
export type RaceAnswer = {
  readonly text: string;
  /** The finding's message. */
  readonly title: string;
  /** In the order in which they happen; absent: one CPU is enough. */
  readonly steps?: readonly RaceStep[];
} | null;

export interface RaceStep {
  readonly cpu: 0 | 1;
  /** Nesting of calls; 0 is the outermost function. */
  readonly depth: number;
  readonly kind: 'enter' | 'call' | 'lock' | 'unlock' | 'note' | 'wrong';
  readonly text: string;
  /** What it does to the object's count: `count 1 -> 0`. */
  readonly effect?: string;
  /** Locks that its CPU holds during the step. */
  readonly held: readonly string[];
  /** References to the object after the step. */
  readonly count: number | 'freed';
  readonly uri?: string;
  /** Relative to the kernel tree. */
  readonly file?: string;
  /** 0-based. */
  readonly line?: number;
}

/** Answer to `kreflens/changelog`: texts for a commit about the function there, and the finding if there is one. */
export type ChangelogAnswer = {
  /** Draft of a commit message. */
  readonly text?: string;
  readonly function: string;
  /** A line for its kernel-doc. */
  readonly context: string;
  /** Statements for the start of its body. */
  readonly assertions: readonly string[];
} | null;

/** An entry of the answer to `kreflens/registries`: an index of counted objects, and all that is done with them. */
export interface Registry {
  readonly name: string;
  /** The class of the objects in it; empty: not known. */
  readonly object: string;
  readonly lookups: readonly RegistryPlace[];
  readonly gets: readonly RegistryPlace[];
  readonly puts: readonly RegistryPlace[];
  readonly unlinks: readonly RegistryPlace[];
}

export interface RegistryPlace {
  readonly uri: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly function: string;
  readonly held: readonly string[];
  /** The call, as it is written. */
  readonly text: string;
}

/** Params of the `kreflens/status` notification: what the server is doing, and what it could not do (its gaps). */
export interface StatusParams {
  readonly state: string;
  readonly detail?: string;
}

/** The record's type makes the compiler name a rule that was added to the engine and forgotten here. */
const RULE_TITLES: Readonly<Record<RuleId, string>> = {
  'final-put-outside-lookup-lock': 'the last put runs without the lock that the lookup holds',
  'unlink-deferred-past-lock': 'the lock is held at the put, but the object leaves the list later',
  'teardown-while-shared': 'an object is torn down while others may hold a reference',
  'lookup-get-outside-lock': 'an object is found under a lock, and its reference taken without it',
  'ref-leak': 'a reference is never dropped',
  'ref-overput': 'a reference is dropped that was not taken',
  'use-after-put': 'an object is used after its reference was dropped',
  'lock-imbalance': 'a lock is still held, or dropped though not held, on some way out',
  'double-lock': 'a lock is taken while already held',
  'lock-order-inversion': 'two locks are taken in both orders',
  'sleep-under-spinlock': 'something that may sleep is called under a spinlock',
};

export const RULES: readonly { readonly id: string; readonly title: string }[] =
  Object.entries(RULE_TITLES).map(([id, title]) => ({ id, title }));
