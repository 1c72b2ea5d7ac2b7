// Finding under a lock, counting after it: where the get may go, and what speaks against the places where it may not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyWith, ids, offers, pick, type Texts } from './support.ts';

/** `use`: between the unlock and the return. `put`: how the last reference goes. */
function ferry({ use, put = LOCKED_PUT, find = FIND }: { readonly use: string; readonly put?: string; readonly find?: string }): Texts {
  return new Map([['a.c', `#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct ferry {
	struct kref ref;
	struct list_head node;
	int id;
};

static LIST_HEAD(ferries);
static DEFINE_MUTEX(ferries_lock);

struct ferry *ferry_get(int id)
{
${find}${use}}

void ferry_add(struct ferry *f)
{
	kref_init(&f->ref);
	mutex_lock(&ferries_lock);
	list_add(&f->node, &ferries);
	mutex_unlock(&ferries_lock);
}

${put}`]]);
}

const FIND = `	struct ferry *f, *found = NULL;

	mutex_lock(&ferries_lock);
	list_for_each_entry(f, &ferries, node) {
		if (f->id == id) {
			found = f;
			break;
		}
	}
	mutex_unlock(&ferries_lock);
`;

const LOCKED_PUT = `static void ferry_free(struct kref *ref)
{
	struct ferry *f = container_of(ref, struct ferry, ref);

	list_del(&f->node);
	kfree(f);
}

void ferry_put(struct ferry *f)
{
	mutex_lock(&ferries_lock);
	kref_put(&f->ref, ferry_free);
	mutex_unlock(&ferries_lock);
}
`;

const UNLOCKED_RELEASE = `static void ferry_free(struct kref *ref)
{
	struct ferry *f = container_of(ref, struct ferry, ref);

	list_del(&f->node);
	kfree(f);
}

void ferry_put(struct ferry *f)
{
	kref_put(&f->ref, ferry_free);
}
`;

test('the get goes before the unlock, with the test around it', () => {
  const texts = ferry({ use: '\tif (found)\n\t\tkref_get(&found->ref);\n\treturn found;\n' });
  assert.match(bodyWith(texts, 'get-under-lock', 'ferry_get'),
    /\n\tif \(found\)\n\t\tkref_get\(&found->ref\);\n\tmutex_unlock\(&ferries_lock\);\n\treturn found;\n}$/);
});

test('a way out where nothing was found becomes the test', () => {
  const texts = ferry({ use: '\tif (!found)\n\t\treturn NULL;\n\tkref_get(&found->ref);\n\treturn found;\n' });
  assert.match(bodyWith(texts, 'get-under-lock', 'ferry_get'),
    /\n\tif \(found\)\n\t\tkref_get\(&found->ref\);\n\tmutex_unlock\(&ferries_lock\);\n\tif \(!found\)\n\t\treturn NULL;\n\treturn found;\n}$/);
});

test('the rest of the block stays where it was', () => {
  const texts = ferry({ use: '\tif (found) {\n\t\tkref_get(&found->ref);\n\t\tpr_info("boarded\\n");\n\t}\n\treturn found;\n' });
  assert.match(bodyWith(texts, 'get-under-lock', 'ferry_get'), /mutex_unlock\(&ferries_lock\);\n\tif \(found\) {\n\t\tpr_info/);
});

test('a test of something else keeps the get where it is', () => {
  const texts = ferry({ use: '\tif (found && id > 3)\n\t\tkref_get(&found->ref);\n\treturn found;\n' });
  assert.equal(ids(offers(texts)), '[checked-get-in-place]');
});

test('a way out that is not about the pointer keeps the get where it is', () => {
  const texts = ferry({ use: '\tif (id < 0)\n\t\treturn NULL;\n\tif (found)\n\t\tkref_get(&found->ref);\n\treturn found;\n' });
  assert.equal(ids(offers(texts)), '[checked-get-in-place]');
});

test('a checked get alone, without the lock, is refuted', () => {
  const texts = ferry({ use: '\tif (found)\n\t\tkref_get(&found->ref);\n\treturn found;\n' });
  assert.deepEqual(pick(offers(texts), 'checked-get-in-place').refuted,
    ["'ferries_lock' is dropped before: the memory of 'found' may be gone by then, and its count with it"]);
});

test('neither get helps where entries are taken off without the lock', () => {
  const all = offers(ferry({ use: '\tif (found)\n\t\tkref_get(&found->ref);\n\treturn found;\n', put: UNLOCKED_RELEASE }));
  assert.deepEqual(pick(all, 'checked-get-under-lock').refuted, ["ferry_put() takes it off without 'ferries_lock': the memory may go before the get"]);
  assert.deepEqual(pick(all, 'get-under-lock').refuted, ["ferry_put() drops the last reference without 'ferries_lock': the get could still revive a dying object"]);
});

const HELPER = `	struct ferry *found = ferry_search(id);

`;
const withHelper = (caller: string, more = ''): Texts => {
  const texts = ferry({ find: HELPER, use: caller });
  const helper = `static struct ferry *ferry_search(int id)\n{\n${FIND}\treturn found;\n}\n\nstruct ferry *ferry_get(`;
  return new Map([['a.c', `${(texts.get('a.c') ?? '').replace('struct ferry *ferry_get(', helper)}${more}`]]);
};

test('the get goes into the helper that finds', () => {
  const texts = withHelper('\tif (found)\n\t\tkref_get(&found->ref);\n\treturn found;\n');
  assert.match(bodyWith(texts, 'get-under-lock', 'ferry_search'), /\n\tif \(found\)\n\t\tkref_get\(&found->ref\);\n\tmutex_unlock/);
  const after = bodyWith(texts, 'get-under-lock', 'ferry_get');
  assert.equal(after, 'struct ferry *ferry_get(int id)\n{\n\tstruct ferry *found = ferry_search(id);\n\n\treturn found;\n}');
});

test('a helper with other callers is left alone', () => {
  const texts = withHelper('\tif (found)\n\t\tkref_get(&found->ref);\n\treturn found;\n', '\nint ferry_known(int id)\n{\n\treturn ferry_search(id) != NULL;\n}\n');
  assert.equal(ids(offers(texts)), '[checked-get-in-place]');
});
