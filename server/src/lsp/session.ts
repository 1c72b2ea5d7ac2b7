// Everything the handlers of one client share. Plain data; made once, after `initialize`.

import type { Answer } from './answers.ts';
import type { Client } from './client.ts';
import type { Documents } from './documents.ts';
import type { IndexStatus } from './whole-tree.ts';
import type { Settings } from './settings.ts';
import type { Trees } from './trees.ts';
import type { World } from './world.ts';

export interface Session {
  readonly world: World;
  readonly client: Client;
  readonly trees: Trees;
  readonly documents: Documents;
  settings: Settings;
  /** The last answer found for each open document, by its address. */
  readonly answers: Map<string, Answer>;
  /** The result that the client was last told, by the document's address: what it shows. */
  readonly sent: Map<string, string>;
  /** What is to be said of the index; empty: nothing. */
  indexed: IndexStatus;
  log(message: string): void;
}
