// A syntax tree as plain objects, copied from a cursor: for the WebAssembly parser, whose nodes live only as long as its
// tree is not released.

import type { SyntaxCursor, SyntaxNode } from './parser.ts';

/** What is asked of the WebAssembly parser's cursor. */
export interface SourceCursor {
  readonly nodeType: string;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly currentFieldName: string | null;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** The node at the cursor with all below it; the cursor is back there afterwards. `text`: what was parsed. */
export function copyTree(cursor: SourceCursor, text: string): SyntaxNode {
  return copyBelow(cursor, { text, nodes: 0 }, null);
}

interface Copied {
  readonly text: string;
  /** So far. */
  nodes: number;
}

function copyBelow(cursor: SourceCursor, tree: Copied, parent: CopiedNode | null): CopiedNode {
  const node = new CopiedNode(tree, cursor, parent);
  if (cursor.gotoFirstChild()) {
    do {
      const child = copyBelow(cursor, tree, node);
      node.hasError ||= child.hasError;
      node.children.push(child);
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/** A class, as a tree has thousands of them: what is seldom asked is worked out then. */
class CopiedNode implements SyntaxNode {
  readonly tree: Copied;
  readonly id: number;
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly isNamed: boolean;
  readonly fieldName: string | null;
  readonly parent: CopiedNode | null;
  readonly children: CopiedNode[] = [];
  hasError: boolean;

  constructor(tree: Copied, cursor: SourceCursor, parent: CopiedNode | null) {
    this.tree = tree;
    this.id = tree.nodes++;
    this.type = cursor.nodeType;
    this.startIndex = cursor.startIndex;
    this.endIndex = cursor.endIndex;
    this.isError = this.type === 'ERROR';
    this.isMissing = cursor.nodeIsMissing;
    this.isNamed = cursor.nodeIsNamed;
    this.fieldName = cursor.currentFieldName;
    this.parent = parent;
    this.hasError = this.isError || this.isMissing;
  }

  get text(): string {
    return this.tree.text.slice(this.startIndex, this.endIndex);
  }

  get namedChildren(): readonly CopiedNode[] {
    return this.children.filter((child) => child.isNamed);
  }

  get lastNamedChild(): CopiedNode | null {
    return this.namedChildren.at(-1) ?? null;
  }

  get nextNamedSibling(): CopiedNode | null {
    return this.parent?.children.find((other) => other.isNamed && other.id > this.id) ?? null;
  }

  get previousNamedSibling(): CopiedNode | null {
    return this.parent?.children.findLast((other) => other.isNamed && other.id < this.id) ?? null;
  }

  childForFieldName(name: string): CopiedNode | null {
    return this.children.find((child) => child.fieldName === name) ?? null;
  }

  descendantsOfType(type: string): readonly CopiedNode[] {
    const below = this.children.flatMap((child) => child.descendantsOfType(type));
    return this.type === type ? [this, ...below] : below;
  }

  descendantForIndex(start: number, end: number): CopiedNode {
    const inner = this.children.find((child) => child.endIndex >= end && child.endIndex > start);
    return inner === undefined || inner.startIndex > start ? this : inner.descendantForIndex(start, end);
  }

  walk(): SyntaxCursor {
    return cursorAt(this);
  }
}

function cursorAt(start: CopiedNode): SyntaxCursor {
  /** The nodes from `start` to where the cursor stands, and each one's place among its parent's children. */
  const way = [{ node: start, place: 0 }];
  const at = (): CopiedNode => way.at(-1)?.node ?? start;
  return {
    get nodeType() {
      return at().type;
    },
    get startIndex() {
      return at().startIndex;
    },
    get endIndex() {
      return at().endIndex;
    },
    get currentFieldName() {
      return way.length === 1 ? null : at().fieldName;
    },
    gotoFirstChild() {
      const node = at().children[0];
      if (node === undefined) return false;
      way.push({ node, place: 0 });
      return true;
    },
    gotoNextSibling() {
      const here = way.at(-1);
      const node = way.at(-2)?.node.children[(here?.place ?? 0) + 1];
      if (here === undefined || node === undefined) return false;
      way[way.length - 1] = { node, place: here.place + 1 };
      return true;
    },
    gotoParent() {
      if (way.length === 1) return false;
      way.pop();
      return true;
    },
  };
}
