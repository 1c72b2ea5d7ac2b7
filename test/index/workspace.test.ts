// An open workspace is given an index afterwards, as the server does it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { factsOf } from '../../server/src/index/facts.ts';
import { join, openIndex } from '../../server/src/index/join.ts';
import { memoryFiles } from '../program/memory.ts';

test('what the index knows is used from then on, and texts that were set stay', () => {
  const texts = {
    'fs/user.c': 'void user(struct mutex *lock)\n{\n}\n',
    'lib/sheds/odd.c': 'void shed_open(struct mutex *lock)\n{\n\tmutex_lock(lock);\n}\n',
  };
  const index = openIndex(join(Object.entries(texts).map(([path, text]) => factsOf(path, text))));
  assert.ok(index !== undefined);
  const workspace = openWorkspace(memoryFiles(texts), {});
  workspace.setText('fs/user.c', 'void user(struct mutex *lock)\n{\n\tshed_open(lock);\n}\n');
  const locks = () => workspace.summary('user', 'fs/user.c').flatMap((summary) => summary.locks.map(({ effect }) => effect));
  assert.deepEqual(locks(), []);
  workspace.useIndex(index);
  assert.deepEqual(locks(), ['takes']);
});
