// The few settings, read where they are needed. Their defaults live in package.json and nowhere else.

import * as vscode from 'vscode';

/** What the server is told at its start; `status` asks for the `kreflens/status` notification. */
export function serverOptions(): { readonly tree: string; readonly minConfidence: string; readonly status: true } {
  const settings = vscode.workspace.getConfiguration('kreflens');
  return { tree: settings.get('tree', ''), minConfidence: settings.get('minConfidence', 'medium'), status: true };
}

/** Whether a change makes a new server necessary: it learns these at its start. */
export function needsNewServer(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration('kreflens.tree') || change.affectsConfiguration('kreflens.minConfidence');
}
