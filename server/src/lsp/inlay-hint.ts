// textDocument/inlayHint: "needs L" at calls, "holds L" at a function's start. Off unless the setting asks for it.

import type { InlayHint, InlayHintParams } from 'vscode-languageserver/node';

import type { Session } from './session.ts';

export function inlayHints(session: Session, { textDocument, range }: InlayHintParams): InlayHint[] {
  const document = session.documents.get(textDocument.uri);
  if (document === undefined || !session.settings.inlayHints.enabled) return [];
  const { place: { tree, file }, wire } = document;
  const hints = tree.workspace.around.inlayHints(file, wire.fromWire(range.start).line, wire.fromWire(range.end).line);
  return hints.map(({ kind, locks, at }) => ({ position: wire.toWire(at), label: `${kind} ${locks.join(', ')}`, paddingLeft: true }));
}
