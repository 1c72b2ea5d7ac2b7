// Macros expanded in place: the text is put in, read like any other and lowered where the call stands.

import type { Span } from '../base/span.ts';
import type { Ast, Statement } from './ast.ts';
import { lowerStatements } from './control.ts';
import { substitute } from './substitute.ts';
import { parseExpression } from './expression.ts';
import type { Expr } from './ir.ts';
import { atEnd } from './reader.ts';
import { maximumExpansion, maximumExpansions, note, textReader, unknown } from './state.ts';
import type { Lowering } from './state.ts';
import { parseStatements } from './statement.ts';
import { value } from './value.ts';

export const isExpandable = (state: Lowering, name: string): boolean =>
  state.expanding.length < maximumExpansion && !state.expanding.includes(name) && state.macros.expands(name);

/** A macro such as FOO_INIT(x) that stands for an initialiser list, or for entries of one, does nothing at run time. */
export function isInitialiser(state: Lowering, name: string): boolean {
  return /^(?:\(\s*\w+(?:\s+\w+)?\s*\)\s*)?\{|^[.,]/.test(state.macros.find(name)?.body ?? '');
}

/**
 * Puts a macro's body in place of its call. The value of a body that is no expression is unknown; undefined if there
 * is no definition that fits.
 */
export function expand(state: Lowering, name: string, argTexts: readonly string[], at: Span): Expr | undefined {
  const macro = state.macros.find(name);
  const text = macro && substitute(macro, argTexts);
  if (text === undefined || text === '') return undefined;
  if (++state.expansions > maximumExpansions) {
    if (state.expansions === maximumExpansions + 1) note(state, 'budget', at, `more than ${maximumExpansions} macro expansions: the rest stay calls`);
    return undefined;
  }
  const outer = state.expanding;
  state.expanding = [...outer, name];
  try {
    const read = readExpansion(state, macro?.body.includes('##') === true ? withOperators(state, text) : text, at);
    if (read === undefined) {
      note(state, 'parse', at, `the body of the macro ${name}() could not be read`);
      return undefined;
    }
    if ('expression' in read) return value(state, read.expression);
    lowerStatements(state, read.body);
    return unknown;
  } finally {
    state.expanding = outer;
  }
}

function readExpansion(state: Lowering, text: string, at: Span): { readonly expression: Ast } | { readonly body: readonly Statement[] } | undefined {
  const reader = textReader(state, text, at);
  const expression = parseExpression(reader);
  if (atEnd(reader) && reader.lost.length === 0) return { expression };
  const again = textReader(state, text, at);
  const body = parseStatements(again);
  return atEnd(again) && again.lost.length === 0 ? { body } : undefined;
}

/** A pasted word may name a macro that is an operator: the kernel's min() compares by `__cmp_op_##op`. */
const withOperators = (state: Lowering, text: string): string =>
  text.replace(/[A-Za-z_]\w*/g, (word) => {
    const macro = state.macros.find(word);
    return macro?.params === undefined && /^[<>=!&|+*/%^-]+$/.test(macro?.body ?? '') ? macro?.body ?? word : word;
  });
