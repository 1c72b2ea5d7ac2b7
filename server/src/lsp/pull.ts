// textDocument/diagnostic: the client asks, and is told "unchanged" when it has the answer already.

import {
  DocumentDiagnosticReportKind, type CancellationToken, type DocumentDiagnosticParams, type DocumentDiagnosticReport,
} from 'vscode-languageserver/node';

import { freshAnswer } from './answers.ts';
import type { Session } from './session.ts';
import { inTurns } from './turns.ts';

/** The answer is at hand: nothing changed since it was found, and there is no typing to wait for. */
export function isAtHand(session: Session, { textDocument: { uri } }: DocumentDiagnosticParams): boolean {
  const document = session.documents.get(uri);
  return document === undefined || session.answers.get(uri)?.generation === document.place.tree.generation;
}

/** undefined: the text changed while it was checked. */
export async function pull(session: Session, params: DocumentDiagnosticParams, token: CancellationToken): Promise<DocumentDiagnosticReport | undefined> {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const answer = await inTurns(freshAnswer(session, document), token);
  if (answer === undefined) return undefined;
  const { resultId, diagnostics } = answer;
  session.sent.set(document.uri, resultId);
  if (params.previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...diagnostics] };
}
