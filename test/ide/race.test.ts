// The two-CPU diagrams.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../server/src/ide/finding.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { LIBRARY, PLAIN_LAST_PUT } from '../fixes/kobjects.ts';
import { loadFixtures } from '../support/marked-fixtures.ts';
import { overlayFiles } from '../support/memory-files.ts';
import { lineOf, openSheds, SHEDS } from './sheds.ts';

const fixtures = loadFixtures(join(fileURLToPath(new URL('../fixtures', import.meta.url)), 'finality'));

function diagrams(name: string): readonly string[] {
  const fixture = fixtures.find((one) => one.name === name);
  assert.ok(fixture, name);
  const workspace = openWorkspace(overlayFiles(fixture.files), {});
  return workspace.check([...fixture.files.keys()]).findings.map((finding) => workspace.race(finding));
}

test('a last put outside the lock', () => {
  const workspace = openSheds();
  assert.deepEqual(workspace.check([SHEDS]).findings.map((finding) => workspace.race(finding)), [
    `CPU0                                 CPU1
----                                 ----
keeper_leave()
  kref_put(&s->ref, shed_release)
    count 1 -> 0
                                     shed_get()
                                       lock sheds_lock
                                       finds k->shed on sheds
                                       kref_get(&s->ref)
                                         count 0 -> 1, already dying
                                       unlock sheds_lock
    shed_release()
      list_del(&s->node)
      kfree(s)
                                       uses freed k->shed`,
  ]);
});

test('an unlink that is put off', () => {
  assert.deepEqual(diagrams('deferred-rcu.bad'), [
    `CPU0                                 CPU1
----                                 ----
voucher_put()
  lock vouchers_lock
  kref_put(&v->ref, ...)
    count 1 -> 0
    release put off
  unlock vouchers_lock
                                     voucher_get()
                                       lock vouchers_lock
                                       finds v on vouchers
                                       kref_get(&v->ref)
                                         count 0 -> 1, already dying
                                       unlock vouchers_lock
later, without the lock:
  release: off the list, freed
                                       uses freed v`,
  ]);
});

test('an unlink that an option puts off: its long name stands in the column, below its row', () => {
  const files = new Map([...LIBRARY, ['drivers/a.c', PLAIN_LAST_PUT]]);
  const workspace = openWorkspace(overlayFiles(files), {});
  const [diagram, ...others] = workspace.check(['drivers/a.c']).findings.map((finding) => workspace.race(finding));
  assert.deepEqual(others, []);
  assert.deepEqual(diagram?.split('\n').slice(2, 9), [
    'leave_annex()',
    '  lock annexes_lock',
    '  kobject_put(annex)',
    '    kref_put(&kobj->kref, last_put)',
    '      count 1 -> 0',
    '      release put off',
    '  unlock annexes_lock',
  ]);
  assert.deepEqual(diagram?.split('\n').slice(-4), [
    'later, without the lock',
    '  (CONFIG_DEBUG_KOBJECT_RELEASE):',
    '  release: off the list, freed',
    '                                       uses freed annex',
  ]);
});

test('a get after the lock was dropped', () => {
  assert.deepEqual(diagrams('late-get.bad'), [
    `CPU0                                 CPU1
----                                 ----
                                     ticket_get()
                                       lock tickets_lock
                                       idr_find(&tickets, id)
                                       unlock tickets_lock
drops the last reference
  count 1 -> 0
  lock tickets_lock
  off the list
  unlock tickets_lock
  freed
                                       kref_get(&t->ref)
                                         count of freed memory: 0 -> 1`,
  ]);
});

test('a teardown of what others hold', () => {
  const held = ['sheds_lock'];
  const teardown: Finding = {
    rule: 'teardown-while-shared', severity: 'warning', confidence: 'high', file: SHEDS, function: 'shed_close',
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, message: '', object: 's', lock: 'sheds_lock',
    lookup: [{ file: SHEDS, line: lineOf('shed_get', /kref_get/), function: 'shed_get', text: 'kref_get(&s->ref)', held }],
    steps: [{ role: 'teardown', file: SHEDS, line: 1, function: 'shed_close', text: 'shed_tear_down(s)' }],
    fixes: [], gaps: [],
  };
  assert.equal(openSheds().race(teardown), `CPU0                                 CPU1
----                                 ----
                                     shed_get()
                                       lock sheds_lock
                                       finds s on sheds
                                       kref_get(&s->ref)
                                         count 1 -> 2
                                       unlock sheds_lock
shed_close()
  lock sheds_lock
  shed_tear_down(s)
    count is 2, not looked at
  unlock sheds_lock
                                       uses s: torn down`);
});

test('a leak needs no second CPU', () => {
  assert.deepEqual(diagrams('cleared-field.bad'), ['no race: a leak takes only one CPU']);
});

test('no diagram is wider than 75 columns, whatever the names', () => {
  let seen = 0;
  for (const { name } of fixtures) {
    for (const diagram of diagrams(name)) {
      seen += 1;
      assert.doesNotMatch(diagram, /\n$|[ \t]$/m, name);
      for (const line of diagram.split('\n')) assert.ok(line.length <= 75, `${name}: ${line}`);
    }
  }
  assert.ok(seen > 20, `only ${seen} diagrams`);
});

test('the steps that the diagram is printed from say where, under which locks, and what the count is', () => {
  const workspace = openSheds();
  const [finding] = workspace.check([SHEDS]).findings;
  assert.ok(finding);
  const steps = workspace.interleaving(finding).map(({ cpu, text, held, count, place }) => [cpu, text, held.join(), count, place?.line]);
  const release = lineOf('shed_release', /list_del/);
  assert.deepEqual(steps, [
    [0, 'keeper_leave()', '', 1, lineOf('keeper_leave', /keeper_leave/)],
    [0, 'kref_put(&s->ref, shed_release)', 'k->lock', 0, lineOf('keeper_leave', /kref_put/)],
    [1, 'shed_get()', '', 0, lineOf('shed_get', /shed_get/)],
    [1, 'lock sheds_lock', 'sheds_lock', 0, lineOf('shed_get', /mutex_lock/)],
    [1, 'finds k->shed on sheds', 'sheds_lock', 0, lineOf('shed_get', /list_for_each_entry/)],
    [1, 'kref_get(&s->ref)', 'sheds_lock', 1, lineOf('shed_get', /kref_get/)],
    [1, 'unlock sheds_lock', 'sheds_lock', 1, lineOf('shed_get', /mutex_unlock/)],
    [0, 'shed_release()', 'k->lock', 1, lineOf('shed_release', /shed_release/)],
    [0, 'list_del(&s->node)', 'k->lock', 1, release],
    [0, 'kfree(s)', 'k->lock', 'freed', release + 1],
    [1, 'uses freed k->shed', '', 'freed', lineOf('shed_get', /mutex_unlock/)],
  ]);
});
