// The README keeps its promises where they can be read off the code: pictures, commands, links. Its editor
// set-ups are run by test/clients.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { exists, read, ROOT } from './sources.ts';

const readme = read('README.md');

function section(heading: string): string {
  const text = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0];
  assert.ok(text !== undefined, `no section "${heading}"`);
  return text;
}

test('it opens with the name, one sentence and a picture, all small enough for a page', () => {
  assert.match(readme, /^# kreflens\n\n[^#!]{40,200}\.\n\n!\[/);
  const pictures = [...readme.matchAll(/!\[[^\]]{20,}\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
  assert.ok(pictures.length > 0);
  for (const path of pictures) assert.ok(statSync(join(ROOT, path)).size < 300_000, path);
});

test('links between the pages lead somewhere', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'server/src/ROOMS.md']) {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    assert.deepEqual(targets.filter((target) => !exists(join(dirname(page), target))), [], page);
  }
});

test('scripts and npm commands that it names exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const pages = ['README.md', 'CONTRIBUTING.md'].map(read).join('\n');
  const npm = [...pages.matchAll(/\bnpm run ([a-z]+)/g)].map((match) => match[1] ?? '');
  const files = [...pages.matchAll(/`?\b(scripts\/[\w.-]+|\.ci\/\w+)/g)].map((match) => match[1] ?? '');
  assert.ok(npm.length > 0 && files.length > 0);
  assert.deepEqual(npm.filter((name) => scripts[name] === undefined), []);
  assert.deepEqual(files.filter((path) => !exists(path)), []);
});

test('every command of the command line is there, and those not built are named as such', () => {
  const program = read('server/src/cli/run.ts');
  const built = [...program.matchAll(/\b(?:judging|command)\('([a-z]+)'/g)].map((match) => match[1] ?? '');
  const missing = [...program.matchAll(/^ {2}\['([a-z]+)', '/gm)].map((match) => match[1] ?? '');
  assert.ok(built.length > 5);
  const usage = section('On the command line');
  const shown = new Set([...readme.matchAll(/\bkreflens ([a-z]+)/g)].map((match) => match[1]));
  assert.deepEqual(built.filter((name) => !shown.has(name)), []);
  assert.deepEqual(missing.filter((name) => usage.includes(`kreflens ${name}`) || !section('Limits').includes(`\`${name}\``)), []);
  const formats = /formats = \{ ([^}]+) \}/.exec(read('server/src/cli/formats/formats.ts'))?.[1]?.split(', ').sort();
  assert.deepEqual(/--format ([a-z|]+)/.exec(usage)?.[1]?.split('|').sort(), formats);
});
