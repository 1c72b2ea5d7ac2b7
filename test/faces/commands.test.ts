// summary, race, why, fix and explain: what they print and when they refuse.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { folder, kreflens } from './command-line.ts';

const racy = 'void drop(void)\n{\n\tbad_put(x);\n\tgood_put(y);\n}\n';

test('summary as text: what a kernel developer would write down', async (t) => {
  const root = folder(t, { 'a.c': racy });
  const ran = await kreflens(root, ['summary', 'a.c:drop']);
  assert.equal(ran.status, 0, ran.err);
  assert.equal(ran.out, `a.c:3: drop()
  locks:
    needs items_lock
    takes and drops x->lock
  references:
    drops x, items_lock held; may be the last, if x->on_list (a.c:5)
  lists:
    takes x off items
  writes:
    x->parent = NULL
  outcomes:
    always: lock x->lock; put x; unlock x->lock; returns 0
  may sleep
  not seen:
    a.c:9: mystery() has no body here
`);
});

test('summary as JSON has the contract\'s keys in their order', async (t) => {
  const root = folder(t, { 'a.c': racy });
  const ran = await kreflens(root, ['summary', '--format', 'json', 'drop']);
  const parsed = JSON.parse(ran.out);
  assert.deepEqual(Object.keys(parsed), ['schema', 'functions']);
  assert.deepEqual(Object.keys(parsed.functions[0]), ['function', 'file', 'line', 'maySleep', 'locks', 'refs', 'writes', 'registry', 'outcomes', 'gaps']);
  assert.deepEqual(Object.keys(parsed.functions[0].refs[0]), ['object', 'change', 'when', 'held', 'mayBeLast', 'site']);
});

test('summary says which function is not there, and still prints the others', async (t) => {
  const root = folder(t, { 'a.c': racy });
  const ran = await kreflens(root, ['summary', 'nobody', 'a.c:drop', 'b.c:drop', 'x y']);
  assert.equal(ran.status, 2);
  assert.match(ran.out, /^a\.c:3: drop\(\)/);
  assert.equal(ran.err.trimEnd().split('\n').length, 3);
  assert.match(ran.err, /'x y' is not \[FILE:\]FUNCTION/);
  assert.match(ran.err, /b\.c: no such file/);
  assert.match(ran.err, /no function 'nobody' in the tree/);
});

test('race prints the diagram of the finding at the line', async (t) => {
  const root = folder(t, { 'a.c': racy });
  assert.deepEqual(await kreflens(root, ['race', 'a.c:3']), { status: 0, out: 'CPU0            CPU1\nput x\n                get\n', err: '' });
});

test('why answers for any put', async (t) => {
  const root = folder(t, { 'a.c': racy });
  assert.deepEqual(await kreflens(root, ['why', 'a.c:4']), { status: 0, out: 'can be the last\n  nobody else holds one\n', err: '' });
});

for (const [args, message] of [
  [['race', 'a.c'], /'a\.c' is not FILE:LINE/],
  [['race', 'a.c:0'], /is not FILE:LINE/],
  [['race', 'a.c:1'], /no finding with a race at a\.c:1/],
  [['race', 'b.c:1'], /b\.c: no such file/],
  [['race', 'd:1'], /d: a folder/],
  [['why', 'a.c:1'], /no put at a\.c:1/],
  [['fix', 'a.c:1'], /no finding at a\.c:1/],
  [['fix', 'a.c:3', '--fix', 'nope'], /no fix 'nope'/],
  [['fix', 'a.c:3', '--fix', 'move-put'], /'move-put' is refuted: the field is cleared by then/],
  [['fix', 'a.c:3', '--write'], /--write needs --fix/],
  [['fix', 'a.c:3', '--list', '--fix', 'x'], /cannot be used with/],
  [['explain', 'no-such'], /unknown rule 'no-such'/],
] as const) {
  test(`${args.join(' ')}: one line, status 2`, async (t) => {
    const root = folder(t, { 'a.c': racy, 'd/a.c': racy });
    const ran = await kreflens(root, args);
    assert.equal(ran.status, 2);
    assert.equal(ran.out, '');
    assert.match(ran.err, /^kreflens: [^\n]*\n$/);
    assert.match(ran.err, message);
  });
}

test('fix prints a diff that git applies, and --write does the same to the file', async (t) => {
  const root = folder(t, { 'a.c': racy });
  const diff = await kreflens(root, ['fix', 'a.c:3']);
  assert.equal(diff.status, 0, diff.err);
  assert.equal(readFileSync(join(root, 'a.c'), 'utf8'), racy);
  const fixed = racy.replace('bad_put(x)', 'lock(); good_put(x)');
  writeFileSync(join(root, 'fix.diff'), diff.out);
  execFileSync('git', ['apply', 'fix.diff'], { cwd: root });
  assert.equal(readFileSync(join(root, 'a.c'), 'utf8'), fixed);

  writeFileSync(join(root, 'a.c'), racy);
  const written = await kreflens(root, ['fix', 'a.c:3', '--fix', 'hold-lock', '--write']);
  assert.equal(written.status, 0, written.err);
  assert.equal(written.out, diff.out);
  assert.equal(readFileSync(join(root, 'a.c'), 'utf8'), fixed);
});

test('fix does not write into a file that is not valid UTF-8', async (t) => {
  const bytes = Buffer.concat([Buffer.from('bad_put(x); /* '), Buffer.from([0xe9]), Buffer.from(' */\n')]);
  const root = folder(t, { 'a.c': bytes });
  const ran = await kreflens(root, ['fix', 'a.c:1', '--fix', 'hold-lock', '--write']);
  assert.equal(ran.status, 2);
  assert.match(ran.err, /not valid UTF-8/);
  assert.deepEqual(readFileSync(join(root, 'a.c')), bytes);
});

test('fix --list shows what was proved and what speaks against', async (t) => {
  const root = folder(t, { 'a.c': racy });
  assert.equal((await kreflens(root, ['fix', 'a.c:3', '--list'])).out, `hold-lock: Hold items_lock around the put
  proved: release takes no lock

move-put: Move the put (refuted)
  refuted: the field is cleared by then
`);
});
