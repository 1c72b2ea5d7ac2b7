// `kreflens index` and `check --index` from the command line, with the real engine on a small tree.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { kreflens } from '../faces/command-line.ts';
import { smallTree, temporary, write } from './trees.ts';

function withStore(t: TestContext): { readonly tree: string; run(cwd: string, ...args: string[]): ReturnType<typeof kreflens> } {
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = temporary(t);
  t.after(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  });
  return { tree: smallTree(t), run: (cwd, ...args) => kreflens(cwd, args, { openWorkspace }) };
}

test('index says what it found, --stats more, --clean removes it', async (t) => {
  const { tree, run } = withStore(t);
  const first = await run(tree, 'index', '--jobs', '1');
  assert.deepEqual([first.status, first.err], [0, '']);
  assert.match(first.out, /^20 files \(20 scanned\), 20 functions, [\d.]+ s\n$/);
  const second = await run('/', 'index', '--tree', tree, '--stats');
  assert.match(second.out, /^20 files \(0 scanned\)[^]*\ncalls +38\n[^]*\nindex +0\.0 MB, [0-9a-f]{64}\nstore [^]*kreflens\n/);
  assert.match((await run(tree, 'index', '--clean')).out, /^removed .*kreflens\n$/);
  assert.match((await run(tree, 'index', '--clean')).out, /^nothing to remove/);
  assert.match((await run(tree, 'index')).out, /20 scanned/);
});

test('shards go to standard output or a file, and are merged from there', async (t) => {
  const { tree, run } = withStore(t);
  const digest = /^index .*, (\w+)$/m.exec((await run(tree, 'index', '--stats')).out)?.[1];
  const folder = temporary(t);
  write(folder, 'one', (await run(tree, 'index', '--shard', '1/2')).out);
  assert.equal((await run(tree, 'index', '--shard', '2/2', '-o', join(folder, 'two'))).out, '');
  await run(tree, 'index', '--clean');
  const merged = await run(folder, 'index', '--tree', tree, '--stats', '--merge', 'two', 'one');
  assert.match(merged.out, /\(0 scanned\)/);
  assert.equal(/^index .*, (\w+)$/m.exec(merged.out)?.[1], digest);
});

for (const [what, args, message] of [
  ['a shard past the last', ['--shard', '3/2'], /I from 1 to N/],
  ['a shard that is no fraction', ['--shard', 'two'], /I\/N/],
  ['a merge of what is no shard', ['--merge', 'Kconfig'], /Kconfig: not a shard/],
  ['a merge of nothing', ['--merge', 'absent'], /absent/],
  ['a missing tree', ['--tree', 'absent'], /--tree absent: no such/],
] as const) {
  test(`refuses ${what} in one line`, async (t) => {
    const { tree, run } = withStore(t);
    const { status, out, err } = await run(tree, 'index', ...args);
    assert.deepEqual([status, out], [2, '']);
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2);
  });
}

test('check --index: the same bytes cold and warm, with one job and two, from any folder', async (t) => {
  const { tree, run } = withStore(t);
  const options = ['check', '--index', '--no-timing', '--format', 'json', '--tree', tree];
  const cold = await run(tree, ...options, '--jobs', '1', 'lib', 'fs');
  assert.notEqual(cold.status, 2, cold.err);
  assert.equal((await run(tree, ...options, '--jobs', '1', 'lib', 'fs')).out, cold.out);
  assert.equal((await run(temporary(t), ...options, '--jobs', '2', 'lib', 'fs')).out, cold.out);
  await run(tree, 'index', '--clean');
  assert.equal((await run(tree, ...options, '--jobs', '2', 'lib', 'fs')).out, cold.out);
});
