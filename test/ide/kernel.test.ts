// What a kernel developer knows of the driver core by heart, read from the summaries of the real files.

import assert from 'node:assert/strict';
import type { FunctionSummary } from '../../server/src/ide/finding.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { Workspace } from '../../server/src/ide/workspace.ts';
import { lineIn } from '../support/c-edits.ts';
import { KERNEL_VERSIONS, treeTest } from '../support/kernel-tree.ts';
import { diskFiles } from '../support/memory-files.ts';

const CORE = 'drivers/base/core.c';
const KOBJECT = 'lib/kobject.c';

function summary(workspace: Workspace, file: string, name: string): FunctionSummary {
  const [only] = workspace.summary(name, file);
  assert.ok(only, name);
  return only;
}

const changes = ({ refs }: FunctionSummary, object: string): readonly number[] => refs.filter((ref) => ref.object === object).map(({ change }) => change);
const cleared = ({ writes }: FunctionSummary): readonly string[] => writes.filter(({ value }) => value === 'NULL').map(({ place }) => place);

for (const version of KERNEL_VERSIONS) {
  treeTest(version, 'kobjects: who takes and drops what', (root) => {
    const workspace = openWorkspace(diskFiles(root), {});
    const of = (name: string): FunctionSummary => summary(workspace, KOBJECT, name);

    assert.deepEqual(changes(of('kobject_del'), 'kobj->parent'), [-1]);
    assert.deepEqual(cleared(of('kobject_del')), ['kobj->parent']);
    assert.deepEqual(changes(of('__kobject_del'), 'kobj->parent'), [], '__kobject_del() leaves the parent to its callers');
    assert.deepEqual(cleared(of('__kobject_del')), ['kobj->parent']);

    const put = of('kobject_put');
    assert.deepEqual(put.refs.map(({ object, change, mayBeLast }) => ({ object, change, mayBeLast })), [{ object: 'kobj', change: -1, mayBeLast: true }]);
    assert.deepEqual(put.locks, []);

    const join = of('kobj_kset_join');
    assert.deepEqual(changes(join, 'kobj->kset'), [1]);
    assert.deepEqual(join.registry.map((entry) => [entry.effect, entry.object, entry.in]), [['publishes', 'kobj', 'kobj->kset->list']]);
    assert.deepEqual(join.locks, [{ lock: 'kobj->kset->list_lock', effect: 'takes-and-drops' }]);
    assert.equal(join.maySleep, false);
    const leave = of('kobj_kset_leave');
    assert.deepEqual(changes(leave, 'kobj->kset'), [-1]);
    assert.deepEqual(leave.registry.map(({ effect, object }) => [effect, object]), [['unlinks', 'kobj']]);

    const add = of('kobject_add_internal');
    assert.deepEqual(changes(add, 'kobj->parent'), [1, -1], 'the error path drops it again');
    assert.ok(add.outcomes.some(({ returns, effects }) => returns === '<0' && effects.includes('put kobj->parent')));
    assert.ok(add.refs.filter(({ object, change }) => object === 'kobj->parent' && change < 0).every(({ mayBeLast }) => !mayBeLast));
    assert.deepEqual(changes(of('kobject_add'), 'parent'), [1]);

    const move = of('kobject_move');
    assert.deepEqual(changes(move, 'kobj->parent'), [-1]);
    assert.deepEqual(changes(move, 'kobj'), [1, -1]);
    assert.ok(move.writes.some(({ place, value }) => place === 'kobj->parent' && value === 'new_parent'));

    assert.deepEqual(changes(of('kobject_cleanup'), 'kobj->parent'), [-1]);
    assert.ok(of('kobject_release').outcomes.some(({ effects }) => effects.some((effect) => /later, from a work$/.test(effect))));
  });

  treeTest(version, 'glue directories: counted, borrowed, dropped under the lock', (root) => {
    const files = diskFiles(root);
    const core = files.read(CORE) ?? '';
    const workspace = openWorkspace(files, {});
    const of = (name: string): FunctionSummary => summary(workspace, CORE, name);

    const parent = of('get_device_parent');
    const returns = parent.outcomes.map((outcome) => outcome.returns);
    assert.ok(returns.includes('non-NULL: k, reference taken'), returns.join('\n'));
    assert.ok(returns.includes('non-NULL: &parent->kobj, borrowed'), returns.join('\n'));
    assert.ok(parent.refs.some(({ object, change, held }) => object === 'k' && change === 1 && held.includes('gdp_mutex')));
    assert.ok(parent.locks.some(({ lock, effect }) => lock === 'gdp_mutex' && effect === 'takes-and-drops'));

    const cleanup = of('cleanup_glue_dir');
    const drops = cleanup.refs.filter(({ object }) => object === 'glue_dir');
    assert.deepEqual(drops.map(({ change, held, mayBeLast }) => ({ change, held, mayBeLast })), [{ change: -1, held: ['gdp_mutex'], mayBeLast: true }]);
    assert.match(drops[0]?.when ?? '', /^glue_dir->kset == &.*glue_dirs$/);
    assert.ok(cleanup.outcomes.some(({ when, effects }) => /^glue_dir->kset != /.test(when) && effects.length === 0));

    assert.deepEqual(of('live_in_glue_dir').outcomes.filter(({ returns }) => returns === 'true').length, 1);
    assert.deepEqual(of('get_glue_dir').outcomes, [{ when: '', returns: 'dev->kobj.parent, borrowed', effects: [] }]);
    assert.deepEqual(of('class_dir_release').outcomes.map(({ effects }) => effects), [['free dir']]);
    const create = of('class_dir_create_and_add');
    assert.ok(create.outcomes.some(({ returns }) => returns === 'non-NULL: &dir->kobj, reference taken'));
    assert.ok(create.outcomes.some(({ returns, effects }) => returns === 'error pointer' && effects.includes('put dir')));

    const del = of('device_del').refs.filter(({ object, change }) => object === 'dev->kobj.parent' && change < 0);
    assert.deepEqual(del.map(({ held, mayBeLast }) => ({ held, mayBeLast })), [{ held: [], mayBeLast: false }, { held: ['gdp_mutex'], mayBeLast: true }]);

    const why = (name: string, pattern: RegExp): string => workspace.why(CORE, lineIn(core, name, pattern))?.verdict ?? '';
    assert.match(why('device_del', /kobject_del\(&dev->kobj\)/), /^cannot be the last: another reference to 'dev->kobj.parent'/);
    assert.match(why('cleanup_glue_dir', /kobject_put\(/), /^can be the last, and is right: /);

    for (const name of ['get_device_parent', 'cleanup_glue_dir', 'device_add', 'device_del', 'device_move']) {
      const line = lineIn(core, name, new RegExp(`\\b${name}\\(`)) - 1;
      const hover = workspace.hover(CORE, { line, character: (core.split('\n')[line] ?? '').indexOf(`${name}(`) });
      assert.ok(hover && hover.plain.split('\n').length <= 12, name);
    }
  });
}
