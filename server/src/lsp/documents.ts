// The open documents: their texts kept up with the client's edits and told to the engine.

import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';

import { pathOf } from './addresses.ts';
import type { Encoding } from './client.ts';
import { wireText, type WireText } from './encoding.ts';
import type { Place, Trees } from './trees.ts';

export interface Document {
  readonly uri: string;
  readonly version: number;
  readonly wire: WireText;
  readonly place: Place;
}

export interface Documents {
  get(uri: string): Document | undefined;
  all(): readonly Document[];
  /** undefined: not a file. */
  open(uri: string, version: number, text: string): Document | undefined;
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): Document | undefined;
  close(uri: string): Document | undefined;
  /** Tells the engines all texts anew: they are new ones. */
  tellAll(): void;
}

export function openDocuments(trees: Trees, encoding: Encoding): Documents {
  const byUri = new Map<string, Document>();
  const set = (uri: string, version: number, text: string, place: Place): Document => {
    const document = { uri, version, wire: wireText(text, encoding), place };
    byUri.set(uri, document);
    tell(place, text);
    return document;
  };
  return {
    get: (uri) => byUri.get(uri),
    all: () => [...byUri.values()],
    open(uri, version, text) {
      const path = pathOf(uri);
      return path === undefined ? undefined : set(uri, version, text, trees.placeOf(path));
    },
    change(uri, version, changes) {
      const document = byUri.get(uri);
      if (document === undefined) return undefined;
      const wire = changes.reduce<WireText>((before, change) => wireText(applyChange(before, change), encoding), document.wire);
      return set(uri, version, wire.text, document.place);
    },
    close(uri) {
      const document = byUri.get(uri);
      byUri.delete(uri);
      if (document !== undefined) tell(document.place, undefined);
      return document;
    },
    tellAll() {
      for (const { place, wire } of byUri.values()) tell(place, wire.text);
    },
  };
}

function tell({ tree, file }: Place, text: string | undefined): void {
  tree.workspace.setText(file, text);
  tree.generation += 1;
}

function applyChange(wire: WireText, change: TextDocumentContentChangeEvent): string {
  if (!('range' in change)) return change.text;
  const start = wire.fromWireAt(change.range.start);
  const end = Math.max(start, wire.fromWireAt(change.range.end));
  return wire.text.slice(0, start) + change.text + wire.text.slice(end);
}
