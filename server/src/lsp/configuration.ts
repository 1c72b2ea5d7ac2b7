// The client's settings after the start: asked for where the client answers that, else as it sends them.

import { DidChangeConfigurationNotification, type Connection } from 'vscode-languageserver/node';

import { refreshFeatures } from './features.ts';
import { forgetBefore } from './only-changed.ts';
import type { Session } from './session.ts';
import { readSettings } from './settings.ts';

const section = 'kreflens';

/** Once, after `initialized`. `changed` is called if the answers may be others from now on. */
export async function configurationReady(connection: Connection, session: Session, changed: () => void): Promise<void> {
  if (session.client.watchesSettings) await connection.client.register(DidChangeConfigurationNotification.type, { section });
  if (session.client.configuration) await apply(connection, session, await connection.workspace.getConfiguration(section), changed);
}

/** `sent`: what came with the notification; clients that answer questions may send nothing. */
export async function configurationChanged(connection: Connection, session: Session, sent: unknown, changed: () => void): Promise<void> {
  const own: unknown = (sent as { kreflens?: unknown } | null | undefined)?.kreflens;
  const given: unknown = own === undefined && session.client.configuration ? await connection.workspace.getConfiguration(section) : own;
  await apply(connection, session, given, changed);
}

async function apply(connection: Connection, session: Session, given: unknown, changed: () => void): Promise<void> {
  const before = session.settings;
  const settings = readSettings(given, before);
  if (JSON.stringify(settings) === JSON.stringify(before)) return;
  session.settings = settings;
  if (settings.tree !== before.tree) session.log('the setting tree is obeyed from the next start of the server on');
  if (settings.kconfig !== before.kconfig) {
    session.trees.setKconfig(settings.kconfig);
    session.trees.all().forEach(forgetBefore);
    session.documents.tellAll();
  }
  for (const tree of session.trees.all()) tree.generation += 1;
  changed();
  await refreshFeatures(connection, session.client);
}
