// The language server's composition root, shared by `kreflens lsp` and dist/server.js.

import { Transform } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { createConnection, type Connection } from 'vscode-languageserver/node';

import { openWorkspace } from '../ide/open-workspace.ts';
import { openFraming } from '../lsp/framing.ts';
import { serve } from '../lsp/server.ts';
import type { World } from '../lsp/world.ts';
import { indexInBackground } from './background-index.ts';
import { disk, diskFiles, rootOf } from './disk.ts';
import { pagePath, version } from './installation.ts';
import { openLastCommit } from './last-commit.ts';
import { userFacts } from './user-facts.ts';

const lastCommit = openLastCommit(() => performance.now());

const world: World = {
  version,
  kindOf(path) {
    const stat = disk.stat(path);
    return stat.ok ? stat.value.kind : undefined;
  },
  filesOf: diskFiles,
  openWorkspace: (files, options) => openWorkspace(files, { ...userFacts(rootOf(files)), ...options }),
  headText: lastCommit.textOf,
  indexTree: (tree, say, progress) => indexInBackground(disk.real(tree), say, progress),
  pageAddress(rule) {
    const path = pagePath(rule);
    return path === undefined ? undefined : pathToFileURL(path).href;
  },
};

/**
 * Until the client hangs up: the connection then ends the process itself, so that this never resolves. `notice`: what
 * the client is to be told once.
 */
export function serveStdio(notice: string | undefined): Promise<number> {
  const input = framed((bytes) => connection.console.warn(`${bytes} bytes of the client's were no message: skipped`));
  const connection = createConnection(process.stdin.pipe(input), process.stdout);
  return listen(connection, notice);
}

function framed(skipped: (bytes: number) => void): Transform {
  const framing = openFraming(skipped);
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      done(null, framing(chunk));
    },
  });
}

/** Over what the process's own arguments name: --stdio or --node-ipc. Throws if they name nothing. */
export function serveAsArgumentsSay(notice: string | undefined): Promise<number> {
  return process.argv.includes('--stdio') ? serveStdio(notice) : listen(createConnection(), notice);
}

function listen(connection: Connection, notice: string | undefined): Promise<number> {
  serve(connection, notice === undefined ? world : { ...world, notice });
  connection.listen();
  return new Promise(() => undefined);
}
