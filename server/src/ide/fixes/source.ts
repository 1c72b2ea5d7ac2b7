// A function's text with its parse: where statements and blocks begin and end, for edits that keep them whole.

import type { Span } from '../../base/span.ts';
import type { Code, FunctionRef } from '../../program/code.ts';
import { learn, type Catalogue } from '../../syntax/catalogue.ts';
import type { MacroItem } from '../../syntax/items.ts';
import { normalise } from '../../syntax/normalise.ts';
import { hasError, parseSlice, type SyntaxNode } from '../../syntax/parser.ts';

export type { SyntaxNode } from '../../syntax/parser.ts';

export interface FunctionSource {
  readonly ref: FunctionRef;
  /** Of the whole file. */
  readonly text: string;
  readonly root: SyntaxNode;
}

/** undefined: the parser does not understand all of the function, so that no edit of it would be safe. */
export function functionSource(code: Code, ref: FunctionRef, text: string): FunctionSource | undefined {
  const slice = text.slice(ref.item.span.start, ref.item.span.end);
  const root = parseSlice(normalise(slice, catalogueFor(code, ref.file, slice)));
  return hasError(root) ? undefined : { ref, text, root };
}

/** Macros lead to others at most this deep before one of them opens a loop. */
const MACRO_DEPTH = 3;

function catalogueFor(code: Code, file: string, slice: string): Catalogue {
  const macros = new Map<string, MacroItem>();
  let texts: readonly string[] = [slice];
  for (let depth = 0; depth < MACRO_DEPTH && texts.length > 0; depth += 1) {
    const found: string[] = [];
    for (const name of new Set(texts.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []))) {
      const macro = macros.has(name) ? undefined : code.macro(name, file);
      if (!macro) continue;
      macros.set(name, macro);
      found.push(macro.body);
    }
    texts = found;
  }
  return learn(macros.values());
}

export function nodeAt(source: FunctionSource, span: Span): SyntaxNode {
  const base = source.ref.item.span.start;
  return source.root.descendantForIndex(span.start - base, Math.max(span.start, span.end - 1) - base);
}

/** In the file's text. */
export function spanOf(source: FunctionSource, node: SyntaxNode): Span {
  const base = source.ref.item.span.start;
  return { start: node.startIndex + base, end: node.endIndex + base };
}

export function textOf(source: FunctionSource, node: SyntaxNode): string {
  const { start, end } = spanOf(source, node);
  return source.text.slice(start, end);
}

const STATEMENT = /_statement$|^declaration$/;

/** The innermost statement around a place. */
export function statementAt(source: FunctionSource, span: Span): SyntaxNode | undefined {
  return ancestor(nodeAt(source, span), (node) => STATEMENT.test(node.type) && node.type !== 'compound_statement');
}

/** The innermost call whose own text begins at the place, or is around it. */
export function callAt(source: FunctionSource, span: Span): SyntaxNode | undefined {
  return ancestor(nodeAt(source, span), (node) => node.type === 'call_expression');
}

export function ancestor(node: SyntaxNode | null, is: (node: SyntaxNode) => boolean): SyntaxNode | undefined {
  for (let at = node; at !== null; at = at.parent) if (is(at)) return at;
  return undefined;
}

/** The statement of `block` that holds `node`. */
export function childOf(block: SyntaxNode, node: SyntaxNode): SyntaxNode | undefined {
  return ancestor(node, (at) => at.parent !== null && at.parent.id === block.id);
}

/** What stands in a block, comments aside. */
export function statementsOf(block: SyntaxNode): readonly SyntaxNode[] {
  return block.namedChildren.filter(({ type }) => type !== 'comment');
}

/** All nodes below, itself included, in reading order. */
export function descendants(node: SyntaxNode): SyntaxNode[] {
  return [node, ...node.namedChildren.flatMap(descendants)];
}

export interface CallParts {
  readonly name: string;
  readonly nameSpan: Span;
  readonly args: readonly { readonly text: string; readonly span: Span; readonly node: SyntaxNode }[];
  /** Before the closing parenthesis. */
  readonly end: number;
}

export function callParts(source: FunctionSource, call: SyntaxNode): CallParts | undefined {
  const name = call.childForFieldName('function');
  const list = call.childForFieldName('arguments');
  if (name?.type !== 'identifier' || !list) return undefined;
  return {
    name: textOf(source, name), nameSpan: spanOf(source, name), end: spanOf(source, list).end - 1,
    args: list.namedChildren.filter((node) => node.type !== 'comment')
      .map((node) => ({ node, text: textOf(source, node), span: spanOf(source, node) })),
  };
}

/** A node's text with other texts for some of its names. */
export function substituted(source: FunctionSource, node: SyntaxNode, given: ReadonlyMap<string, string>): string {
  const whole = spanOf(source, node);
  return descendants(node).filter((each) => each.type === 'identifier').toReversed().reduce((text, each) => {
    const span = spanOf(source, each);
    const name = source.text.slice(span.start, span.end);
    return text.slice(0, span.start - whole.start) + (given.get(name) ?? name) + text.slice(span.end - whole.start);
  }, textOf(source, node));
}
