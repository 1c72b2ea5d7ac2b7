// textDocument/diagnostic: the client asks, and is told "unchanged" when it has the answer already.

import { DocumentDiagnosticReportKind, type DocumentDiagnosticParams, type DocumentDiagnosticReport } from 'vscode-languageserver/node';

import { answerFor } from './answers.ts';
import type { Session } from './session.ts';

export function pull(session: Session, params: DocumentDiagnosticParams): DocumentDiagnosticReport {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const { resultId, diagnostics } = answerFor(session, document);
  session.sent.set(document.uri, resultId);
  if (params.previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...diagnostics] };
}
