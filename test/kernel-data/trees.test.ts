// Every entry is true of a real kernel tree as far as that can be checked by reading: its file exists there and holds
// the name, its arguments exist, and the fields that the paths name exist in the structs.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allEntries, dataFiles } from './data-files.ts';

const TREES = ['KREFLENS_TREE_6_1', 'KREFLENS_TREE_6_12'] as const;

const found: readonly string[] = TREES.map((key) => process.env[key] ?? '').filter((path) => path !== '');
const missing = found.length === TREES.length ? false : `${TREES.join(' and ')} must name kernel trees`;
if (missing !== false && process.env['CI'] === 'true') {
  test('kernel trees are given', () => assert.fail(missing));
}

const texts = new Map<string, string | undefined>();
function textOf(tree: string, path: string): string | undefined {
  const full = join(tree, path);
  if (!texts.has(full)) texts.set(full, existsSync(full) ? readFileSync(full, 'latin1') : undefined);
  return texts.get(full);
}

function mentions(tree: string, source: string, name: string): boolean {
  const text = textOf(tree, source);
  if (text === undefined) return false;
  return new RegExp(`\\b${name}\\b`).test(text);
}

/** DEFINE_GUARD_COND(mutex, _try, ...) makes the guard mutex_try, and no text has that name. */
function guardBase(name: string): string {
  return name.replace(/_(try|intr)$/, '');
}

test('each entry is in the file that it names', { skip: missing }, () => {
  const absent = allEntries()
    .filter(({ kind, historic }) => !historic && kind !== 'home')
    .filter(({ kind, name, source }) => !found.some((tree) => mentions(tree, source, kind === 'guard' ? guardBase(name) : name)))
    .map(({ file, name, source }) => `${file}: ${name} is not in ${source}`);
  assert.deepEqual(absent, []);
});

test('a historic entry is in neither tree', { skip: missing }, () => {
  const present = allEntries()
    .filter(({ historic }) => historic)
    .filter(({ name, source }) => found.some((tree) => new RegExp(`\\b${name}\\s*\\(`).test(textOf(tree, source)?.replace(/\/\*[^]*?\*\//g, '') ?? '')))
    .map(({ file, name, source }) => `${file}: ${name} is in ${source}`);
  assert.deepEqual(present, []);
});

test('each home defines the function', { skip: missing }, () => {
  const absent = allEntries()
    .filter(({ kind }) => kind === 'home')
    .filter(({ name, source }) => !found.some((tree) => defines(textOf(tree, source), name)))
    .map(({ name, source }) => `${name} is not defined in ${source}`);
  assert.deepEqual(absent, []);
});

test('arguments exist', { skip: missing }, () => {
  const wrong: string[] = [];
  let checked = 0;
  for (const { file, data } of dataFiles()) {
    const entries = [...(data.primitives ?? []), ...(data.iterators ?? []), ...(data.containers ?? [])];
    for (const entry of entries.filter((e) => !e.historic)) {
      const { names, source, ...rest } = entry;
      const positions = [...JSON.stringify(rest).matchAll(/\barg(\d)|"(?:gfp|cursor|container|member|pointer|type)":(\d)/g)];
      const highest = Math.max(-1, ...positions.map((match) => Number(match[1] ?? match[2])));
      for (const name of names) {
        for (const tree of found) {
          const count = parameterCount(textOf(tree, source ?? ''), name);
          if (count === undefined) continue;
          checked++;
          if (highest >= count) wrong.push(`${file}: ${name} has ${count} arguments, the entry asks for arg${highest}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(checked > 3000, `only ${checked} signatures were found`);
});

test('iterators name their arguments by what they are', { skip: missing }, () => {
  const cursors = (holding: boolean) => (holding ? /^(child|parent)$/ : /^_*(pos|tpos|obj|entry|slot|node)$/);
  const containers = (holding: boolean) => (holding ? /^(parent|fwnode|dev)$/ : /^_*(head|list|name|root|xa|xas|idr|tree)$/);
  const members = /^(member|mem|m|field)$/;
  const wrong: string[] = [];
  for (const { data } of dataFiles()) {
    for (const { names, source, cursor, container, member, holds, historic } of data.iterators ?? []) {
      if (historic) continue;
      for (const name of names) {
        const parameters = found.map((tree) => macroParameters(textOf(tree, source), name)).find((list) => list !== undefined);
        if (parameters === undefined) {
          wrong.push(`${name}: no macro in ${source}`);
          continue;
        }
        const at = (index: number) => parameters[index] ?? '';
        if (container >= 0 && !cursors(holds !== undefined).test(at(cursor))) wrong.push(`${name}: cursor ${at(cursor)}`);
        if (container >= 0 && !containers(holds !== undefined).test(at(container))) wrong.push(`${name}: container ${at(container)}`);
        if (member !== undefined && !members.test(at(member))) wrong.push(`${name}: member ${at(member)}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

function defines(text: string | undefined, name: string): boolean {
  return text !== undefined && new RegExp(`^(?!\\s)[^;{}#/]*\\b${name}\\s*\\([^;{}]*\\)[^;{}]*\\{`, 'm').test(text);
}

function macroParameters(text: string | undefined, name: string): readonly string[] | undefined {
  const match = text && new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}\\(([^)]*)\\)`, 'm').exec(text);
  return match ? (match[1] ?? '').split(',').map((part) => part.replace(/\\\n/g, '').trim()) : undefined;
}

/** Parameters of a macro or function as its file spells them; undefined if it is not spelled plainly or is variadic. */
function parameterCount(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const macro = macroParameters(text, name);
  if (macro) return macro.some((part) => part.endsWith('...')) ? undefined : macro.length;
  const match = new RegExp(`^[A-Za-z_][^;{}()=]*\\b${name}\\s*\\(((?:[^(){};]|\\([^(){};]*\\))*)\\)`, 'm').exec(text);
  if (!match) return undefined;
  const list = (match[1] ?? '').trim();
  if (list.includes('...')) return undefined;
  if (list === '' || list === 'void') return 0;
  let depth = 0;
  let count = 1;
  for (const character of list) {
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0) count++;
  }
  return count;
}
