// The language server: which handler answers which message. The handlers hold the logic, the engine the answers.

import {
  LSPErrorCodes, ResponseError, TextDocumentSyncKind,
  type CancellationToken, type Connection, type InitializeParams, type ServerCapabilities,
} from 'vscode-languageserver/node';

import { pathOf } from './addresses.ts';
import { freshAnswer } from './answers.ts';
import { readClient, type Client } from './client.ts';
import { codeActions } from './code-action.ts';
import { configurationChanged, configurationReady } from './configuration.ts';
import { openDocuments, type Document } from './documents.ts';
import { featureCapabilities, serveFeatures } from './features.ts';
import { hover } from './hover.ts';
import { placeParams } from './params.ts';
import { isAtHand, pull } from './pull.ts';
import { race } from './race.ts';
import { refreshDocument } from './refresh.ts';
import { schedule } from './schedule.ts';
import type { Session } from './session.ts';
import { defaultSettings, readSettings } from './settings.ts';
import { openTrees } from './trees.ts';
import { giveUpIfCancelled, inTurns, turn } from './turns.ts';
import { watchedFilesChanged, watchFiles } from './watched-files.ts';
import { openWholeTrees, type WholeTrees } from './whole-tree.ts';
import { why } from './why.ts';
import type { World } from './world.ts';

/** Serves one client until it hangs up. A request that fails is answered with an error and changes nothing. */
export function serve(connection: Connection, world: World): void {
  let session: Session | undefined;
  let wholeTrees: WholeTrees | undefined;
  const checks = schedule(async (uri) => {
    try {
      if (session !== undefined) await refreshDocument(connection, session, uri);
    } catch (error) {
      // Nobody waits for this answer, and a timer's exception would end the process.
      connection.console.error(`refreshing ${uri} failed: ${String(error)}`);
    }
  }, () => performance.now());

  connection.onInitialize((params) => {
    session = openSession(connection, world, params);
    wholeTrees = openWholeTrees(connection, session, checks.busy);
    return {
      capabilities: capabilities(session.client),
      serverInfo: { name: 'kreflens', version: world.version },
    };
  });
  connection.onInitialized(() => {
    if (session === undefined) return;
    const open = session;
    if (world.notice !== undefined) connection.console.warn(world.notice);
    unwaited('watching files', watchFiles(connection, open));
    unwaited('reading the settings', configurationReady(connection, open, () => settled(open)));
    if (open.client.workspaceFolders) connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => open.trees.changeFolders(pathsOf(added), pathsOf(removed)));
  });
  connection.onShutdown(() => {
    checks.stop();
    wholeTrees?.stop();
  });

  /** What nobody waits for must not end the process when it fails. */
  const unwaited = (what: string, work: Promise<unknown>): void => {
    work.catch((error: unknown) => connection.console.warn(`${what} failed: ${String(error)}`));
  };

  /** After `changed` (undefined: something on the disk), what the client shows may be out of date. */
  const changed = (session: Session, document: Document | undefined): void => {
    checks.touch();
    const others = session.documents.all().filter((open) => open !== document).map(({ uri }) => uri);
    // A pulling client asks for the document that it edits by itself.
    checks.request(document === undefined || session.client.pullsDiagnostics ? others : [document.uri, ...others]);
  };

  const settled = (open: Session): void => {
    changed(open, undefined);
    wholeTrees?.settled();
  };

  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    if (session === undefined) return;
    const document = session.documents.open(uri, version, text);
    if (document === undefined) return;
    changed(session, document);
    wholeTrees?.wanted(document.place.tree);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    if (session === undefined) return;
    const document = session.documents.change(uri, version, contentChanges);
    if (document !== undefined) changed(session, document);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    if (session?.documents.close(uri) === undefined) return;
    session.answers.delete(uri);
    session.sent.delete(uri);
    if (!session.client.pullsDiagnostics) void connection.sendDiagnostics({ uri, diagnostics: [] });
    changed(session, undefined);
  });
  connection.onDidChangeWatchedFiles((params) => {
    if (session === undefined) return;
    for (const tree of watchedFilesChanged(session, params)) wholeTrees?.changed(tree);
    changed(session, undefined);
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    if (session === undefined) return;
    const open = session;
    unwaited('reading the settings', configurationChanged(connection, open, settings, () => settled(open)));
  });

  connection.onHover((params, token) => answered(session, token, (open) => hover(open, params)));
  connection.onCodeAction(async (params, token) => {
    // Editors ask after every keystroke, for the light bulb.
    await checks.quiet(token);
    return answered(session, token, async (open) => {
      await isChecked(open, params.textDocument.uri, token);
      return codeActions(open, params);
    });
  });
  connection.onRequest('kreflens/race', (params: unknown, token: CancellationToken) => answered(session, token, async (open) => {
    const place = placeParams(params);
    await isChecked(open, place.textDocument.uri, token);
    return race(open, place);
  }));
  connection.onRequest('kreflens/why', (params: unknown, token: CancellationToken) => answered(session, token, (open) => why(open, placeParams(params))));
  serveFeatures(connection, (token, answer) => answered(session, token, answer));
  connection.languages.diagnostics.on(async (params, token) => {
    for (;;) {
      if (session === undefined || !isAtHand(session, params)) await checks.quiet(token);
      const report = await answered(session, token, (open) => pull(open, params, token));
      if (report !== undefined) return report;
    }
  });
}

/** Works out the findings of a document while others are answered; what is asked about them afterwards has them at hand. */
async function isChecked(session: Session, uri: string, token: CancellationToken): Promise<void> {
  const document = session.documents.get(uri);
  if (document !== undefined) await inTurns(freshAnswer(session, document), token);
}

/**
 * One turn of the event loop first: a request that the client has cancelled in the meantime costs nothing, however
 * many of them are in the queue.
 */
async function answered<T>(session: Session | undefined, token: CancellationToken, answer: (session: Session) => T | Promise<T>): Promise<T> {
  await turn();
  giveUpIfCancelled(token);
  if (session === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, 'not initialized');
  return answer(session);
}

function openSession(connection: Connection, world: World, params: InitializeParams): Session {
  const client = readClient(params);
  const settings = readSettings(params.initializationOptions, defaultSettings);
  const log = (message: string): void => connection.console.error(message);
  const trees = openTrees(world, settings.tree, log);
  trees.setKconfig(settings.kconfig);
  trees.changeFolders(pathsOf(params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri }] : [])), []);
  return {
    world,
    client,
    trees,
    settings,
    documents: openDocuments(trees, client.encoding),
    answers: new Map(),
    sent: new Map(),
    indexed: { text: '' },
    log,
  };
}

function pathsOf(folders: readonly { readonly uri: string }[]): readonly string[] {
  return folders.flatMap(({ uri }) => pathOf(uri) ?? []);
}

function capabilities(client: Client): ServerCapabilities {
  return {
    positionEncoding: client.encoding,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    hoverProvider: true,
    ...featureCapabilities,
    ...(client.workspaceFolders ? { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } } : {}),
    ...(client.codeActions ? { codeActionProvider: { codeActionKinds: ['quickfix'] } } : {}),
    ...(client.pullsDiagnostics
      ? { diagnosticProvider: { identifier: 'kreflens', interFileDependencies: true, workspaceDiagnostics: false } }
      : {}),
  };
}
