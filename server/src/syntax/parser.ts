// The only place that knows tree-sitter. Parses one normalised slice (a function, a struct, a declaration) at a time.

import Parser from 'tree-sitter';
import type { Language, SyntaxNode } from 'tree-sitter';
import C from 'tree-sitter-c';

export type { SyntaxNode } from 'tree-sitter';

let parser: Parser | undefined;

/**
 * The `translation_unit` of a normalised slice. Offsets (`startIndex`, `endIndex`) are UTF-16 code units from the
 * slice's start. Never fails: what cannot be parsed holds ERROR or MISSING nodes. Native memory is released only
 * when the event loop turns: a loop over many files yields every 8 to 16 of them.
 */
export function parseSlice(normalised: string): SyntaxNode {
  if (parser === undefined) {
    parser = new Parser();
    parser.setLanguage(C as unknown as Language);
  }
  // The buffer must hold the whole text: the default is too small for the largest tables.
  return parser.parse(normalised, undefined, { bufferSize: Math.max(32768, normalised.length * 2 + 2) }).rootNode;
}

export interface ParseError {
  /** UTF-16 code units from the slice's start. */
  readonly start: number;
  readonly end: number;
  /** `ERROR`, or what is missing: `MISSING ;`. */
  readonly kind: string;
}

/** The first ERROR or MISSING node in reading order, undefined when the text parsed without one. */
export function hasError(node: SyntaxNode): ParseError | undefined {
  if (!node.hasError) return undefined;
  if (node.isError) return { start: node.startIndex, end: node.endIndex, kind: 'ERROR' };
  if (node.isMissing) return { start: node.startIndex, end: node.endIndex, kind: `MISSING ${node.type}` };
  for (const child of node.children) {
    const found = hasError(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
