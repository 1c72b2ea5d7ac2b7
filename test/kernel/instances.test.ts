// Real files of the 6.12 tree, correct and racy, read by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { RuleId } from '../../server/src/ide/finding.ts';
import { lineIn } from '../support/c-edits.ts';
import { difference, type Place } from '../support/expectation.ts';
import { treeTest } from '../support/kernel-tree.ts';
import { expectAsKnown, strayCases, tagsOf } from '../support/known.ts';
import { diskFiles } from '../support/memory-files.ts';
import { CORRECT, HELD_OUT_CORRECT, HELD_OUT_RACES, RACES, type Instance } from './instances.ts';
import { KNOWN } from './known-in-instances.ts';

/** The rules these files were read for; leaks elsewhere in them are another matter. */
const RULES: ReadonlySet<string> = new Set([
  'final-put-outside-lookup-lock', 'unlink-deferred-past-lock', 'teardown-while-shared', 'lookup-get-outside-lock',
]);

function check(root: string, { file, expected }: Instance): void {
  const files = diskFiles(root);
  const text = files.read(file);
  if (text === undefined) throw new Error(`the tree has no ${file}`);
  const places = expected.map((one): Place => ({
    rule: one.rule, file, function: one.function, line: lineIn(text, one.function, new RegExp(one.at), one.nth),
  }));
  const found = openWorkspace(files, {}).check([file]).findings.filter((finding) => RULES.has(finding.rule));
  expectAsKnown(KNOWN, file, difference(places, found));
}

const lists: readonly (readonly [string, readonly Instance[]])[] = [
  ['correct', CORRECT], ['race', RACES], ['held out, correct', HELD_OUT_CORRECT], ['held out, race', HELD_OUT_RACES],
];

test('what is known to be wrong is known of an instance', () => {
  assert.deepEqual(strayCases(KNOWN, lists.flatMap(([, instances]) => instances.map(({ file }) => file))), []);
});

for (const [kind, instances] of lists) {
  for (const instance of instances) {
    treeTest('6.12', `${kind}: ${instance.file}, ${instance.because}${tagsOf(KNOWN, instance.file)}`, (root) => { check(root, instance); });
  }
}
