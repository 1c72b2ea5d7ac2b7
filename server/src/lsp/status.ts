// kreflens/status: what the server is at, in one line.

import type { Connection } from 'vscode-languageserver/node';

import type { StatusParams } from './protocol.ts';
import type { Session } from './session.ts';

/** `gaps`: of the document that was checked; undefined: of none. */
export function sendStatus(connection: Connection, { client, world, indexed }: Session, state: StatusParams['state'], gaps?: number): void {
  if (!client.status) return;
  const counted = gaps === undefined ? '' : gaps === 0 ? 'no gaps' : `${gaps} ${gaps === 1 ? 'gap' : 'gaps'}`;
  const detail = state === 'checking' ? '' : [counted, indexed.text, world.notice ?? ''].filter((part) => part !== '').join('; ');
  void connection.sendNotification('kreflens/status', { state, ...(detail === '' ? {} : { detail }) } satisfies StatusParams);
}
