// The extension's entry: puts the parts together and returns at once; the server starts behind the editor's back.

import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';
import { watchForKernelTree } from './kernel-tree.ts';
import type { Registry } from '../../server/src/lsp/protocol.ts';
import { SOURCE } from './known-rules.ts';
import { createRaceView } from './race-view.ts';
import type { Race } from './race-view.ts';
import { createRegistriesView } from './registries-view.ts';
import { createSample } from './sample.ts';
import { createServerProcess } from './server-process.ts';
import { needsNewServer } from './settings.ts';
import { createStatusView } from './status.ts';
import { createTextViews } from './text-views.ts';
import { speak } from './texts.ts';

export function activate(context: vscode.ExtensionContext): void {
  const start = performance.now();
  speak(vscode.l10n.t);
  const log = vscode.window.createOutputChannel('kreflens', { log: true });
  const status = createStatusView();
  const views = createTextViews();
  const dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const { client, restart } = createServerProcess(context.asAbsolutePath('dist/server.js'), log, status);
  const raceView = createRaceView(dist, isReported);
  const registries = createRegistriesView(() => client.sendRequest<readonly Registry[]>('kreflens/registries', {}));
  const sample = createSample(vscode.Uri.joinPath(dist, 'sample'), context.globalStorageUri);
  const commands = registerCommands({ client, restart, log, views, raceView, registries, sample, commandLine: context.asAbsolutePath('dist/cli.js') });
  const settings = vscode.workspace.onDidChangeConfiguration(change => {
    if (needsNewServer(change)) void restart();
  });
  context.subscriptions.push(log, status, views, raceView, registries, commands, settings, watchForKernelTree(), client);

  client.start().catch((error: unknown) => {
    log.error('the server did not start', error);
    status.update({ server: 'stopped' });
  });
  log.info(`activated in ${(performance.now() - start).toFixed(1)} ms`);
}

/** A finding held over while its function is half typed has more to its message. */
function isReported({ title, origin }: Race): boolean {
  return vscode.languages.getDiagnostics(origin).some(({ source, message }) => source === SOURCE && message.startsWith(title));
}
