// The race view's page is TypeScript for a browser, with a project of its own; and it reaches for nothing outside.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

it('typechecks', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'client/webview'], { cwd: ROOT, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});

it('opens no connection and makes no markup from text', () => {
  assert.doesNotMatch(read('client/webview/race-view.ts'), /fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|innerHTML|insertAdjacentHTML|eval/);
});

it('has no colours of its own: all are the theme\'s, and so good in every contrast', () => {
  const css = read('client/webview/race-view.css').replace(/\/\*[^]*?\*\//g, '');
  assert.doesNotMatch(css, /#[0-9a-f]{3,8}\b(?!\s*[{,])|\b(rgb|hsl)a?\(|url\(|@import/i);
  const colours = [...css.matchAll(/(?:^|[\s;{])(?:color|background|background-color|outline|border(?:-\w+)*):([^;]+);/g)].map(match => match[1]?.trim() ?? '');
  assert.ok(colours.length > 20);
  const plain = /var\(--vscode-|currentColor|inherit|none|transparent|^\d+px$/;
  assert.deepEqual(colours.filter(value => !plain.test(value)), []);
});
