// Read-only documents for what a command answers: a race's diagram, an argument, a rule's page.

import * as vscode from 'vscode';

const SCHEME = 'kreflens';

export interface TextViews extends vscode.Disposable {
  /** Keeps `text` under `path` (`/race/core.c.txt`) and answers the document's address. */
  put(path: string, text: string): vscode.Uri;
}

export function createTextViews(): TextViews {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: uri => texts.get(uri.path),
  });
  const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    if (uri.scheme === SCHEME) texts.delete(uri.path);
  });
  return {
    put(path, text) {
      const uri = vscode.Uri.from({ scheme: SCHEME, path });
      texts.set(path, text);
      changed.fire(uri);
      return uri;
    },
    dispose: () => { closing.dispose(); provider.dispose(); changed.dispose(); },
  };
}
