// What the token parsers yield: C statements and expressions with their side effects still inside.

import type { Span } from '../base/span.ts';
import type { CType } from './ir.ts';

export type Ast =
  | { readonly kind: 'name'; readonly name: string; readonly at: Span }
  | { readonly kind: 'number'; readonly value: number; readonly at: Span }
  | { readonly kind: 'string'; readonly at: Span }
  | { readonly kind: 'field'; readonly base: Ast; readonly name: string; readonly arrow: boolean; readonly at: Span }
  | { readonly kind: 'index'; readonly base: Ast; readonly index: Ast; readonly at: Span }
  | { readonly kind: 'call'; readonly callee: Ast; readonly args: readonly Ast[]; readonly argTexts: readonly string[]; readonly at: Span }
  /** `*` `&` `-` `+` `~` `!` */
  | { readonly kind: 'unary'; readonly operator: string; readonly arg: Ast; readonly at: Span }
  | { readonly kind: 'step'; readonly operator: '+' | '-'; readonly prefix: boolean; readonly arg: Ast; readonly at: Span }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Ast; readonly right: Ast; readonly at: Span }
  | { readonly kind: 'logic'; readonly operator: '&&' | '||'; readonly left: Ast; readonly right: Ast; readonly at: Span }
  /** `then` is absent in GNU `a ?: b`. */
  | { readonly kind: 'choose'; readonly condition: Ast; readonly then?: Ast; readonly otherwise: Ast; readonly at: Span }
  /** `operator` is empty for a plain `=`, else `+`, `|`, ... */
  | { readonly kind: 'assign'; readonly operator: string; readonly target: Ast; readonly value: Ast; readonly at: Span }
  | { readonly kind: 'comma'; readonly left: Ast; readonly right: Ast; readonly at: Span }
  | { readonly kind: 'cast'; readonly type: CType; readonly arg: Ast; readonly at: Span }
  /** `({ ... })`, or a statement given as a macro's argument. */
  | { readonly kind: 'statements'; readonly body: readonly Statement[]; readonly isArgument?: true; readonly at: Span }
  | { readonly kind: 'literal'; readonly type: CType; readonly entries: readonly Entry[]; readonly at: Span }
  | { readonly kind: 'list'; readonly entries: readonly Entry[]; readonly at: Span }
  | { readonly kind: 'type'; readonly type: CType; readonly at: Span }
  | { readonly kind: 'label'; readonly name: string; readonly at: Span }
  | { readonly kind: 'unknown'; readonly at: Span };

/** One entry of an initialiser list. An empty path is positional. */
export interface Entry {
  readonly path: readonly (string | { readonly index: Ast })[];
  readonly value: Ast;
  /** Source text of the value, trimmed. */
  readonly text: string;
}

export interface Declared {
  readonly name: string;
  readonly type: CType;
  readonly isStatic: boolean;
  /** Declares a function or an `extern`: no storage here. */
  readonly elsewhere: boolean;
  readonly value?: Ast;
  /** The name in `__free(name)`. */
  readonly free?: string;
  readonly at: Span;
}

export interface ConfigBranch {
  readonly atoms: readonly string[];
  readonly body: readonly Statement[];
}

export type Statement =
  | { readonly kind: 'expression'; readonly value: Ast; readonly isStatic?: boolean; readonly at: Span }
  | { readonly kind: 'declaration'; readonly declared: readonly Declared[]; readonly at: Span }
  | { readonly kind: 'block'; readonly body: readonly Statement[]; readonly at: Span }
  /** Statements without a scope of their own: a label and what it labels. */
  | { readonly kind: 'sequence'; readonly body: readonly Statement[]; readonly at: Span }
  | { readonly kind: 'if'; readonly condition: Ast; readonly then: Statement; readonly otherwise?: Statement; readonly at: Span }
  | { readonly kind: 'while'; readonly condition: Ast; readonly body: Statement; readonly at: Span }
  | { readonly kind: 'do'; readonly condition: Ast; readonly body: Statement; readonly at: Span }
  | { readonly kind: 'for'; readonly init?: Statement; readonly condition?: Ast; readonly step?: Ast; readonly body: Statement; readonly at: Span }
  /** `name(args) body`: a loop macro, scoped_guard() and the like. `at` is the head, not the body. */
  | { readonly kind: 'macro'; readonly name: string; readonly args: readonly Ast[]; readonly argTexts: readonly string[]; readonly body: Statement; readonly at: Span }
  | { readonly kind: 'switch'; readonly value: Ast; readonly body: Statement; readonly at: Span }
  | { readonly kind: 'case'; readonly low: Ast; readonly high?: Ast; readonly at: Span }
  | { readonly kind: 'default'; readonly at: Span }
  | { readonly kind: 'label'; readonly name: string; readonly at: Span }
  | { readonly kind: 'goto'; readonly name: string; readonly at: Span }
  /** `goto *p` (to any label whose address is taken) or asm goto (to its labels, or on). */
  | { readonly kind: 'goto-any'; readonly labels?: readonly string[]; readonly falls: boolean; readonly at: Span }
  | { readonly kind: 'break'; readonly at: Span }
  | { readonly kind: 'continue'; readonly at: Span }
  | { readonly kind: 'return'; readonly value?: Ast; readonly at: Span }
  /** `#if` around whole statements. `exhaustive`: there is an `#else`. */
  | { readonly kind: 'config'; readonly branches: readonly ConfigBranch[]; readonly exhaustive: boolean; readonly at: Span };
