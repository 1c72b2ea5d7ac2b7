// A client and a server with the real engine in this process, so that a fresh session costs little.

import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { createConnection } from 'vscode-languageserver/node';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol';

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { serve } from '../../server/src/lsp/server.ts';
import type { World } from '../../server/src/lsp/world.ts';
import { disk, diskFiles } from '../../server/src/main/disk.ts';
import { vscode } from './clients.ts';

export interface LocalSession {
  readonly rpc: MessageConnection;
  /** What the server asked of the client, other than its settings and to be told of things. */
  readonly requested: readonly string[];
  uri(file: string): string;
  open(file: string, text: string): Promise<void>;
  change(file: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): Promise<void>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly capabilities?: object;
  readonly initializationOptions?: object;
  readonly world?: Partial<World>;
  /** The section `kreflens` of the client's configuration, as of now. */
  readonly configuration?: () => object | null;
}

export async function openSession(root: string, options: SessionOptions = {}): Promise<LocalSession> {
  const { capabilities = vscode.capabilities, initializationOptions, configuration = () => null } = options;
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const connection = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  serve(connection, {
    version: '0',
    kindOf(path) {
      const stat = disk.stat(path);
      return stat.ok ? stat.value.kind : undefined;
    },
    filesOf: diskFiles,
    openWorkspace,
    pageAddress: () => undefined,
    ...options.world,
  });
  connection.listen();
  const rpc = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  rpc.onRequest('client/registerCapability', () => null);
  const requested: string[] = [];
  rpc.onRequest('workspace/configuration', () => [configuration()]);
  rpc.onRequest((method) => {
    requested.push(method);
    return null;
  });
  rpc.listen();
  const rootUri = pathToFileURL(root).href;
  await rpc.sendRequest('initialize', { processId: null, rootUri, workspaceFolders: [{ uri: rootUri, name: 'root' }], capabilities, initializationOptions });
  await rpc.sendNotification('initialized', {});
  const uri = (file: string): string => pathToFileURL(`${root}/${file}`).href;
  return {
    rpc,
    requested,
    uri,
    open: (file, text) => rpc.sendNotification('textDocument/didOpen', { textDocument: { uri: uri(file), languageId: 'c', version: 1, text } }),
    change: (file, version, contentChanges) => rpc.sendNotification('textDocument/didChange', { textDocument: { uri: uri(file), version }, contentChanges }),
    async close() {
      // Nothing is left that waits for its turn.
      await rpc.sendRequest('shutdown');
      rpc.dispose();
      connection.dispose();
    },
  };
}
