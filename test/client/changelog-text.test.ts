// What is shown for a commit.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { changelogText } from '../../client/src/changelog-text.ts';

const context = 'Context: Process context. Takes and releases groups_lock.';

it('is the draft, then what the function can say about itself', () => {
  const text = changelogText({ text: 'group: last put under groups_lock\n\nA diagram', function: 'group_put', context, assertions: ['lockdep_assert_held(&groups_lock);'] });
  assert.equal(text, `group: last put under groups_lock

A diagram

For the kernel-doc of group_put():
  ${context}

For the start of its body:
  lockdep_assert_held(&groups_lock);
`);
});

it('leaves out what there is not', () => {
  assert.equal(changelogText({ function: 'group_get', context, assertions: [] }), `For the kernel-doc of group_get():\n  ${context}\n`);
});
