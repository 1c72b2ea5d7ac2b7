// textDocument/hover

import { MarkupKind, type Hover, type HoverParams } from 'vscode-languageserver/node';

import { uriOf } from './addresses.ts';
import type { Session } from './session.ts';
import { absolutePath } from './trees.ts';

export function hover(session: Session, params: HoverParams): Hover | null {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return null;
  const { place, wire } = document;
  const found = place.tree.workspace.hover(place.file, wire.fromWire(params.position), (file, line) => `${uriOf(absolutePath(place.tree, file))}#L${line}`);
  if (found === undefined) return null;
  const contents = session.client.markdownHover
    ? { kind: MarkupKind.Markdown, value: found.markdown }
    : { kind: MarkupKind.PlainText, value: found.plain };
  return { contents, range: { start: wire.toWire(found.start), end: wire.toWire(found.end) } };
}
