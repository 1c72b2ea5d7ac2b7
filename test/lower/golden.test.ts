// The lowered form of every construct, as text. Each file of golden/ holds cases: `== title`, C, `--`, the form.
// UPDATE_GOLDEN=1 writes the forms anew; read the difference before keeping it.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { printIr } from '../../server/src/lower/print.ts';
import { lowerText } from './support.ts';

const folder = new URL('golden/', import.meta.url);

interface Case {
  readonly title: string;
  readonly code: string;
  readonly form: string;
}

function read(text: string): Case[] {
  return text.split(/^== /m).slice(1).map((part) => {
    const [head = '', form = ''] = part.split(/^--\n/m);
    const line = head.indexOf('\n');
    return { title: head.slice(0, line), code: head.slice(line + 1).trimEnd(), form: form.trimEnd() };
  });
}

const files = readdirSync(folder).filter((name) => name.endsWith('.txt')).sort();
assert.ok(files.length > 0, 'no golden files');

for (const name of files) {
  const cases = read(readFileSync(new URL(name, folder), 'utf8'));
  const written: string[] = [];
  for (const { title, code, form } of cases) {
    const actual = lowerText(code).map(printIr).join('').trimEnd();
    written.push(`== ${title}\n${code}\n--\n${actual}\n`);
    if (process.env.UPDATE_GOLDEN !== '1') test(`${name}: ${title}`, () => assert.equal(actual, form));
  }
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(new URL(name, folder), written.join('\n'));
}
