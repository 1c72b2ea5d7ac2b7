// Every rule has a page with the fixed headings, which says truly whether the rule is stable, and `explain` prints it.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import { rulePage } from '../../server/src/main/installation.ts';
import { catalogue, notices } from '../../server/src/ide/rule-catalogue.ts';
import { kreflens } from './command-line.ts';

const headings = [
  'What it finds', 'Why it matters', 'Example', 'Better', 'Fix safety', 'When it is wrong',
  'What lockdep, KCSAN, KASAN see', 'References',
];

test('the catalogue lists all eleven rules, each once', () => {
  assert.equal(catalogue.length, 11);
  assert.equal(new Set(catalogue.map(({ id }) => id)).size, 11);
});

test('no page without a rule or a notice', () => {
  const folders = readdirSync(new URL('../../server/src/rules/', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const pages = folders.map(({ name }) => name).filter((name) => rulePage(name) !== undefined);
  assert.deepEqual(pages.sort(), [...catalogue, ...notices].map(({ id }) => id).sort());
});

for (const { id, state, title, unbuilt } of catalogue) {
  test(`the page of ${id}`, async () => {
    const page = rulePage(id) ?? '';
    assert.deepEqual([...page.matchAll(/^## (.*)$/gm)].map((match) => match[1]), headings);
    assert.match(page, new RegExp(`^# ${id}\n\n${title}\\.\n\nState: ${state}${unbuilt === true ? ', not implemented' : ''}\n`));
    for (const section of page.split(/^## .*\n/m).slice(1)) assert.notEqual(section.trim(), '');
    assert.match(page, /## Example\n```c\n/);
    for (const line of page.split('\n')) assert.ok(line.length <= 120, line);

    const explained = await kreflens('/', ['explain', id], { page: rulePage });
    assert.deepEqual(explained, { status: 0, out: page, err: '' });
  });
}

for (const { id, title } of notices) {
  test(`the page of the notice ${id}`, async () => {
    const page = rulePage(id) ?? '';
    assert.deepEqual([...page.matchAll(/^## (.*)$/gm)].map((match) => match[1]), ['What it says', 'How to write it', 'Example', 'When it is wrong']);
    assert.ok(page.startsWith(`# ${id}\n\n${title}.\n`));
    for (const line of page.split('\n')) assert.ok(line.length <= 120, line);
    assert.deepEqual(await kreflens('/', ['explain', id], { page: rulePage }), { status: 0, out: page, err: '' });
  });
}
