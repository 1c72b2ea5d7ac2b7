// Real files of the 6.12 tree, correct and racy, read by hand.

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { RuleId } from '../../server/src/ide/finding.ts';
import { lineIn } from '../support/c-edits.ts';
import { expectFindings, type Place } from '../support/expectation.ts';
import { treeTest } from '../support/kernel-tree.ts';
import { diskFiles } from '../support/memory-files.ts';
import { CORRECT, HELD_OUT_CORRECT, HELD_OUT_RACES, RACES, type Instance } from './instances.ts';

/** The rules these files were read for; leaks elsewhere in them are another matter. */
const RULES: ReadonlySet<RuleId> = new Set([
  'final-put-outside-lookup-lock', 'unlink-deferred-past-lock', 'teardown-while-shared', 'lookup-get-outside-lock',
]);

function check(root: string, { file, expected, because }: Instance): void {
  const files = diskFiles(root);
  const text = files.read(file);
  if (text === undefined) throw new Error(`the tree has no ${file}`);
  const places = expected.map((one): Place => ({
    rule: one.rule, file, function: one.function, line: lineIn(text, one.function, new RegExp(one.at), one.nth),
  }));
  const found = openWorkspace(files, {}).check([file]).findings.filter((finding) => RULES.has(finding.rule));
  expectFindings(`${file}: ${because}`, places, found);
}

const lists: readonly (readonly [string, readonly Instance[]])[] = [
  ['correct', CORRECT], ['race', RACES], ['held out, correct', HELD_OUT_CORRECT], ['held out, race', HELD_OUT_RACES],
];

for (const [kind, instances] of lists) {
  for (const instance of instances) treeTest('6.12', `${kind}: ${instance.file}`, (root) => { check(root, instance); });
}
