// The driver core as it was in 2016: the fix that was merged then is offered, holds, and the one that was proposed
// first is refuted.

import assert from 'node:assert/strict';
import type { Finding } from '../../server/src/ide/finding.ts';
import { BASE_HEADER, CLASS, CORE, state } from '../support/states.ts';
import { KERNEL_VERSIONS, treeTest } from '../support/kernel-tree.ts';
import { diskFiles } from '../support/memory-files.ts';
import { body, fixed, look } from './support.ts';

const kindOf = (finding: Finding): string => `${finding.rule} in ${finding.function}()`;

for (const version of KERNEL_VERSIONS) {
  treeTest(version, 'state B: save the pointer, then the unlocked put, then the locked one', (root) => {
    const tree = diskFiles(root);
    const shipped = new Map([CORE, BASE_HEADER, CLASS].map((path) => [path, tree.read(path) ?? ''] as const));
    const texts = new Map([[CORE, state('B', shipped).files.get(CORE) ?? '']]);
    const { workspace, findings } = look(texts, tree);
    const race = findings.find((finding) => finding.rule === 'final-put-outside-lookup-lock' && finding.function === 'device_del');
    assert.ok(race, 'the race is found');

    const fixes = workspace.fixes(race);
    const [first] = fixes;
    assert.equal(first?.id, 'reorder-keep-reference');
    assert.deepEqual(first.refuted, []);
    const after = fixed(texts, first);
    const del = body(after.get(CORE) ?? '', 'device_del');
    assert.match(del, /\n\tstruct kobject \*glue_dir;\n/);
    assert.match(del, /\n\tglue_dir = dev->kobj\.parent;\n\tkobject_del\(&dev->kobj\);\n\tcleanup_glue_dir\(dev, glue_dir\);\n/);
    // A deferred release is a second problem of the old code, and holds under its option only.
    const before = findings.filter((finding) => finding !== race).map(kindOf);
    const added = look(after, tree).findings.filter((finding) => finding.config === undefined && !before.includes(kindOf(finding)));
    assert.deepEqual(added.map((finding) => finding.message), []);

    const naive = fixes.find((fix) => fix.id === 'move-locked-put-after');
    assert.deepEqual(naive?.refuted, [
      'kobject_del() clears dev->kobj.parent, cleanup_device_parent() would find nothing and the reference taken by get_device_parent() would leak',
    ]);
  });
}
