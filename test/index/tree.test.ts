// Facts of real folders: no function is silently missing.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';

import { factsOf } from '../../server/src/index/facts.ts';
import { join, openIndex } from '../../server/src/index/join.ts';
import { KERNEL_VERSIONS, treeTest } from '../support/kernel-tree.ts';

const FOLDERS = ['drivers/base', 'drivers/base/power', 'fs/ext4', 'net/core', 'lib'];

for (const version of KERNEL_VERSIONS) {
  treeTest(version, 'as many functions as braces in column 0, to half a percent', (root) => {
    const files = FOLDERS.flatMap((folder) => readdirSync(joinPath(root, folder)).filter((name) => name.endsWith('.c')).map((name) => `${folder}/${name}`));
    const texts = files.map((path) => [path, readFileSync(joinPath(root, path), 'utf8')] as const);
    const facts = texts.map(([path, text]) => factsOf(path, text));
    // The kernel's style: the body of a function opens in column 0, hardly anything else does.
    const expected = texts.reduce((sum, [, text]) => sum + (text.match(/^\{/gm)?.length ?? 0), 0);
    const found = facts.reduce((sum, file) => sum + file.functions.length, 0);
    assert.ok(expected > 5000);
    assert.ok(Math.abs(found - expected) <= expected / 200, `${found} functions, ${expected} braces`);

    const index = openIndex(join(facts));
    assert.deepEqual(index?.definitions('device_add'), ['drivers/base/core.c']);
    assert.ok(index.callers('kobject_put').includes('drivers/base/core.c'));
    assert.ok(index.pointers('struct kobj_type', 'release').includes('drivers/base/core.c'));
  });
}
