// The call hierarchy, with the locks held at each call as an item's detail. Functions that are stored in an ops table
// have it among their callers; its callers are the calls through the field.

import {
  SymbolKind,
  type CallHierarchyIncomingCall, type CallHierarchyIncomingCallsParams, type CallHierarchyItem, type CallHierarchyOutgoingCall,
  type CallHierarchyOutgoingCallsParams, type CallHierarchyPrepareParams,
} from 'vscode-languageserver/node';

import type { CallEdge, FunctionKey, FunctionPlace, OpsField, Range, TableEdge } from '../ide/around.ts';
import { uriOf } from './addresses.ts';
import { textOf } from './diagnostic.ts';
import type { Session } from './session.ts';
import { absolutePath, type Tree } from './trees.ts';

/** What comes back from the client with an item. `root` tells the tree. */
type ItemData =
  | { readonly root: string; readonly of: FunctionKey }
  | { readonly root: string; readonly ops: OpsField; readonly file: string };

export function prepareCallHierarchy(session: Session, params: CallHierarchyPrepareParams): CallHierarchyItem[] | null {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return null;
  const { place: { tree, file }, wire } = document;
  const found = tree.workspace.around.functionAt(file, wire.fromWire(params.position));
  return found === undefined ? null : [functionItem(session, tree, found, found.file)];
}

export function incomingCalls(session: Session, { item }: CallHierarchyIncomingCallsParams): CallHierarchyIncomingCall[] | null {
  const known = dataOf(session, item);
  if (known === undefined) return null;
  const { tree, data } = known;
  const { around } = tree.workspace;
  const incoming = (edge: CallEdge): CallHierarchyIncomingCall => ({
    from: functionItem(session, tree, edge.other, detailOf(edge)),
    fromRanges: edge.ranges.map((range) => toWire(session, tree, edge.other.file, range)),
  });
  if ('ops' in data) return around.callersThrough(data.ops, data.file).map(incoming);
  const { calls, tables } = around.callers(data.of, tree.whole);
  return [...calls.map(incoming), ...tables.map((table) => {
    const from = tableItem(session, tree, table);
    return { from, fromRanges: [from.selectionRange] };
  })];
}

export function outgoingCalls(session: Session, { item }: CallHierarchyOutgoingCallsParams): CallHierarchyOutgoingCall[] | null {
  const known = dataOf(session, item);
  if (known === undefined || 'ops' in known.data) return null;
  const { tree, data: { of } } = known;
  return tree.workspace.around.callees(of).map((edge) => ({
    to: functionItem(session, tree, edge.other, detailOf(edge)),
    fromRanges: edge.ranges.map((range) => toWire(session, tree, of.file, range)),
  }));
}

function detailOf({ held, through }: CallEdge): string {
  const locks = held === undefined ? 'locks not known' : held.length === 0 ? 'no lock held' : `${held.join(', ')} held`;
  return through === undefined ? locks : `${locks}, through ${through.struct}.${through.field}`;
}

function functionItem(session: Session, tree: Tree, place: FunctionPlace, detail: string): CallHierarchyItem {
  const { file, name, offset } = place;
  const data: ItemData = { root: tree.root, of: { file, name, offset } };
  return {
    name, detail, kind: SymbolKind.Function, data, uri: uriOf(absolutePath(tree, file)),
    range: toWire(session, tree, file, place.range), selectionRange: toWire(session, tree, file, place.nameRange),
  };
}

function tableItem(session: Session, tree: Tree, { ops, file, range }: TableEdge): CallHierarchyItem {
  const data: ItemData = { root: tree.root, ops, file };
  const wired = toWire(session, tree, file, range);
  return {
    name: `${ops.struct}.${ops.field}`, detail: 'ops table', kind: SymbolKind.Field, data, uri: uriOf(absolutePath(tree, file)),
    range: wired, selectionRange: wired,
  };
}

function toWire(session: Session, tree: Tree, file: string, { start, end }: Range): Range {
  const wire = textOf(session, tree, file);
  return { start: wire.toWire(start), end: wire.toWire(end) };
}

/** undefined: the item is not one of ours. */
function dataOf(session: Session, item: CallHierarchyItem): { readonly tree: Tree; readonly data: ItemData } | undefined {
  const data = item.data as Partial<Record<'root' | 'of' | 'ops' | 'file', unknown>> | null | undefined;
  const tree = session.trees.all().find(({ root }) => root === data?.root);
  return tree !== undefined && (isKey(data?.of) || isOps(data?.ops, data?.file)) ? { tree, data: item.data as ItemData } : undefined;
}

function isKey(given: unknown): boolean {
  const { file, name, offset } = (given ?? {}) as Partial<Record<keyof FunctionKey, unknown>>;
  return typeof file === 'string' && typeof name === 'string' && typeof offset === 'number';
}

function isOps(given: unknown, file: unknown): boolean {
  const { struct, field } = (given ?? {}) as Partial<Record<keyof OpsField, unknown>>;
  return typeof struct === 'string' && typeof field === 'string' && /^\w+$/.test(field) && typeof file === 'string';
}
