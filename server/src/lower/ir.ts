// The lowered form of one function: blocks of simple instructions over expression trees.
// All control flow inside expressions (&&, ||, ?:, statement expressions, calls) has been turned into blocks and
// temporaries, so that evaluating an `Expr` has no side effect.

import type { Span } from '../base/span.ts';
import type { Gap } from '../base/gap.ts';

/** A C type as far as effects need it. `struct foo *` is { name: 'struct foo', pointers: 1 }; typedef names stay as spelled. */
export interface CType {
  readonly name: string;
  readonly pointers: number;
  /** True for arrays (then `pointers` counts the element's). */
  readonly array?: boolean;
  /** For a pointer to function (or an array of them): the type's own spelling is not kept. */
  readonly callable?: boolean;
}

export type Expr =
  /** A local (unique within the function: a shadowing inner `x` is spelled `x#2`), parameter, global or function. */
  | { readonly op: 'name'; readonly name: string }
  /** The result of the call instruction with that number. */
  | { readonly op: 'temp'; readonly id: number }
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'string' }
  /** `base.name`; `p->name` is the field of a deref. `base` is an lvalue. */
  | { readonly op: 'field'; readonly base: Expr; readonly name: string }
  | { readonly op: 'deref'; readonly pointer: Expr }
  | { readonly op: 'index'; readonly base: Expr; readonly index: Expr }
  | { readonly op: 'addr'; readonly of: Expr }
  /** '-' '~' '!' */
  | { readonly op: 'unary'; readonly operator: string; readonly arg: Expr }
  /** Arithmetic, bit and comparison operators; never && or ||. */
  | { readonly op: 'binary'; readonly operator: string; readonly left: Expr; readonly right: Expr }
  | { readonly op: 'cast'; readonly type: CType; readonly arg: Expr }
  /** container_of(pointer, type, member) and its spellings (list_entry, rb_entry, hlist_entry, ...). `member` may be a path `a.b`. */
  | { readonly op: 'container'; readonly pointer: Expr; readonly type: CType; readonly member: string }
  /** What has no bearing on locks and references, or could not be lowered. */
  | { readonly op: 'unknown' };

export type Callee =
  | { readonly kind: 'direct'; readonly name: string }
  /** A call through a pointer: `dev->release(dev)` has the field expression here. */
  | { readonly kind: 'indirect'; readonly pointer: Expr };

export type Instruction =
  | {
      readonly op: 'call';
      /** Number of the temporary that holds the result. */
      readonly temp: number;
      readonly callee: Callee;
      readonly args: readonly Expr[];
      /** The arguments' own source text, trimmed: macros take member names, types and flags. */
      readonly argTexts: readonly string[];
      readonly at: Span;
      /** True for a call made by leaving a scope (guard(), __free()); `at` is then the declaration. */
      readonly cleanup?: boolean;
    }
  | { readonly op: 'set'; readonly target: Expr; readonly value: Expr; readonly at: Span };

export type Terminator =
  | { readonly op: 'goto'; readonly to: number }
  | { readonly op: 'branch'; readonly condition: Expr; readonly then: number; readonly else: number; readonly at: Span }
  /**
   * The head of a macro loop that the kernel knowledge describes (list_for_each_entry, idr_for_each_entry, ...):
   * `body` with the cursor set to an element, `exit` when there is none left. The body jumps back here.
   */
  | {
      readonly op: 'iterate';
      readonly macro: string;
      readonly args: readonly Expr[];
      readonly argTexts: readonly string[];
      readonly body: number;
      readonly exit: number;
      readonly at: Span;
    }
  | { readonly op: 'return'; readonly value?: Expr; readonly at: Span }
  /** Control never gets here (BUG(), unreachable()). */
  | { readonly op: 'stop' };

export interface Block {
  readonly id: number;
  readonly instructions: readonly Instruction[];
  readonly terminator: Terminator;
  /** Configuration atoms (`CONFIG_X`, `!CONFIG_X`) of the #if branches that this block stands in, outermost first. */
  readonly config?: readonly string[];
}

export interface Local {
  readonly name: string;
  readonly type: CType;
  /** A `static` local: one object for all calls. */
  readonly isStatic?: true;
}

export interface FunctionIr {
  readonly name: string;
  readonly file: string;
  /** Of the whole definition in the file's text. */
  readonly span: Span;
  readonly nameSpan: Span;
  readonly isStatic: boolean;
  readonly isInline: boolean;
  readonly returnType: CType;
  readonly params: readonly Local[];
  readonly locals: readonly Local[];
  /** Block 0 is the entry. Ids equal indices. */
  readonly blocks: readonly Block[];
  /** Locks named by sparse annotations on the definition: __must_hold(x), __acquires(x), __releases(x). */
  readonly annotations: readonly { readonly kind: 'must_hold' | 'acquires' | 'releases'; readonly text: string }[];
  readonly gaps: readonly Gap[];
}

export interface StructField {
  readonly name: string;
  readonly type: CType;
}

/** Fields of anonymous inner structs and unions are listed as the outer struct's own. */
export interface StructDef {
  /** `struct foo` or `union foo`, or the typedef's name for an anonymous one. */
  readonly name: string;
  readonly fields: readonly StructField[];
}
