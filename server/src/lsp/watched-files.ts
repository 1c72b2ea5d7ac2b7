// workspace/didChangeWatchedFiles: what changed on the disk is read anew, unless an editor holds the text.

import { DidChangeWatchedFilesNotification, type Connection, type DidChangeWatchedFilesParams } from 'vscode-languageserver/node';

import { pathOf } from './addresses.ts';
import { forgetBefore } from './only-changed.ts';
import type { Session } from './session.ts';
import { absolutePath, type Tree } from './trees.ts';

/** The trees in which something changed. */
export function watchedFilesChanged(session: Session, params: DidChangeWatchedFilesParams): ReadonlySet<Tree> {
  let kconfigChanged = false;
  const trees = new Set<Tree>();
  for (const { uri } of params.changes) {
    const path = pathOf(uri);
    if (path === undefined) continue;
    const { tree, file } = session.trees.placeOf(path);
    // One storm of changes, one look at the folders.
    if (!trees.has(tree)) {
      trees.add(tree);
      tree.files.forget();
      forgetBefore(tree);
    }
    if (path === absolutePath(tree, session.settings.kconfig)) kconfigChanged = true;
    if (session.documents.all().some(({ place }) => place.tree === tree && place.file === file)) continue;
    tree.workspace.setText(file, undefined);
    tree.generation += 1;
  }
  if (kconfigChanged) reopen(session);
  return trees;
}

/** With the `.config` as it is now. */
function reopen(session: Session): void {
  session.trees.setKconfig(session.settings.kconfig);
  session.documents.tellAll();
}

/** For clients that let the server say what to watch. */
export async function watchFiles(connection: Connection, session: Session): Promise<void> {
  if (!session.client.watchesFiles) return;
  const watchers = ['**/*.{c,h}', '**/.kreflens.json', '**/.config'].map((globPattern) => ({ globPattern }));
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
}
