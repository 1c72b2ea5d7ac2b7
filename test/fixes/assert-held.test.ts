// What a put relies on, stated as an assertion: offered where every known caller holds the lock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { body, fixed, look, offers, pick } from './support.ts';
import { HELD_BY_CALLER as HELD, HELD_LOCK as mutex, HOLDING_CALLER as CALLERS, loneStatement } from './reductions.ts';

const FILE = 'a.c';

function factsAt(text: string, statement: string): ReturnType<ReturnType<typeof look>['workspace']['facts']> {
  const { workspace } = look(new Map([[FILE, text]]));
  const line = text.split('\n').findIndex((each) => each.includes(statement)) + 1;
  assert.ok(line > 0);
  return workspace.facts(FILE, line);
}

test('the only caller holds it', () => {
  const [fact, ...more] = factsAt(HELD, 'kref_put(');
  assert.ok(fact);
  assert.deepEqual(more, []);
  assert.deepEqual(fact.refuted, []);
  assert.equal(fact.proved[0], "flare_quench() holds 'flares_lock' around the call: the only known caller");
  assert.deepEqual(fact.assumed, []);
  assert.equal(body(fixed(new Map([[FILE, HELD]]), fact).get(FILE) ?? '', 'flare_put'), `static void flare_put(struct flare *f)
{
	lockdep_assert_held(&flares_lock);
	if (f)
		kref_put(&f->ref, flare_free);
}`);
});

test('the assertion goes behind the declarations', () => {
  const text = HELD.replace('\tif (f)\n\t\tkref_put', '\tint id = f->id;\n\n\tpr_info("%d\\n", id);\n\tif (f)\n\t\tkref_put');
  const [fact] = factsAt(text, 'kref_put(');
  assert.ok(fact);
  assert.match(body(fixed(new Map([[FILE, text]]), fact).get(FILE) ?? '', 'flare_put'), /{\n\tint id = f->id;\n\n\tlockdep_assert_held\(&flares_lock\);\n\n\tpr_info/);
});

test('callers in other files are assumed', () => {
  const [fact] = factsAt(loneStatement(mutex) + CALLERS, 'kref_put(');
  assert.deepEqual(fact?.assumed, ["callers of flare_put() in other files hold 'flares_lock' as well"]);
});

test('nothing to state where the function says it, takes the lock itself, or does not put', () => {
  const said = HELD.replace('\tif (f)\n\t\tkref_put', '\tlockdep_assert_held(&flares_lock);\n\tif (f)\n\t\tkref_put');
  assert.deepEqual(factsAt(said, 'kref_put('), []);
  const own = HELD.replace('\tif (f)\n\t\tkref_put(&f->ref, flare_free);', '\tmutex_lock(&flares_lock);\n\tkref_put(&f->ref, flare_free);\n\tmutex_unlock(&flares_lock);').replace(CALLERS, '');
  assert.deepEqual(factsAt(own, 'kref_put('), []);
  assert.deepEqual(factsAt(HELD, 'kref_get('), []);
});

test('reached through a pointer too: assumed of those callers', () => {
  const table = `${HELD}\nstruct flare_ops {\n\tvoid (*drop)(struct flare *f);\n};\n\nconst struct flare_ops flare_ops = {\n\t.drop = flare_put,\n};\n`;
  const [fact] = factsAt(table, 'kref_put(');
  assert.deepEqual(fact?.refuted, []);
  assert.deepEqual(fact.assumed, ["whoever calls flare_put() through a pointer holds 'flares_lock' as well"]);
});

test('refuted at the call of one who does not hold it', () => {
  const text = `${HELD}\nvoid flare_forget(struct flare *f)\n{\n\tflare_put(f);\n}\n`;
  const [offer] = offers(new Map([[FILE, text]]));
  assert.equal(offer?.finding.function, 'flare_forget');
  assert.deepEqual(pick([offer], 'assert-lock-held').refuted, ["flare_forget() calls flare_put() without 'flares_lock'"]);
  assert.deepEqual(factsAt(text, 'kref_put('), []);
});
