// What a file holds at its top level, found by tokens alone (no parse): enough to know where each thing is,
// so that only the slices that are asked for get parsed.

import type { Span } from '../base/span.ts';

export interface FunctionItem {
  readonly kind: 'function';
  readonly name: string;
  /** Storage class, return type, name, parameters and body. */
  readonly span: Span;
  readonly nameSpan: Span;
  readonly bodySpan: Span;
  readonly isStatic: boolean;
  readonly isInline: boolean;
  /** Identifiers directly followed by `(` within the body, each once, sorted. */
  readonly calls: readonly string[];
  /** CONFIG atoms of the #if branches it stands in. */
  readonly config: readonly string[];
}

export interface MacroItem {
  readonly kind: 'macro';
  readonly name: string;
  /** undefined for an object-like macro; a variadic last parameter is `...` or `name...`. */
  readonly params: readonly string[] | undefined;
  /** Continuation lines joined, comments and surrounding space removed. */
  readonly body: string;
  readonly span: Span;
}

export interface StructItem {
  readonly kind: 'struct';
  /** As in StructDef. */
  readonly name: string;
  readonly span: Span;
}

export interface VariableItem {
  readonly kind: 'variable';
  readonly name: string;
  readonly span: Span;
  readonly nameSpan: Span;
  readonly isStatic: boolean;
  /** Has an initialiser in braces (an ops table, say). */
  readonly hasBraces: boolean;
  /** `static DEFINE_MUTEX(x)`, `LIST_HEAD(x)`, `DEFINE_IDR(x)`: the macro's name. */
  readonly definedBy?: string;
}

export interface PrototypeItem {
  readonly kind: 'prototype';
  readonly name: string;
  readonly span: Span;
}

export interface TypedefItem {
  readonly kind: 'typedef';
  readonly name: string;
  readonly span: Span;
}

export interface IncludeItem {
  readonly kind: 'include';
  /** `linux/kobject.h` or `base.h`. */
  readonly path: string;
  readonly quoted: boolean;
}

export type Item = FunctionItem | MacroItem | StructItem | VariableItem | PrototypeItem | TypedefItem | IncludeItem;
