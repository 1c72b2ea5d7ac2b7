// textDocument/codeAction: one quick fix per verified fix of the findings in the range, refuted ones disabled with their
// reason; no fix-all, one race is one decision. Where there is no finding, and only if somebody asked for it: assertions
// of what the put on the line relies on.

import { CodeActionKind, CodeActionTriggerKind, type CodeAction, type CodeActionParams, type TextDocumentEdit, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver/node';

import type { Edit, VerifiedFix } from '../ide/workspace.ts';
import { uriOf } from './addresses.ts';
import { answerFor } from './answers.ts';
import { diagnosticOf, textOf } from './diagnostic.ts';
import type { Document } from './documents.ts';
import type { Session } from './session.ts';
import { absolutePath, type Tree } from './trees.ts';

export function codeActions(session: Session, params: CodeActionParams): CodeAction[] {
  const document = session.documents.get(params.textDocument.uri);
  const { only } = params.context;
  // Others, such as what is organized when a file is saved, must not wait for an analysis.
  const wanted = only === undefined || only.some((kind) => includes(kind, REFUTED) || includes(CodeActionKind.QuickFix, kind));
  if (document === undefined || !session.client.codeActions || !wanted) return [];
  return allAt(session, document, params).filter(({ kind = '' }) => only === undefined || only.some((each) => includes(each, kind)));
}

/** Of a kind of its own, to be asked for: VS Code's quick-fix menu leaves out what is disabled. */
const REFUTED: CodeActionKind = `${CodeActionKind.QuickFix}.refuted`;

/** Kinds are paths, and one that is asked for stands for all below it. */
const includes = (asked: CodeActionKind, kind: CodeActionKind): boolean => asked === '' || kind === asked || kind.startsWith(`${asked}.`);

function allAt(session: Session, document: Document, params: CodeActionParams): CodeAction[] {
  const { tree } = document.place;
  const first = document.wire.fromWire(params.range.start).line;
  const last = document.wire.fromWire(params.range.end).line;
  // By line, as a finding is one call: a caret anywhere on its line is meant.
  const findings = answerFor(session, document).findings.filter(({ range }) => range.start.line <= last && range.end.line >= first);
  // An editor that moves its light bulb with the caret asks for nothing: an analysis per line is too much for that.
  if (findings.length === 0 && params.context.triggerKind !== CodeActionTriggerKind.Automatic) {
    return tree.workspace.facts(document.place.file, first + 1).flatMap((fact) => action(session, document, fact, false));
  }
  return findings.flatMap((finding) => {
    const fixes = tree.workspace.fixes(finding);
    const preferred = fixes.find(({ refuted }) => refuted.length === 0);
    const diagnostics = [diagnosticOf(session, tree, finding, document.wire)];
    return fixes.flatMap((fix) => action(session, document, fix, fix === preferred).map((one) => ({ ...one, diagnostics })));
  });
}

function action(session: Session, { place }: Document, fix: VerifiedFix, preferred: boolean): readonly CodeAction[] {
  if (fix.refuted.length > 0) {
    return session.client.disabledCodeActions ? [{ title: fix.title, kind: REFUTED, disabled: { reason: fix.refuted.join('; ') } }] : [];
  }
  const isPreferred = preferred && session.client.preferredCodeActions ? { isPreferred: true } : {};
  return [{ title: fix.title, kind: CodeActionKind.QuickFix, ...isPreferred, edit: workspaceEdit(session, place.tree, fix.edits) }];
}

function workspaceEdit(session: Session, tree: Tree, edits: readonly Edit[]): WorkspaceEdit {
  const files = [...new Set(edits.map(({ file }) => file))].sort();
  const perFile = files.map((file) => {
    const uri = addressOf(session, tree, file);
    const wire = textOf(session, tree, file);
    const textEdits: TextEdit[] = edits
      .filter((edit) => edit.file === file)
      .map(({ start, end, newText }) => ({ range: { start: wire.toWireAt(start), end: wire.toWireAt(end) }, newText }));
    return { uri, textEdits };
  });
  if (!session.client.versionedEdits) return { changes: Object.fromEntries(perFile.map(({ uri, textEdits }) => [uri, textEdits])) };
  const documentChanges: TextDocumentEdit[] = perFile.map(({ uri, textEdits }) => ({
    textDocument: { uri, version: session.documents.get(uri)?.version ?? null },
    edits: textEdits,
  }));
  return { documentChanges };
}

/** The client's own spelling of the address where the file is open: it may escape characters differently. */
function addressOf(session: Session, tree: Tree, file: string): string {
  const open = session.documents.all().find(({ place }) => place.tree === tree && place.file === file);
  return open?.uri ?? uriOf(absolutePath(tree, file));
}
