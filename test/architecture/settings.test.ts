// A setting is written down in several places: the manifest, what the client reads, what the server understands, and the
// tables for people. They name the same ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings, readSettings } from '../../server/src/lsp/settings.ts';
import { read } from './sources.ts';

interface Manifest {
  readonly contributes: { readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }[] };
}

/** Belongs to the client's library, and the server never hears of it. */
const OF_THE_LIBRARY = 'trace.server';

/** VS Code users pick rules by their confidence; other clients may name them. */
const FOR_OTHER_CLIENTS = 'rules';

const manifest = new Map((JSON.parse(read('package.json')) as Manifest).contributes.configuration
  .flatMap(({ properties }) => Object.entries(properties))
  .map(([key, { default: value }]) => [key.replace(/^kreflens\./, ''), value] as const));

/** A value unlike its default for each setting of the server. */
const EXAMPLES: Readonly<Record<string, unknown>> = { tree: '/linux', minConfidence: 'high', rules: ['ref-leak'] };

function inServer(): readonly string[] {
  const names = /const \{ ([^}]+) \} = given as/.exec(read('server/src/lsp/settings.ts'))?.[1];
  assert.ok(names !== undefined, 'server/src/lsp/settings.ts takes its settings apart in one line');
  return names.split(', ').sort();
}

test('the client reads what the manifest offers', () => {
  const names = [...read('client/src/settings.ts').matchAll(/settings\.get\('([^']+)'/g)].map((match) => match[1] ?? '');
  assert.deepEqual([...names, OF_THE_LIBRARY].sort(), [...manifest.keys()].sort());
});

test('the server understands what the client sends, and obeys it', () => {
  assert.deepEqual(inServer(), [...manifest.keys(), FOR_OTHER_CLIENTS].filter((name) => name !== OF_THE_LIBRARY).sort());
  assert.deepEqual(inServer(), Object.keys(EXAMPLES).sort());
  for (const [name, value] of Object.entries(EXAMPLES)) {
    assert.deepEqual(readSettings({ [name]: value }, defaultSettings), { ...defaultSettings, [name]: value });
  }
});

test('the README lists them with their defaults, the protocol page those of the server', () => {
  const rows = [...read('README.md').matchAll(/^\| `(kreflens\.[\w.]+|rules)` \| ([^|]+) \|/gm)].map((match) => [match[1] ?? '', (match[2] ?? '').trim()]);
  const shown = (value: unknown): string => (value === '' ? 'empty' : `\`${String(value)}\``);
  const expected = [...[...manifest].map(([name, value]) => [`kreflens.${name}`, shown(value)]), [FOR_OTHER_CLIENTS, 'empty']];
  assert.deepEqual(rows, expected);
  const page = read('server/src/lsp/protocol.md').split('## Settings')[1]?.split('##')[0] ?? '';
  assert.deepEqual(inServer().filter((name) => !page.includes(`\`${name}\``)), []);
});

test('there are at most 15', () => {
  assert.ok(manifest.size > 0 && manifest.size <= 15);
});
