// A fix is tried on the very texts that are open: what is said about them is the same before and after.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf, openSheds, SHEDS } from './sheds.ts';

test('hover, argument and race are the same after fixes were tried', () => {
  const workspace = openSheds();
  const [finding] = workspace.check([SHEDS]).findings;
  assert.ok(finding);
  const line = lineOf('keeper_leave', /kref_put/);
  const said = (): readonly unknown[] => [
    workspace.hover(SHEDS, { line: line - 1, character: 1 })?.plain, workspace.why(SHEDS, line), workspace.race(finding), workspace.interleaving(finding),
  ];
  const before = said();
  assert.match(String(before[0]), /^can be the last/);
  assert.ok(workspace.fixes(finding).length > 0);
  assert.deepEqual(said(), before);
});
