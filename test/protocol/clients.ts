// What three clients say of themselves, word for word: `capabilities/` holds the `initialize` requests of VS Code's client
// library (vscode-languageclient 11), of Neovim 0.7 and of Emacs 28 with eglot 1.9, as they were recorded. Newer ones of
// the last two choose how positions are counted, and newer Neovims pull diagnostics.

import { readFileSync } from 'node:fs';

import type { ClientCapabilities } from 'vscode-languageserver-protocol';

export interface RecordedClient {
  readonly name: string;
  readonly capabilities: ClientCapabilities;
  readonly pulls: boolean;
  readonly encoding: 'utf-8' | 'utf-16';
}

function recorded(name: string): ClientCapabilities {
  return JSON.parse(readFileSync(new URL(`./capabilities/${name}.json`, import.meta.url), 'utf8')) as ClientCapabilities;
}

const neovim = recorded('neovim');
const emacs = recorded('emacs');

export const vscode: RecordedClient = { name: 'VS Code', capabilities: recorded('vscode'), pulls: true, encoding: 'utf-16' };

export const clients: readonly RecordedClient[] = [
  vscode,
  { name: 'Neovim', capabilities: neovim, pulls: false, encoding: 'utf-16' },
  { name: 'Emacs', capabilities: emacs, pulls: false, encoding: 'utf-16' },
  {
    name: 'a newer Neovim', pulls: true, encoding: 'utf-8',
    capabilities: {
      ...neovim, general: { positionEncodings: ['utf-8', 'utf-16', 'utf-32'] },
      textDocument: { ...neovim.textDocument, diagnostic: { dynamicRegistration: false } },
    },
  },
  { name: 'a newer Emacs', pulls: false, encoding: 'utf-8', capabilities: { ...emacs, general: { positionEncodings: ['utf-32', 'utf-8', 'utf-16'] } } },
];
