// What only some clients ask for, beside diagnostics, hover and fixes: which file answers which message.

import type { CancellationToken, Connection, ServerCapabilities } from 'vscode-languageserver/node';

import { incomingCalls, outgoingCalls, prepareCallHierarchy } from './call-hierarchy.ts';
import { changelog } from './changelog.ts';
import type { Client } from './client.ts';
import { codeLenses, resolveCodeLens } from './code-lens.ts';
import { inlayHints } from './inlay-hint.ts';
import { placeParams, registriesParams } from './params.ts';
import { registries, workspaceSymbols } from './registries.ts';
import type { Session } from './session.ts';

/** Answers a request unless it has been cancelled by then. */
export type Answered = <T>(token: CancellationToken, answer: (session: Session) => T) => Promise<T>;

export function serveFeatures(connection: Connection, answered: Answered): void {
  const { languages } = connection;
  languages.callHierarchy.onPrepare((params, token) => answered(token, (session) => prepareCallHierarchy(session, params)));
  languages.callHierarchy.onIncomingCalls((params, token) => answered(token, (session) => incomingCalls(session, params)));
  languages.callHierarchy.onOutgoingCalls((params, token) => answered(token, (session) => outgoingCalls(session, params)));
  languages.inlayHint.on((params, token) => answered(token, (session) => inlayHints(session, params)));
  connection.onCodeLens((params, token) => answered(token, (session) => codeLenses(session, params)));
  connection.onCodeLensResolve((lens, token) => answered(token, (session) => resolveCodeLens(session, lens)));
  connection.onWorkspaceSymbol((params, token) => answered(token, (session) => workspaceSymbols(session, params)));
  connection.onRequest('kreflens/registries', (params: unknown, token: CancellationToken) =>
    answered(token, (session) => registries(session, registriesParams(params))));
  connection.onRequest('kreflens/changelog', (params: unknown, token: CancellationToken) =>
    answered(token, (session) => changelog(session, placeParams(params))));
}

/** All of them for every client: some ask without ever saying that they can. */
export const featureCapabilities: ServerCapabilities = {
  workspaceSymbolProvider: true,
  callHierarchyProvider: true,
  inlayHintProvider: true,
  codeLensProvider: { resolveProvider: true },
};

/** After the settings changed, what they switch on or off is asked for again. */
export async function refreshFeatures(connection: Connection, { refreshes }: Client): Promise<void> {
  await Promise.all([
    ...(refreshes.inlayHints ? [connection.languages.inlayHint.refresh()] : []),
    ...(refreshes.codeLenses ? [connection.sendRequest('workspace/codeLens/refresh')] : []),
  ]);
}
