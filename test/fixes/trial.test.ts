// What a trial finds wrong with an edit, whoever proposed it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../server/src/engine/engine.ts';
import { createRecordSource } from '../../server/src/finality/analysis.ts';
import { loadKnowledge } from '../../server/src/kernel/knowledge.ts';
import { openCode } from '../../server/src/program/program.ts';
import { openTrial, type TrialReport } from '../../server/src/ide/fixes/trial.ts';
import type { Session } from '../../server/src/ide/session.ts';
import { overlayFiles } from '../support/memory-files.ts';

const FILE = 'a.c';

const SHEDS = `#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/delay.h>

struct shed {
	struct kref ref;
	struct list_head node;
	int tools;
};

static LIST_HEAD(sheds);
static DEFINE_MUTEX(sheds_lock);
static DEFINE_MUTEX(yard_lock);
static DEFINE_SPINLOCK(tools_lock);

static void shed_free(struct kref *ref)
{
	struct shed *s = container_of(ref, struct shed, ref);

	mutex_lock(&sheds_lock);
	list_del(&s->node);
	mutex_unlock(&sheds_lock);
	kfree(s);
}

void shed_put(struct shed *s)
{
	/* 1 */
	kref_put(&s->ref, shed_free);
	/* 2 */
}

void shed_sort(struct shed *s)
{
	mutex_lock(&yard_lock);
	mutex_lock(&sheds_lock);
	s->tools++;
	mutex_unlock(&sheds_lock);
	mutex_unlock(&yard_lock);
}

void shed_count(struct shed *s)
{
	mutex_lock(&sheds_lock);
	/* 3 */
	s->tools++;
	/* 4 */
	mutex_unlock(&sheds_lock);
}

void shed_paint(struct shed *s)
{
	spin_lock(&tools_lock);
	s->tools--;
	/* 5 */
	spin_unlock(&tools_lock);
}
`;

function session(): Session {
  const files = overlayFiles(new Map([[FILE, SHEDS]]));
  const knowledge = loadKnowledge();
  const code = openCode(files, knowledge, {});
  const textOf = (file: string): string => files.read(file) ?? '';
  const engine = createEngine(code, knowledge, { textOf, configHolds: () => undefined });
  return { files, code, textOf, configHolds: () => undefined, engine, source: createRecordSource(engine), setText: () => undefined };
}

/** Puts lines in the place of the numbered comments. */
function tried(lines: Readonly<Record<number, string>>): TrialReport {
  const edits = Object.entries(lines).map(([number, newText]) => {
    const mark = `/* ${number} */`;
    const start = SHEDS.indexOf(mark);
    return { file: FILE, start, end: start + mark.length, newText };
  });
  return openTrial(session(), FILE).try(edits, undefined, []);
}

test('an edit that does nothing is in order', () => {
  const report = tried({ 1: '/* one */' });
  assert.deepEqual([report.broken, report.dangers, report.lost, report.appeared], [[], [], [], []]);
});

test('a release that takes a lock which is held at the put', () => {
  assert.deepEqual(tried({ 1: 'mutex_lock(&sheds_lock);', 2: 'mutex_unlock(&sheds_lock);' }).dangers,
    ["the release that the put in shed_put() runs would take 'sheds_lock', which is held there"]);
});

test('a lock taken twice', () => {
  assert.deepEqual(tried({ 3: 'mutex_lock(&sheds_lock);', 4: 'mutex_unlock(&sheds_lock);' }).dangers,
    ["shed_count() would take 'sheds_lock' with it held already"]);
});

test('two locks in both orders', () => {
  assert.deepEqual(tried({ 3: 'mutex_lock(&yard_lock);', 4: 'mutex_unlock(&yard_lock);' }).dangers,
    ["'sheds_lock' and 'yard_lock' would be taken in both orders, by shed_count() and shed_sort()"]);
});

test('a sleep under a spinlock', () => {
  assert.deepEqual(tried({ 5: 'msleep(3);' }).dangers, ["msleep() may sleep, and shed_paint() would call it under the spinlock 'tools_lock'"]);
});

test('a sleep below a helper, and in the release that a put runs', () => {
  const { dangers } = tried({ 5: 'shed_put(s);' });
  assert.ok(dangers.includes("shed_put() may sleep, and shed_paint() would call it under the spinlock 'tools_lock'"), dangers.join('\n'));
});

test('a lock that is not dropped, and a text that does not parse', () => {
  assert.equal(tried({ 3: 'mutex_lock(&yard_lock);' }).broken[0], 'shed_count() would leave with other locks held than before: yard_lock, not none');
  assert.deepEqual(tried({ 3: 'if (;' }).broken, ['shed_count() would not parse']);
});
