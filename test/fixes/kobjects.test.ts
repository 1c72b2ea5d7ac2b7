// Entries of a kset: the proof of being the only holder, read under the lock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overlayFiles } from '../support/memory-files.ts';
import { LIBRARY, PLAIN_LAST_PUT, TORN_DOWN } from './kobjects.ts';
import { bodyWith, offers, pick } from './support.ts';

const library = overlayFiles(LIBRARY);
const driver = (text: string): ReadonlyMap<string, string> => new Map([['drivers/annex.c', text]]);

test('teardown-when-only-holder adds to a test that is there', () => {
  assert.match(bodyWith(driver(TORN_DOWN), 'teardown-when-only-holder', 'leave_annex', library),
    /\n\tif \(\(w->rooms == 0 \|\| w->rooms == 1\) && kref_read\(&annex->kref\) == 1\)\n\t\tkobject_del\(annex\);\n\tkobject_put\(annex\);\n/);
});

test('teardown-when-only-holder adds the test', () => {
  const bare = TORN_DOWN.replace('\tif (w->rooms == 0 || w->rooms == 1)\n\t\tkobject_del', '\tkobject_del');
  assert.notEqual(bare, TORN_DOWN);
  assert.match(bodyWith(driver(bare), 'teardown-when-only-holder', 'leave_annex', library), /\n\tif \(kref_read\(&annex->kref\) == 1\)\n\t\tkobject_del\(annex\);\n/);
});

test('teardown-when-only-holder breaks a long test behind an operator', () => {
  const long = TORN_DOWN.replace('w->rooms == 0 || w->rooms == 1', 'w->rooms == 0 && w->site && w->kobj.parent == annex');
  const after = bodyWith(driver(long), 'teardown-when-only-holder', 'leave_annex', library);
  assert.match(after, /\n\tif \(w->rooms == 0 && w->site && w->kobj.parent == annex &&\n\t {4}kref_read\(&annex->kref\) == 1\)\n\t\tkobject_del/);
});

test('unlink-before-last-put unlinks under the lock where the count is one', () => {
  assert.match(bodyWith(driver(PLAIN_LAST_PUT), 'unlink-before-last-put', 'leave_annex', library),
    /\n\tmutex_lock\(&annexes_lock\);\n\tif \(kref_read\(&annex->kref\) == 1\)\n\t\tkobject_del\(annex\);\n\tkobject_put\(annex\);\n\tmutex_unlock/);
});

test('unlink-before-last-put is refuted under a spinlock', () => {
  const spin = PLAIN_LAST_PUT.replaceAll('mutex_lock', 'spin_lock').replaceAll('mutex_unlock', 'spin_unlock').replace('DEFINE_MUTEX', 'DEFINE_SPINLOCK');
  assert.deepEqual(pick(offers(driver(spin), library), 'unlink-before-last-put').refuted, ["kobject_del() may sleep, and 'annexes_lock' is a spinlock"]);
});

test('a count of one proves nothing where a lookup takes its reference without the lock', () => {
  const peek = `
struct kobject *annex_peek(struct wing *w)
{
	struct kobject *k, *found = NULL;

	spin_lock(&w->site->annexes.list_lock);
	list_for_each_entry(k, &w->site->annexes.list, entry) {
		if (kref_get_unless_zero(&k->kref)) {
			found = k;
			break;
		}
	}
	spin_unlock(&w->site->annexes.list_lock);
	return found;
}
`;
  for (const [text, id] of [[TORN_DOWN, 'teardown-when-only-holder'], [PLAIN_LAST_PUT, 'unlink-before-last-put']] as const) {
    assert.deepEqual(pick(offers(driver(text + peek), library), id).refuted,
      ["annex_peek() takes a reference without 'annexes_lock': a count that was one may be two at the put"], id);
  }
});
