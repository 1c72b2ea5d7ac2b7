// The only place that knows tree-sitter. Parses one normalised slice (a function, a struct, a declaration) at a time:
// with the native parser where it loads, with the WebAssembly one where a composition root asked for that at its start.

import type { Language } from 'tree-sitter';
import { copyTree } from './tree-copy.ts';

/** A node of the syntax tree: what both parsers can tell. Offsets are UTF-16 code units from the slice's start. */
export interface SyntaxNode {
  /** Different for different nodes of a tree. */
  readonly id: number;
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  /** Of the normalised slice. */
  readonly text: string;
  /** It, or something below it, is an ERROR or MISSING node. */
  readonly hasError: boolean;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly parent: SyntaxNode | null;
  readonly children: readonly SyntaxNode[];
  readonly namedChildren: readonly SyntaxNode[];
  readonly lastNamedChild: SyntaxNode | null;
  readonly nextNamedSibling: SyntaxNode | null;
  readonly previousNamedSibling: SyntaxNode | null;
  childForFieldName(name: string): SyntaxNode | null;
  /** In reading order, itself included. */
  descendantsOfType(type: string): readonly SyntaxNode[];
  /** The innermost node that reaches from before the one to the other offset. */
  descendantForIndex(start: number, end: number): SyntaxNode;
  walk(): SyntaxCursor;
}

/** Stands at one node and moves; it cannot leave the node at which it began. */
export interface SyntaxCursor {
  readonly nodeType: string;
  readonly startIndex: number;
  readonly endIndex: number;
  /** What the node is to its parent; not a text: nothing with a name. */
  readonly currentFieldName: string | null | undefined;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

type Parse = (normalised: string) => SyntaxNode;

/** Why there is no parser: which module failed, and how, in one line. */
export interface NoParser {
  readonly why: string;
}

const native = await loadNative();

/** undefined: the native parser works, and is used unless told otherwise. */
export const nativeFailure: NoParser | undefined = typeof native === 'function' ? undefined : native;

let parse: Parse | undefined = typeof native === 'function' ? native : undefined;

/** The WebAssembly parser from now on; `read` gives the bytes of a file of the installation. undefined: it works. */
export async function useWebAssembly(read: (address: string) => Uint8Array): Promise<NoParser | undefined> {
  const loaded = await loadWebAssembly(read);
  if (typeof loaded !== 'function') return loaded;
  parse = loaded;
  return undefined;
}

/**
 * The `translation_unit` of a normalised slice. Never fails once there is a parser: what cannot be parsed holds ERROR
 * or MISSING nodes. Native memory is released only when the event loop turns: a loop over many files yields every 8 to
 * 16 of them.
 */
export function parseSlice(normalised: string): SyntaxNode {
  if (parse === undefined) throw new Error(`no parser: ${nativeFailure?.why ?? ''}`);
  return parse(normalised);
}

async function loadNative(): Promise<Parse | NoParser> {
  let module = 'tree-sitter';
  try {
    const { default: Parser } = await import('tree-sitter');
    module = 'tree-sitter-c';
    const { default: C } = await import('tree-sitter-c');
    const parser = new Parser();
    parser.setLanguage(C as unknown as Language);
    // The buffer must hold the whole text: the default is too small for the largest tables.
    return selfTested(module, (text) => parser.parse(text, undefined, { bufferSize: Math.max(32768, text.length * 2 + 2) }).rootNode);
  } catch (error) {
    return failed(module, error);
  }
}

async function loadWebAssembly(read: (address: string) => Uint8Array): Promise<Parse | NoParser> {
  let module = 'web-tree-sitter';
  try {
    const { Language, Parser } = await import('web-tree-sitter');
    await Parser.init({ wasmBinary: read(import.meta.resolve('web-tree-sitter/tree-sitter.wasm')) });
    module = 'tree-sitter-c.wasm';
    const language = await Language.load(read(import.meta.resolve('tree-sitter-c/tree-sitter-c.wasm')));
    const parser = new Parser();
    parser.setLanguage(language);
    return selfTested(module, (text) => {
      const tree = parser.parse(text);
      if (tree === null) throw new Error('the WebAssembly parser was stopped');
      // Its memory is nobody's unless it is released by hand: what is needed is copied, and nothing of it outlives this.
      const cursor = tree.walk();
      try {
        return copyTree(cursor, text);
      } finally {
        cursor.delete();
        tree.delete();
      }
    });
  } catch (error) {
    return failed(module, error);
  }
}

/** A module may load and still not work, built for another version of its partner. */
function selfTested(module: string, parse: Parse): Parse | NoParser {
  const type = parse('int a;').namedChildren[0]?.type;
  return type === 'declaration' ? parse : { why: `${module}: a declaration is read as ${type ?? 'nothing'}` };
}

function failed(module: string, error: unknown): NoParser {
  if ((error as { readonly code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND') return { why: `${module}: not installed` };
  return { why: `${module}: ${(error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''}` };
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
