// A setting is written down in several places: the manifest, what the server understands, and the tables for people. They
// name the same ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings, readSettings } from '../../server/src/lsp/settings.ts';
import { read } from './sources.ts';

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
  readonly enum?: readonly string[];
  readonly markdownDescription: string;
}

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly title: string; readonly order: number; readonly properties: Readonly<Record<string, Property>> }[];
  };
}

/** Belongs to the client's library, and the server never hears of it. */
const OF_THE_LIBRARY = 'trace.server';

/** VS Code users pick rules by their confidence; other clients may name them. */
const FOR_OTHER_CLIENTS = 'rules';

const sections = (JSON.parse(read('package.json')) as Manifest).contributes.configuration;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const text = (key: string): string => texts[key.slice(1, -1)] ?? '';
const manifest = new Map(sections.flatMap(({ properties }) => Object.entries(properties)).map(([key, property]) => [key.replace(/^kreflens\./, ''), property]));

/** A value unlike its default for each setting of the server. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  tree: '/linux', minConfidence: 'high', rules: ['ref-leak'], kconfig: '.config', onlyChanged: true,
  inlayHints: { enabled: true }, codeLens: { enabled: true }, index: { enabled: false },
};

function inServer(): readonly string[] {
  const names = /const \{ ([^}]+) \} = given as/.exec(read('server/src/lsp/settings.ts'))?.[1];
  assert.ok(names !== undefined, 'server/src/lsp/settings.ts takes its settings apart in one line');
  return names.split(', ').sort();
}

test('the server understands what the manifest offers, and obeys it', () => {
  // The client sends the section as it is: `inlayHints.enabled` arrives as a member of `inlayHints`.
  const offered = [...manifest.keys()].filter((name) => name !== OF_THE_LIBRARY).map((name) => name.split('.')[0] ?? '');
  assert.deepEqual(inServer(), [...offered, FOR_OTHER_CLIENTS].sort());
  assert.deepEqual(inServer(), Object.keys(EXAMPLES).sort());
  for (const [name, value] of Object.entries(EXAMPLES)) {
    assert.deepEqual(readSettings({ [name]: value }, defaultSettings), { ...defaultSettings, [name]: value });
  }
});

test('the defaults of the manifest are those of the server', () => {
  const asSent = [...manifest].filter(([name]) => name !== OF_THE_LIBRARY)
    .map(([name, { default: value }]) => name.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value));
  assert.deepEqual(asSent.reduce<typeof defaultSettings>((settings, one) => readSettings(one, settings), defaultSettings), defaultSettings);
});

test('docs/settings.md has the sections and settings of the manifest, in its order, with its words', () => {
  const shown = (value: unknown): string => (value === '' ? 'empty' : `\`${String(value)}\``);
  const listed = (names: readonly string[]): string => `${names.slice(0, -1).map((name) => `\`${name}\``).join(', ')} or \`${names.at(-1) ?? ''}\``;
  const meaning = (property: Property): string => {
    const said = text(property.markdownDescription);
    return property.enum === undefined || said.includes(listed(property.enum)) ? said : `${said} ${listed(property.enum)}.`;
  };
  const rows = Object.fromEntries(sections.map(({ title, properties }) => [
    text(title), Object.entries(properties).map(([key, property]) => `| \`${key}\` | ${shown(property.default)} | ${meaning(property)} |`),
  ]));
  const page = Object.fromEntries(read('docs/settings.md').split('\n## ').slice(1).map((section) => [
    section.split('\n')[0] ?? '', section.split('\n').filter((line) => line.startsWith('| `')),
  ]));
  const { ['In other editors']: others, ...own } = page;
  assert.deepEqual(own, rows);
  assert.deepEqual(Object.keys(own), Object.keys(rows), 'in this order');
  assert.deepEqual(others?.map((row) => row.split('|')[1]?.trim()), [`\`${FOR_OTHER_CLIENTS}\``]);
});

test('the README leads there, and the protocol page names those of the server', () => {
  assert.ok(read('README.md').includes('(docs/settings.md)'));
  const page = read('server/src/lsp/protocol.md').split('## Settings')[1]?.split('##')[0] ?? '';
  assert.deepEqual(inServer().filter((name) => !page.includes(`\`${name}`)), []);
});

test('there are at most 15, in titled sections, ordered, each with a scope', () => {
  assert.ok(manifest.size > 0 && manifest.size <= 15);
  assert.deepEqual(sections.map(({ order }) => order), sections.map((_, index) => index + 1));
  for (const { title, properties } of sections) {
    assert.notEqual(text(title), '', title);
    assert.deepEqual(Object.values(properties).map(({ order }) => order), Object.keys(properties).map((_, index) => index + 1), title);
    for (const [key, { scope }] of Object.entries(properties)) assert.ok(['window', 'machine-overridable', 'resource'].includes(scope), key);
  }
});
