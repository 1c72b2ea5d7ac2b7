// What happens some time after a change, for one open document: a pushing session sends what is new, a pulling one
// asks the client to pull again, if anything it has is out of date.

import type { Connection } from 'vscode-languageserver/node';

import { answerFor } from './answers.ts';
import type { StatusParams } from './protocol.ts';
import type { Session } from './session.ts';

export function refreshDocument(connection: Connection, session: Session, uri: string): void {
  const document = session.documents.get(uri);
  if (document === undefined) return;
  const { client, sent } = session;
  const status = (params: StatusParams): void => {
    if (client.status) void connection.sendNotification('kreflens/status', params);
  };
  status({ state: 'checking' });
  const answer = answerFor(session, document);
  const gaps = answer.gaps === 0 ? 'no gaps' : `${answer.gaps} ${answer.gaps === 1 ? 'gap' : 'gaps'}`;
  status({ state: 'ready', detail: session.world.notice === undefined ? gaps : `${gaps}; ${session.world.notice}` });
  if (sent.get(uri) === answer.resultId) return;

  if (!client.pullsDiagnostics) {
    sent.set(uri, answer.resultId);
    void connection.sendDiagnostics({ uri, version: document.version, diagnostics: [...answer.diagnostics] });
  } else if (sent.has(uri) && client.refreshesDiagnostics) {
    connection.languages.diagnostics.refresh().catch((error: unknown) => session.log(`refresh failed: ${String(error)}`));
  }
}
