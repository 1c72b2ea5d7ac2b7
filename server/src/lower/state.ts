// What the lowering of one function carries along: scopes, blocks, names and the knowledge it asks.

import type { Span } from '../base/span.ts';
import type { GapKind } from '../base/gap.ts';
import type { Knowledge } from '../kernel/schema.ts';
import type { MacroItem } from '../syntax/items.ts';
import type { Statement } from './ast.ts';
import { parseArgument } from './expression.ts';
import type { Draft, Flow } from './flow.ts';
import { emit } from './flow.ts';
import type { CType, Expr, Local } from './ir.ts';
import { pure } from './pure.ts';
import { newReader } from './reader.ts';
import type { Names, Reader } from './reader.ts';
import { tokenise } from './tokens.ts';

export interface MacroSource {
  find(name: string): MacroItem | undefined;
  /** Should a call of this macro be expanded in place? */
  expands(name: string): boolean;
}

/** What runs when a scope is left; `_T` in the body stands for `subject`. */
export interface Cleanup {
  readonly body: readonly Statement[];
  readonly subject: Expr;
  readonly text: string;
  readonly at: Span;
}

export interface Scope {
  /** The statement that opened it, to tell which scopes a `goto` leaves. */
  readonly owner: Statement | undefined;
  readonly names: Map<string, Expr>;
  readonly cleanups: Cleanup[];
}

export interface Label {
  readonly block: Draft;
  /** Statements around it that open scopes; undefined if it was not seen before lowering. */
  readonly around: ReadonlySet<Statement> | undefined;
  /** Set once lowered: the scopes it stands in, with the cleanups declared so far in each. */
  inside?: ReadonlyMap<Scope, number>;
}

export interface Jump {
  readonly breakTo: Draft;
  readonly continueTo: Draft | undefined;
  /** Number of scopes outside. */
  readonly depth: number;
}

export interface Switch {
  readonly subject: Expr;
  readonly cases: { readonly low: Expr; readonly high?: Expr; readonly to: Draft; readonly at: Span }[];
  otherwise: Draft | undefined;
}

export interface Lowering {
  readonly file: string;
  readonly knowledge: Knowledge;
  readonly macros: MacroSource;
  readonly names: Names;
  readonly flow: Flow;
  readonly scopes: Scope[];
  readonly locals: Local[];
  /** How often each C name was declared so far. */
  readonly declared: Map<string, number>;
  readonly types: Map<string, CType>;
  readonly labels: Map<string, Label>;
  readonly addressTaken: readonly string[];
  readonly jumps: Jump[];
  readonly switches: Switch[];
  /** Macros being expanded, outermost first. */
  expanding: readonly string[];
  /** Bodies of loop macros that are being expanded, by placeholder. */
  readonly bodies: Map<string, () => void>;
  /** Set while the texts of a guard are lowered: what `_T` is in the source, and whether this is the scope's end. */
  generated: { readonly subject: string; readonly isCleanup: boolean } | undefined;
  temps: number;
  fresh: number;
  /** Macro expansions so far. */
  expansions: number;
  readonly gaps: { readonly kind: GapKind; readonly at: Span; readonly detail: string }[];
}

/** C's own limit is none; deeper nests are taken as calls. */
export const maximumExpansion = 5;
/** Expansions of one function: nested min() and the like multiply their arguments. */
export const maximumExpansions = 1000;

export const unknown: Expr = { op: 'unknown' };
export const zero: Expr = { op: 'number', value: 0 };
export const noType: CType = { name: '', pointers: 0 };

export function pushScope(state: Lowering, owner: Statement | undefined): Scope {
  const scope: Scope = { owner, names: new Map(), cleanups: [] };
  state.scopes.push(scope);
  return scope;
}

export function lookUp(state: Lowering, name: string): Expr | undefined {
  for (let i = state.scopes.length - 1; i >= 0; i--) {
    const found = state.scopes[i]?.names.get(name);
    if (found) return found;
  }
  return undefined;
}

/** Declares a local in the innermost scope; the second `x` of a function becomes `x#2`. */
export function declare(state: Lowering, name: string, type: CType, isStatic = false): Expr {
  const count = (state.declared.get(name) ?? 0) + 1;
  state.declared.set(name, count);
  const unique = count === 1 ? name : `${name}#${count}`;
  state.locals.push({ name: unique, type, ...(isStatic ? { isStatic: true } : {}) });
  state.types.set(unique, type);
  const expr: Expr = { op: 'name', name: unique };
  state.scopes[state.scopes.length - 1]?.names.set(name, expr);
  return expr;
}

/** A local of the lowering's own; `$` begins no kernel identifier. */
export function freshLocal(state: Lowering, type: CType): Expr {
  const name = `$${++state.fresh}`;
  state.locals.push({ name, type });
  state.types.set(name, type);
  return { op: 'name', name };
}

export function store(state: Lowering, target: Expr, value: Expr, at: Span): void {
  emit(state.flow, { op: 'set', target, value, at });
}

/** Puts a value into a local, so that later effects do not change it. */
export function keep(state: Lowering, value: Expr, at: Span): Expr {
  if (value.op === 'temp' || value.op === 'number' || value.op === 'string' || value.op === 'unknown') return value;
  if (value.op === 'name' && value.name.startsWith('$')) return value;
  const local = freshLocal(state, typeOf(state, value) ?? noType);
  store(state, local, value, at);
  return local;
}

/** The type of a lowered expression where locals and casts tell it. */
export function typeOf(state: Lowering, expr: Expr): CType | undefined {
  switch (expr.op) {
    case 'name':
      return state.types.get(expr.name);
    case 'cast':
      return expr.type;
    case 'container':
      return { name: expr.type.name, pointers: expr.type.pointers + 1 };
    case 'addr': {
      const type = typeOf(state, expr.of);
      return type && { name: type.name, pointers: type.pointers + 1 };
    }
    case 'deref': {
      const type = typeOf(state, expr.pointer);
      return type && type.pointers > 0 && type.callable !== true ? { name: type.name, pointers: type.pointers - 1 } : undefined;
    }
    case 'index': {
      const type = typeOf(state, expr.base);
      if (!type) return undefined;
      if (type.array === true) return { name: type.name, pointers: type.pointers };
      return type.pointers > 0 ? { name: type.name, pointers: type.pointers - 1 } : undefined;
    }
    default:
      return undefined;
  }
}

/** A type with typeof() of a local replaced by the local's type; other types as they are. */
export function resolveType(state: Lowering, type: CType): CType {
  const operand = /^typeof\((.*)\)$/s.exec(type.name)?.[1];
  if (operand === undefined) return type;
  const reader = textReader(state, operand, { start: 0, end: 0 });
  const parsed = parseArgument(reader);
  const found = parsed.kind === 'type' ? resolveType(state, parsed.type) : typeOf(state, pure(parsed, (name) => lookUp(state, name) ?? { op: 'name', name }));
  if (!found) return type;
  return { ...found, pointers: found.pointers + type.pointers, ...(type.array === true ? { array: true } : {}) };
}

/** A reader of generated text: everything in it stands at `at` of the file. */
export function textReader(state: Lowering, text: string, at: Span): Reader {
  return newReader(text, tokenise(text), state.names, () => at);
}

export const note = (state: Lowering, kind: GapKind, at: Span, detail: string): void => void state.gaps.push({ kind, at, detail });
