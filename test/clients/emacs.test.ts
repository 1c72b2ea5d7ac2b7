// Emacs with eglot against `kreflens lsp --stdio`.

import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertServed, runClient } from './demo-session.ts';
import { part } from './parts.ts';

it('Emacs with eglot shows the finding, the hover and the fix', { skip: part('emacs').skip }, () => {
  const script = fileURLToPath(new URL('emacs.el', import.meta.url));
  assertServed(runClient('emacs', ['--batch', '--load', script], 'elisp'));
});
