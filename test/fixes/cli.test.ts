// `kreflens fix` with the real engine: the list of fixes, and one as a diff.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { VerifiedFix } from '../../server/src/ide/workspace.ts';
import { folder, kreflens, type Ran } from '../faces/command-line.ts';
import { TWO_COUNTS } from './reductions.ts';
import { fixed, offers, pick } from './support.ts';

const FILE = 'a.c';
const LINE = TWO_COUNTS.split('\n').findIndex((line) => line === '\ttruck_unload(t);') + 1;

const run = (root: string, ...args: string[]): Promise<Ran> => kreflens(root, ['fix', `${FILE}:${LINE}`, ...args], { openWorkspace });

test('--list names every fix with its proof sheet', async (t) => {
  const { out, status } = await run(folder(t, { [FILE]: TWO_COUNTS }), '--list');
  assert.equal(status, 0);
  assert.match(out, /^reorder-keep-reference: .*\n {2}proved: /m);
  assert.match(out, /^move-locked-put-after: .* \(refuted\)\n {2}refuted: truck_unload\(\) clears t->depot/m);
});

test('--fix prints a diff that git applies', async (t) => {
  const root = folder(t, { [FILE]: TWO_COUNTS });
  const { out } = await run(root, '--fix', 'reorder-keep-reference');
  writeFileSync(join(root, 'fix.diff'), out);
  execFileSync('git', ['apply', 'fix.diff'], { cwd: root });
  const texts = new Map([[FILE, TWO_COUNTS]]);
  assert.equal(readFileSync(join(root, FILE), 'utf8'), fixed(texts, pick(offers(texts), 'reorder-keep-reference')).get(FILE));
});

test('--fix with a refuted one says why', async (t) => {
  const { err, status } = await run(folder(t, { [FILE]: TWO_COUNTS }), '--fix', 'move-locked-put-after');
  assert.equal(status, 2);
  assert.match(err, /is refuted: truck_unload\(\) clears/);
});

test('an ID that there is not: one line that names those there are', async (t) => {
  const { out, err, status } = await run(folder(t, { [FILE]: TWO_COUNTS }), '--fix', 'pray');
  assert.deepEqual([out, status], ['', 2]);
  assert.equal(err, `kreflens: no fix 'pray' at ${FILE}:${LINE}; there are reorder-keep-reference, hold-lookup-lock, hold-lookup-lock-in-helper\n`);
});

test('a line without a finding: one line that says where they are', async (t) => {
  const { out, err, status } = await kreflens(folder(t, { [FILE]: TWO_COUNTS }), ['fix', `${FILE}:3`], { openWorkspace });
  assert.deepEqual([out, status], ['', 2]);
  assert.equal(err, `kreflens: no finding at a.c:3; the file has one at line ${LINE}\n`);
});

test('a file without findings', async (t) => {
  const { err, status } = await kreflens(folder(t, { [FILE]: 'int x;\n' }), ['fix', `${FILE}:1`, '--list'], { openWorkspace });
  assert.equal(status, 2);
  assert.equal(err, `kreflens: no finding at ${FILE}:1, nor anywhere in the file\n`);
});

test('a put that is right because of its callers: the assertion that says so', async (t) => {
  const text = TWO_COUNTS.replace('\tmutex_lock(&depots_lock);\n\tkref_put(&home->ref, depot_free);\n\tmutex_unlock(&depots_lock);\n', '\tkref_put(&home->ref, depot_free);\n')
    .replace('\tleave_depot(t, t->depot);\n', '\tmutex_lock(&depots_lock);\n\tleave_depot(t, t->depot);\n\tmutex_unlock(&depots_lock);\n');
  const line = text.split('\n').indexOf('\tkref_put(&home->ref, depot_free);') + 1;
  const { out, status } = await kreflens(folder(t, { [FILE]: text }), ['fix', `${FILE}:${line}`], { openWorkspace });
  assert.equal(status, 0);
  assert.match(out, /^\+\tlockdep_assert_held\(&depots_lock\);$/m);
});

test('--write into a file that must not be written: one line, and the file is as it was', async (t) => {
  const root = folder(t, { [FILE]: TWO_COUNTS });
  const path = join(root, FILE);
  chmodSync(path, 0o444);
  const { err, status } = await kreflens(root, ['fix', `${FILE}:${LINE}`, '--fix', 'reorder-keep-reference', '--write'],
    { openWorkspace, writeText: () => ({ ok: false, why: 'permission denied' }) });
  assert.equal(status, 2);
  assert.equal(err, `kreflens: ${FILE}: not written: permission denied; nothing was changed\n`);
  assert.equal(readFileSync(path, 'utf8'), TWO_COUNTS);
});

test('--write of several files: all or none', async (t) => {
  const root = folder(t, { [FILE]: TWO_COUNTS, 'b.c': 'int x;\n' });
  const both: VerifiedFix = {
    id: 'both', title: 'In both', proved: ['nothing'], assumed: [], refuted: [],
    edits: [FILE, 'b.c'].map((file) => ({ file, start: 0, end: 0, newText: '/* new */\n' })),
  };
  const written: string[] = [];
  const { err, status } = await kreflens(root, ['fix', `${FILE}:${LINE}`, '--fix', 'both', '--write'], {
    openWorkspace: (files, options) => ({ ...openWorkspace(files, options), fixes: () => [both] }),
    writeText: (path, text) => {
      written.push(`${path.slice(root.length + 1)}: ${text.startsWith('/* new */')}`);
      return written.length === 2 ? { ok: false, why: 'no space left' } : { ok: true, value: true };
    },
  });
  assert.equal(status, 2);
  assert.equal(err, 'kreflens: b.c: not written: no space left; the other files are as they were\n');
  assert.deepEqual(written, ['a.c: true', 'b.c: true', 'a.c: false']);
});
