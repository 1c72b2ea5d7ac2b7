// Summaries, exactly as they are told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionSummary } from '../../server/src/ide/finding.ts';
import { lineOf, openSheds, SHEDS } from './sheds.ts';

function summary(name: string): FunctionSummary {
  const [only, ...rest] = openSheds().summary(name, SHEDS);
  assert.ok(only !== undefined && rest.length === 0, `one ${name}()`);
  return only;
}

test('a lookup: what it returns comes with a reference on one outcome', () => {
  assert.deepEqual(summary('shed_get'), {
    function: 'shed_get', file: SHEDS, line: lineOf('shed_get', /shed_get/), maySleep: true,
    locks: [{ lock: 'sheds_lock', effect: 'takes-and-drops' }],
    refs: [{
      object: 's', change: 1, when: 's->number == number', held: ['sheds_lock'], mayBeLast: false,
      site: { file: SHEDS, line: lineOf('shed_get', /kref_get/) },
    }],
    writes: [],
    registry: [{ effect: 'finds', object: 's', in: 'sheds', when: '' }],
    outcomes: [
      { when: 'none of the others', returns: 'NULL', effects: ['lock sheds_lock', 'find s in sheds', 'unlock sheds_lock'] },
      {
        when: 's->number == number', returns: 'non-NULL: s, reference taken',
        effects: ['lock sheds_lock', 'find s in sheds', 'get s', 'unlock sheds_lock'],
      },
    ],
    gaps: [],
  });
});

test('a creation: nothing happens when the memory is not there', () => {
  const { refs, registry, outcomes } = summary('shed_open');
  assert.deepEqual(refs.map(({ object, change, when }) => ({ object, change, when })), [{ object: 's', change: 1, when: 's != NULL' }]);
  assert.deepEqual(registry, [{ effect: 'publishes', object: 's', in: 'sheds', when: 's != NULL' }]);
  assert.deepEqual(outcomes, [
    { when: 's == NULL', returns: 'NULL', effects: [] },
    {
      when: 's != NULL', returns: 'non-NULL: s, reference taken',
      effects: ['init s', 'lock sheds_lock', 'add s to sheds', 'unlock sheds_lock'],
    },
  ]);
});

test('a put of what a field holds: named by the field, which is cleared', () => {
  const { locks, refs, writes, outcomes } = summary('keeper_leave');
  assert.deepEqual(locks, [{ lock: 'k->lock', effect: 'requires' }]);
  assert.deepEqual(refs, [{
    object: 'k->shed', change: -1, when: '', held: ['k->lock'], mayBeLast: true, site: { file: SHEDS, line: lineOf('keeper_leave', /kref_put/) },
  }]);
  assert.deepEqual(writes, [{ place: 'k->shed', value: 'NULL' }]);
  assert.deepEqual(outcomes, [{ when: '', returns: 'void', effects: ['k->shed = NULL', 'put k->shed'] }]);
});

test('a locked last put is a last put; one with another reference left is not', () => {
  assert.deepEqual(summary('shed_close').refs.map(({ mayBeLast, held }) => ({ mayBeLast, held })), [{ mayBeLast: true, held: ['sheds_lock'] }]);
  assert.deepEqual(summary('shed_visit').refs.map(({ change, mayBeLast }) => ({ change, mayBeLast })), [
    { change: 1, mayBeLast: false }, { change: -1, mayBeLast: false }, { change: -1, mayBeLast: true },
  ]);
  assert.deepEqual(summary('shed_visit').outcomes[0]?.effects, ['get s', 'put s', 'put s under sheds_lock']);
});

test('a release names the object around the count, and the list by its publisher', () => {
  assert.deepEqual(summary('shed_release').outcomes, [{ when: '', returns: 'void', effects: ['unlink s from sheds', 'free s'] }]);
});

test('a pointer handed on without a reference is borrowed; what a call returned has the call\'s name', () => {
  assert.deepEqual(summary('keeper_shed').outcomes.map(({ returns }) => returns), ['k->shed, borrowed']);
  assert.deepEqual(summary('keeper_join').refs.map(({ object, change }) => ({ object, change })), [{ object: 'shed_get(number)', change: 1 }]);
});

test('a function is found by its name alone, wherever it is defined', () => {
  assert.deepEqual(openSheds().summary('shed_get'), [summary('shed_get')]);
});

test('an unknown function has no summary', () => {
  assert.deepEqual(openSheds().summary('no_such_function', SHEDS), []);
  assert.deepEqual(openSheds().summary('no_such_function'), []);
});
