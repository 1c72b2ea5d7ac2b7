// The language server as a child process: started over Node IPC, restarted after a crash by the library's own
// policy (five times within three minutes, then it stays down), each change of state told to the status item.

import type { LogOutputChannel } from 'vscode';
import { LanguageClient, CloseAction, RevealOutputChannelOn, State, TransportKind } from 'vscode-languageclient/node';
import type { ErrorHandler, LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import type { StatusParams } from '../../server/src/lsp/protocol.ts';
import { SELECTOR } from './selector.ts';
import { serverOptions as initializationOptions } from './settings.ts';
import type { StatusView } from './status.ts';

export interface ServerProcess {
  /** Not started yet. Disposing of it stops the server. */
  readonly client: LanguageClient;
  /** A new process in place of the one that runs, hangs, or is down. */
  readonly restart: () => Promise<void>;
}

export function createServerProcess(serverModule: string, log: LogOutputChannel, status: StatusView): ServerProcess {
  const server: ServerOptions = {
    run: { module: serverModule, transport: TransportKind.ipc },
    debug: { module: serverModule, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6019'] } },
  };
  let askedToRestart = false;
  const restartAfterCrash: ErrorHandler = {
    error: (error, message, count) => stock.error(error, message, count),
    async closed() {
      if (askedToRestart) {
        askedToRestart = false;
        return { action: CloseAction.Restart, handled: true };
      }
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

  return {
    client,
    // Killed, not asked to leave: the server keeps nothing on disk that a kill could hurt, and one that hangs would
    // not answer. The library's own restart() gives up then.
    async restart() {
      const running = client.serverProcess;
      if (running === undefined) return await client.start();
      askedToRestart = true;
      running.kill('SIGKILL');
    },
  };
}
