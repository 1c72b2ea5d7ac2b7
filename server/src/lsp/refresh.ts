// What happens some time after a change, for one open document: a pushing session sends what is new, a pulling one
// asks the client to pull again, if anything it has is out of date.

import type { Connection } from 'vscode-languageserver/node';

import { freshAnswer } from './answers.ts';
import type { Session } from './session.ts';
import { sendStatus } from './status.ts';
import { inTurns } from './turns.ts';

/** Something that changes in between asks for this document again. */
export async function refreshDocument(connection: Connection, session: Session, uri: string): Promise<void> {
  const document = session.documents.get(uri);
  if (document === undefined) return;
  const { client, sent } = session;
  sendStatus(connection, session, 'checking');
  const answer = await inTurns(freshAnswer(session, document));
  if (answer === undefined) return;
  sendStatus(connection, session, 'ready', answer.gaps);
  if (sent.get(uri) === answer.resultId) return;

  if (!client.pullsDiagnostics) {
    sent.set(uri, answer.resultId);
    void connection.sendDiagnostics({ uri, version: document.version, diagnostics: [...answer.diagnostics] });
  } else if (sent.has(uri) && client.refreshesDiagnostics) {
    connection.languages.diagnostics.refresh().catch((error: unknown) => session.log(`refresh failed: ${String(error)}`));
  }
}
