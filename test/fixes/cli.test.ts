// `kreflens fix` with the real engine: the list of fixes, and one as a diff.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
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
