// The program over real kernel trees.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Files } from '../../server/src/base/files.ts';
import { loadKnowledge } from '../../server/src/kernel/knowledge.ts';
import { openCode } from '../../server/src/program/program.ts';
import { spelled } from './memory.ts';

function treeFiles(tree: string): Files {
  return {
    read(path) {
      try {
        return readFileSync(join(tree, path), 'utf8');
      } catch {
        return undefined;
      }
    },
    list(folder) {
      try {
        return readdirSync(join(tree, folder), { withFileTypes: true })
          .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
      } catch {
        return [];
      }
    },
  };
}

const core = 'drivers/base/core.c';

for (const version of ['6_1', '6_12']) {
  const name = `KREFLENS_TREE_${version}`;
  const tree = process.env[name];
  const skip = tree === undefined && process.env['CI'] !== 'true' ? `${name} is not set` : false;

  test(`${version}: the driver core's calls, types and tables are found`, { skip }, (t) => {
    assert.ok(tree !== undefined, `${name} is not set`);
    const code = openCode(treeFiles(tree), loadKnowledge());
    const functions = code.functionsIn(core);
    assert.ok(functions.length > 190, `${functions.length} functions`);

    const reached = (callee: string): string | undefined => spelled(code.resolve(callee, core));
    assert.equal(reached('get_device_parent'), `${core}:get_device_parent`);
    assert.equal(reached('kobject_del'), 'lib/kobject.c:kobject_del');
    assert.equal(reached('kobject_put'), 'lib/kobject.c:kobject_put');
    assert.equal(reached('kref_get'), 'include/linux/kref.h:kref_get');
    assert.equal(reached('sysfs_create_link'), 'fs/sysfs/symlink.c:sysfs_create_link');
    assert.equal(reached('bus_add_device'), 'drivers/base/bus.c:bus_add_device');
    assert.equal(reached('klist_next'), 'lib/klist.c:klist_next');
    const put = code.resolve('kobject_put', core);
    assert.equal(spelled(put && code.resolve('kobject_release', put.file)), 'lib/kobject.c:kobject_release');

    const called = new Set(functions.flatMap(({ item }) => item.calls));
    const unknown = [...called].filter((callee) => code.resolve(callee, core) === undefined && code.macro(callee, core) === undefined);
    t.diagnostic(`${called.size} names called, ${unknown.length} without a definition: ${unknown.join(' ')}`);
    assert.ok(unknown.length < called.size / 10, unknown.join(' '));

    assert.equal(code.variable('gdp_mutex', core)?.type.name, 'struct mutex');
    const fields = code.struct('struct device', core)?.fields.map((field) => field.name) ?? [];
    for (const field of ['kobj', 'parent', 'p', 'class']) assert.ok(fields.includes(field), field);
    assert.deepEqual(code.returnTypeOf('get_device_parent', core), { name: 'struct kobject', pointers: 1 });
    assert.deepEqual(code.returnTypeOf('kobject_get', core), { name: 'struct kobject', pointers: 1 });
    const releases = code.targets('struct kobj_type', 'release', core).map(spelled);
    assert.ok(releases.includes(`${core}:class_dir_release`) && releases.includes(`${core}:device_release`), releases.join(' '));

    const del = functions.find((ref) => ref.name === 'device_del');
    assert.ok(del !== undefined);
    assert.ok(code.callers(del).some((ref) => ref.name === 'device_unregister'));
    const dirRelease = functions.find((ref) => ref.name === 'class_dir_release');
    assert.ok(dirRelease !== undefined && code.addressTaken(dirRelease) && !code.addressTaken(del));
  });

  test(`${version}: the driver core is lowered whole, and equally whatever was asked before`, { skip }, () => {
    assert.ok(tree !== undefined, `${name} is not set`);
    const code = openCode(treeFiles(tree), loadKnowledge());
    const forms = code.functionsIn(core).map((ref) => code.ir(ref));
    assert.ok(forms.every((ir) => ir.blocks.length > 0));
    assert.deepEqual(forms.flatMap((ir) => ir.gaps.filter((gap) => gap.kind === 'parse')), []);
    const other = openCode(treeFiles(tree), loadKnowledge());
    for (const file of ['net/core/dev.c', 'lib/kobject.c']) for (const ref of other.functionsIn(file)) other.ir(ref);
    const again = [...other.functionsIn(core)].reverse().map((ref) => other.ir(ref)).reverse();
    assert.deepEqual(again, forms);
  });
}
