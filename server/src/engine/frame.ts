// What every step of executing one function needs at hand.

import type { Span } from '../base/span.ts';
import type { Gap, GapKind } from '../base/gap.ts';
import type { Knowledge } from '../kernel/schema.ts';
import type { CType, FunctionIr } from '../lower/ir.ts';
import type { Code, FunctionRef } from '../program/code.ts';
import type { Hold, Site, Summary } from '../summary/effect.ts';
import type { Value, Values } from '../domain/value.ts';
import type { Flow } from './flow.ts';
import type { Typing } from './typing.ts';

/** A call by name, with the locks held there. */
export interface CallNote {
  readonly name: string;
  readonly span: Span;
  readonly held: readonly Hold[];
}

/** A field set to a number other than zero, with the locks held there. */
export interface FlagNote {
  readonly place: Value;
  readonly held: readonly Hold[];
}

/**
 * How a function is entered: by its name, as a callback that a primitive runs, through a table of operations, or
 * through one that holds releases.
 */
export type CallKind = 'call' | 'callback' | 'table' | 'release-table';

/** What the engine offers to the execution of a function. */
export interface Engine {
  readonly values: Values;
  readonly typing: Typing;
  readonly code: Code;
  readonly knowledge: Knowledge;
  /** The function that a name stands for here, if it is near enough to be followed. */
  calleeOf(name: string, kind: CallKind): FunctionRef | undefined;
  /** The summary of a callee; undefined while it is itself being computed (recursion), or past the budget. */
  summaryOf(ref: FunctionRef, kind: CallKind): Summary | undefined;
}

export interface Frame {
  readonly engine: Engine;
  readonly fn: FunctionIr;
  readonly flow: Flow;
  readonly localTypes: ReadonlyMap<string, CType>;
  /** Address of a local variable, of a parameter or of a temporary. */
  readonly local: (name: string) => Value;
  /** Tells this function's sites from those of others. */
  readonly siteOf: (span: Span) => Site;
  readonly siteKey: (span: Span, extra?: string) => string;
  readonly gap: (kind: GapKind, span: Span, detail: string) => void;
  /** Facts about the function as a whole, gathered on the way. */
  readonly notes: {
    maySleep: boolean;
    readonly balanced: Map<string, Hold>;
    readonly requires: Map<number, Value>;
    readonly gaps: Map<string, Gap>;
    /** Locks held at each call of a named function, once per place and set of locks. */
    readonly calls: Map<string, CallNote>;
    readonly flags: Map<string, FlagNote>;
    /** Places that callers can name and that get a number which is not followed. */
    readonly scribbled: Map<number, Value>;
    /** Locks held where a counter was read, by the reading's site. */
    readonly countReads: Map<string, readonly Hold[]>;
  };
}

/** Whose parameters and locals they are. */
export function scopeOf({ file, name }: FunctionIr): string {
  return `${file}:${name}`;
}

/** The type of a local or parameter, undefined for a global. */
export function localType(frame: Frame, name: string): CType | undefined {
  return frame.localTypes.get(name);
}

/** Begins the site of a value that stands for whatever was written last. */
export const SCRIBBLED = 'scribbled:';
