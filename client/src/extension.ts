// The extension's entry: puts the parts together and returns at once; the server starts behind the editor's back.

import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';
import { createServerProcess } from './server-process.ts';
import { needsNewServer } from './settings.ts';
import { createStatusView } from './status.ts';
import { createTextViews } from './text-views.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('kreflens', { log: true });
  const status = createStatusView();
  const views = createTextViews();
  const { client, restart } = createServerProcess(context.asAbsolutePath('dist/server.js'), log, status);
  const commands = registerCommands({ client, restart, log, views, commandLine: context.asAbsolutePath('dist/cli.js') });
  const settings = vscode.workspace.onDidChangeConfiguration(change => {
    if (needsNewServer(change)) void restart();
  });
  context.subscriptions.push(log, status, views, commands, settings, client);

  client.start().catch((error: unknown) => {
    log.error('the server did not start', error);
    status.update({ server: 'stopped' });
  });
}
