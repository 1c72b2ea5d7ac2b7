// workspace/didChangeWatchedFiles: what changed on the disk is read anew, unless an editor holds the text.

import { DidChangeWatchedFilesNotification, type Connection, type DidChangeWatchedFilesParams } from 'vscode-languageserver/node';

import { pathOf } from './addresses.ts';
import type { Session } from './session.ts';

export function watchedFilesChanged(session: Session, params: DidChangeWatchedFilesParams): void {
  for (const { uri } of params.changes) {
    const path = pathOf(uri);
    if (path === undefined) continue;
    const { tree, file } = session.trees.placeOf(path);
    tree.files.forget();
    if (session.documents.all().some(({ place }) => place.tree === tree && place.file === file)) continue;
    tree.workspace.setText(file, undefined);
    tree.generation += 1;
  }
}

/** For clients that let the server say what to watch. */
export async function watchFiles(connection: Connection, session: Session): Promise<void> {
  if (!session.client.watchesFiles) return;
  const watchers = ['**/*.{c,h}', '**/.kreflens.json'].map((globPattern) => ({ globPattern }));
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
}
