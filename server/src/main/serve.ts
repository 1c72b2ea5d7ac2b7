// The language server's composition root, shared by `kreflens lsp` and dist/server.js.

import { pathToFileURL } from 'node:url';

import { createConnection, type Connection } from 'vscode-languageserver/node';

import { openWorkspace } from '../ide/open-workspace.ts';
import { serve } from '../lsp/server.ts';
import type { World } from '../lsp/world.ts';
import { disk, diskFiles } from './disk.ts';
import { pagePath, version } from './installation.ts';

const world: World = {
  version,
  kindOf(path) {
    const stat = disk.stat(path);
    return stat.ok ? stat.value.kind : undefined;
  },
  filesOf: diskFiles,
  openWorkspace,
  pageAddress(rule) {
    const path = pagePath(rule);
    return path === undefined ? undefined : pathToFileURL(path).href;
  },
};

/** Until the client hangs up: the connection then ends the process itself, so that this never resolves. */
export function serveStdio(): Promise<number> {
  return listen(createConnection(process.stdin, process.stdout));
}

/** Over what the process's own arguments name: --stdio or --node-ipc. Throws if they name nothing. */
export function serveAsArgumentsSay(): Promise<number> {
  return listen(createConnection());
}

function listen(connection: Connection): Promise<number> {
  serve(connection, world);
  connection.listen();
  return new Promise(() => undefined);
}
