// The argument for every put, reported or not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf, openSheds, SHEDS } from './sheds.ts';

const getLine = lineOf('shed_get', /kref_get/);
const LOOKUP = `lookup: shed_get() finds it on sheds and takes a plain reference, sheds_lock held: kref_get(&s->ref) at ${SHEDS}:${getLine}`;

test('a reported put', () => {
  const line = lineOf('keeper_leave', /kref_put/);
  assert.deepEqual(openSheds().why(SHEDS, line), {
    verdict: "can be the last: no other reference to 'k->shed' is held here, and neither is sheds_lock, under which shed_get() finds it",
    lines: [
      `put 1/1: kref_put(&s->ref, shed_release) in keeper_leave() at ${SHEDS}:${line}, k->lock held`,
      `owner: one reference came with the pointer that keeper_join() stored in keeper.shed (${SHEDS}:${lineOf('keeper_join', /shed_get/)})`,
      LOOKUP,
      'reported here: final-put-outside-lookup-lock',
      'what would change it: dropping it with sheds_lock held, holding another reference until sheds_lock is taken, ' +
        'or a lookup that takes its reference only if the count is not zero',
    ],
  });
});

test('a put that is silent because another reference is left', () => {
  const line = lineOf('shed_visit', /kref_put/);
  assert.deepEqual(openSheds().why(SHEDS, line), {
    verdict: "cannot be the last: another reference to 's' is still held here",
    lines: [
      `put 1/1: kref_put(&s->ref, shed_release) in shed_visit() at ${SHEDS}:${line}, no lock held`,
      `reference taken: kref_get(&s->ref) in shed_visit() at ${SHEDS}:${line - 1}`,
      `another reference to 's' is still held, dropped later: shed_close(s) in shed_visit() at ${SHEDS}:${line + 1}`,
      LOOKUP,
      'what would change it: dropping the other reference first, or not taking it',
    ],
  });
});

test('a put that is silent because the lock is held, also through a call', () => {
  const inside = openSheds().why(SHEDS, lineOf('shed_close', /kref_put/));
  assert.equal(inside?.verdict, "can be the last, and is right: sheds_lock, under which shed_get() finds 's', is held from the put until it is off the list");
  const call = openSheds().why(SHEDS, lineOf('shed_visit', /shed_close/));
  assert.equal(call?.verdict, inside?.verdict);
  assert.match(call?.lines[1] ?? '', /^put 2\/2: kref_put\(&s->ref, shed_release\) in shed_close\(\) at .*, sheds_lock held$/);
});

test('no put, no answer', () => {
  assert.equal(openSheds().why(SHEDS, getLine), undefined);
  assert.equal(openSheds().why(SHEDS, 1), undefined);
  assert.equal(openSheds().why(SHEDS, 100_000), undefined);
  assert.equal(openSheds().why('no/such/file.c', 1), undefined);
});
