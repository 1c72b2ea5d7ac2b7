// The language server as a child process: started over Node IPC, restarted after a crash by the library's own
// policy (five times within three minutes, then it stays down), each change of state told to the status item.

import type { LogOutputChannel } from 'vscode';
import { LanguageClient, CloseAction, RevealOutputChannelOn, State, TransportKind } from 'vscode-languageclient/node';
import type { ErrorHandler, LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import type { StatusParams } from './protocol.ts';
import { SELECTOR } from './selector.ts';
import { serverOptions as initializationOptions } from './settings.ts';
import type { StatusView } from './status.ts';

/** A client that is not started yet. Disposing of it stops the server. */
export function createClient(serverModule: string, log: LogOutputChannel, status: StatusView): LanguageClient {
  const server: ServerOptions = {
    run: { module: serverModule, transport: TransportKind.ipc },
    debug: { module: serverModule, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6019'] } },
  };
  const restartAfterCrash: ErrorHandler = {
    error: (error, message, count) => stock.error(error, message, count),
    async closed() {
      const decision = await stock.closed();
      status.update({ server: decision.action === CloseAction.Restart ? 'crashed' : 'stopped' });
      // The status item and the log say it; a notification would only interrupt.
      return { ...decision, handled: true };
    },
  };
  const options: LanguageClientOptions = {
    documentSelector: [...SELECTOR],
    diagnosticCollectionName: 'kreflens',
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions,
    errorHandler: restartAfterCrash,
  };
  const client = new LanguageClient('kreflens', 'kreflens', server, options);
  const stock = client.createDefaultErrorHandler();

  client.onDidChangeState(({ oldState, newState }) => {
    if (newState === State.Running) status.update({ server: 'ready' });
    else if (newState === State.Starting && oldState === State.Stopped) status.update({ server: 'starting' });
    else if (newState === State.StartFailed) status.update({ server: 'stopped' });
  });
  client.onNotification('kreflens/status', ({ state, detail }: StatusParams) => {
    // The item's own text says "ready" by counting findings.
    status.update({ detail: [state === 'ready' ? undefined : state, detail].filter(one => one !== undefined).join(', ') });
  });
  return client;
}
