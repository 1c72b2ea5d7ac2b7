// A minimal editor: starts a server, speaks JSON-RPC with it, remembers what it was told.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import type { ClientCapabilities, Diagnostic, InitializeResult, PublishDiagnosticsParams } from 'vscode-languageserver-protocol';

export interface Editor {
  readonly rpc: MessageConnection;
  readonly process: ChildProcess;
  readonly initialized: InitializeResult;
  /** Every push so far, oldest first. */
  readonly pushes: PublishDiagnosticsParams[];
  readonly refreshes: { count: number };
  readonly statuses: unknown[];
  uri(file: string): string;
  open(file: string, text: string): Promise<void>;
  /** Replaces the whole text. */
  change(file: string, version: number, text: string): Promise<void>;
  pull(file: string, previousResultId?: string): Promise<{ kind: string; resultId?: string; items?: Diagnostic[] }>;
  /** The next push that `wanted` accepts, from now on or already here after `from`. */
  pushed(wanted: (params: PublishDiagnosticsParams) => boolean): Promise<PublishDiagnosticsParams>;
}

export interface EditorOptions {
  readonly capabilities: ClientCapabilities;
  /** Arguments to node; the server with the small engine when absent. */
  readonly command?: readonly string[];
  readonly initializationOptions?: unknown;
}

const fakeServer = ['--import', 'tsx', fileURLToPath(new URL('./fake-server.ts', import.meta.url))];

export async function startEditor(test: TestContext, root: string, options: EditorOptions): Promise<Editor> {
  const cache = mkdtempSync(join(tmpdir(), 'kreflens-cache-'));
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const child = spawn(process.execPath, options.command ?? fakeServer, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const rpc = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const pushes: PublishDiagnosticsParams[] = [];
  const refreshes = { count: 0 };
  const statuses: unknown[] = [];
  const waiting = new Set<() => void>();
  rpc.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    pushes.push(params);
    for (const look of waiting) look();
  });
  rpc.onNotification('kreflens/status', (params: unknown) => void statuses.push(params));
  rpc.onRequest('workspace/diagnostic/refresh', () => {
    refreshes.count += 1;
    return null;
  });
  rpc.onRequest('client/registerCapability', () => null);
  rpc.listen();
  test.after(async () => {
    rpc.dispose();
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    // Only now: the server writes into it as long as it lives.
    rmSync(cache, { recursive: true, force: true });
  });

  const initialized = await rpc.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: pathToFileURL(root).href,
    workspaceFolders: [{ uri: pathToFileURL(root).href, name: 'root' }],
    capabilities: options.capabilities,
    initializationOptions: options.initializationOptions,
  });
  await rpc.sendNotification('initialized', {});

  const uri = (file: string): string => pathToFileURL(`${root}/${file}`).href;
  return {
    rpc,
    process: child,
    initialized,
    pushes,
    refreshes,
    statuses,
    uri,
    open: (file, text) => rpc.sendNotification('textDocument/didOpen', { textDocument: { uri: uri(file), languageId: 'c', version: 1, text } }),
    change: (file, version, text) =>
      rpc.sendNotification('textDocument/didChange', { textDocument: { uri: uri(file), version }, contentChanges: [{ text }] }),
    pull: (file, previousResultId) =>
      rpc.sendRequest('textDocument/diagnostic', { textDocument: { uri: uri(file) }, ...(previousResultId === undefined ? {} : { previousResultId }) }),
    pushed: (wanted) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no such push; there were: ${JSON.stringify(pushes)}`)), 10_000);
        const look = (): void => {
          const found = pushes.find(wanted);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What VS Code with vscode-languageclient says it can, as far as it matters here. */
export const likeVsCode: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  textDocument: {
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix'] } },
      isPreferredSupport: true, disabledSupport: true, dataSupport: true,
    },
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, dataSupport: true },
    diagnostic: { dynamicRegistration: true, relatedDocumentSupport: false },
  },
  workspace: {
    workspaceEdit: { documentChanges: true },
    diagnostics: { refreshSupport: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
};

/** Neovim before 0.10: pushes only, prefers UTF-16, data kept. */
export const likeNeovim: ClientCapabilities = {
  textDocument: {
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix'] } }, isPreferredSupport: true, dataSupport: true },
    publishDiagnostics: { relatedInformation: true },
  },
};

/** Emacs with eglot: plain text, no related information, no versioned edits. */
export const likeEmacs: ClientCapabilities = {
  general: { positionEncodings: ['utf-32', 'utf-8', 'utf-16'] },
  textDocument: {
    hover: { contentFormat: ['plaintext'] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
    publishDiagnostics: {},
  },
};
