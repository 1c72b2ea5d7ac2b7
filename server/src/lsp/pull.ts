// textDocument/diagnostic: the client asks, and is told "unchanged" when it has the answer already.

import { DocumentDiagnosticReportKind, type DocumentDiagnosticParams, type DocumentDiagnosticReport } from 'vscode-languageserver/node';

import { answerFor } from './answers.ts';
import type { Session } from './session.ts';

/** The answer is at hand: nothing changed since it was found, and there is no typing to wait for. */
export function isAtHand(session: Session, { textDocument: { uri } }: DocumentDiagnosticParams): boolean {
  const document = session.documents.get(uri);
  return document === undefined || session.answers.get(uri)?.generation === document.place.tree.generation;
}

export function pull(session: Session, params: DocumentDiagnosticParams): DocumentDiagnosticReport {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const { resultId, diagnostics } = answerFor(session, document);
  session.sent.set(document.uri, resultId);
  if (params.previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...diagnostics] };
}
