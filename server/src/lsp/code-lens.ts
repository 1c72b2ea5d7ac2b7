// textDocument/codeLens: a function's locks and references above it. Off unless the setting asks for it; the text is
// worked out only when the lens comes into view.

import type { CodeLens, CodeLensParams } from 'vscode-languageserver/node';

import type { FunctionKey } from '../ide/around.ts';
import type { Session } from './session.ts';

interface LensData {
  readonly uri: string;
  readonly of: FunctionKey;
}

export function codeLenses(session: Session, { textDocument: { uri } }: CodeLensParams): CodeLens[] {
  const document = session.documents.get(uri);
  if (document === undefined || !session.settings.codeLens.enabled) return [];
  const { place: { tree, file: path }, wire } = document;
  return tree.workspace.around.lensPlaces(path).map(({ file, name, offset, nameRange }): CodeLens => {
    const data: LensData = { uri, of: { file, name, offset } };
    return { range: { start: wire.toWire(nameRange.start), end: wire.toWire(nameRange.end) }, data };
  });
}

/** A lens must have a title: a function that turns out to touch nothing says so. */
export function resolveCodeLens(session: Session, lens: CodeLens): CodeLens {
  const { uri, of } = (lens.data ?? {}) as Partial<LensData>;
  const tree = uri === undefined ? undefined : session.documents.get(uri)?.place.tree;
  const title = tree === undefined || of === undefined ? undefined : tree.workspace.around.lens(of);
  return { ...lens, command: { title: title ?? 'no locks, no references', command: '' } };
}
