// The settings' way to the server. Their names, types and defaults live in package.json and nowhere else.

import * as vscode from 'vscode';

/** All of them. The server asks to be told of changes, and the library does so. */
const SECTION = 'kreflens';

/** What the server is told at its start; `status` asks for the `kreflens/status` notification. */
export function serverOptions(): object {
  return { ...vscode.workspace.getConfiguration().get<object>(SECTION), status: true };
}

/** Whether a change makes a new server necessary: it learns this one at its start. */
export function needsNewServer(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(`${SECTION}.tree`);
}
