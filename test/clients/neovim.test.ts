// Neovim's own LSP client against `kreflens lsp --stdio`.

import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertServed, runClient } from './demo-session.ts';
import { part } from './parts.ts';

it('Neovim shows the finding, the hover and the fix', { skip: part('neovim').skip }, () => {
  const script = fileURLToPath(new URL('neovim.lua', import.meta.url));
  assertServed(runClient('nvim', ['--headless', '--clean', '-u', 'NONE', '-n', '-c', `luafile ${script}`], 'lua'));
});
