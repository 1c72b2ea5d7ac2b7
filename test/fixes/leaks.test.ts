// References that come with a field and are lost with it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLEARED_FIRST, FAILING_CALL, OVERWRITTEN, SHARED_CLEANUP } from './leaks.ts';
import { bodyWith, ids, offers } from './support.ts';

const alone = (text: string): ReadonlyMap<string, string> => new Map([['a.c', text]]);

test('put-before-loss turns the two calls round', () => {
  assert.match(bodyWith(alone(CLEARED_FIRST), 'put-before-loss', 'branch_graft'), /\n\t\tbranch_leave\(b\);\n\t\tbranch_reset\(b\);\n\t\treturn -E2BIG;/);
});

test('save-pointer saves it, and calls what the wrapper is around', () => {
  assert.match(bodyWith(alone(CLEARED_FIRST), 'save-pointer', 'branch_graft'),
    /{\n\t\tstruct trunk \*old_trunk = b->trunk;\n\n\t\tbranch_reset\(b\);\n\t\ttrunk_put\(old_trunk\);\n/);
});

test('put-own-pointer gives the cleanup the variable that the field was set from', () => {
  assert.match(bodyWith(alone(SHARED_CLEANUP), 'put-own-pointer', 'branch_graft'), /\nleave:\n\ttrunk_put\(t\);\n/);
  assert.equal(ids(offers(alone(SHARED_CLEANUP))), 'put-own-pointer');
});

test('a variable that a way to the cleanup has not set yet is not given', () => {
  const early = SHARED_CLEANUP.replace('\tt = trunk_find(id);\n', '\tif (id < 0)\n\t\tgoto leave;\n\tt = trunk_find(id);\n');
  assert.notEqual(early, SHARED_CLEANUP);
  assert.doesNotMatch(ids(offers(alone(early))), /put-own-pointer/);
});

test('a variable that is set twice is not given', () => {
  const twice = SHARED_CLEANUP.replace('\treturn 0;\nreset:', '\tt = NULL;\n\treturn 0;\nreset:');
  assert.notEqual(twice, SHARED_CLEANUP);
  assert.doesNotMatch(ids(offers(alone(twice))), /put-own-pointer/);
});

test('keep-for-cleanup sets what the cleanup puts, where the call fails', () => {
  assert.match(bodyWith(alone(FAILING_CALL), 'keep-for-cleanup', 'branch_graft'), /\n\tif \(error\) {\n\t\told = t;\n\t\tgoto out;\n\t}\n\treturn 0;\n/);
});

test('put-saved-pointer puts what the field had', () => {
  assert.match(bodyWith(alone(OVERWRITTEN), 'put-saved-pointer', 'branch_move'),
    /\n\told_trunk = b->trunk;\n\tb->trunk = t;\n\ttrunk_put\(old_trunk\);\n}$/);
});

test('put-saved-pointer tests the pointer where the helper does not', () => {
  const bare = OVERWRITTEN.replace('\tif (!t)\n\t\treturn;\n\tmutex_lock', '\tmutex_lock');
  assert.notEqual(bare, OVERWRITTEN);
  assert.match(bodyWith(alone(bare), 'put-saved-pointer', 'branch_move'), /\n\tif \(old_trunk\)\n\t\ttrunk_put\(old_trunk\);\n}$/);
});
