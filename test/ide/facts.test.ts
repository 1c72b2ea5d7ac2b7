// Facts files at work: a tree's own wrappers and what callers hold, in both faces and from both places.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { folder, kernelTree, kreflens } from '../faces/command-line.ts';
import { likeVsCode, startEditor } from '../faces/editor-client.ts';
import { overlayFiles } from '../support/memory-files.ts';

/** The locks are taken by wrappers whose bodies are elsewhere; the put's caller, which is elsewhere too, holds the lock. */
const code = `static LIST_HEAD(items);
DEFINE_MUTEX(items_lock);
struct item { struct kref ref; struct list_head node; };

struct item *item_find(void)
{
	struct item *it;

	items_enter();
	list_for_each_entry(it, &items, node) {
		kref_get(&it->ref);
		items_leave();
		return it;
	}
	items_leave();
	return NULL;
}

static void item_free(struct kref *ref)
{
	struct item *it = container_of(ref, struct item, ref);

	list_del(&it->node);
	kfree(it);
}

void item_put(struct item *it)
{
	kref_put(&it->ref, item_free);
}
`;
const primitives = [
  { names: ['items_enter'], effects: [{ do: 'lock', lock: 'global:items_lock', mode: 'mutex' }] },
  { names: ['items_leave'], effects: [{ do: 'unlock', lock: 'global:items_lock', mode: 'mutex' }] },
];
const callers = [{ of: ['item_put'], hold: ['&items_lock'] }];
const race = 'final-put-outside-lookup-lock';

function found(tree: object | undefined, user?: object): string[] {
  const texts = new Map([['a.c', code]]);
  if (tree !== undefined) texts.set('.kreflens.json', JSON.stringify(tree));
  if (user !== undefined) texts.set('/home/kreflens/facts.json', JSON.stringify(user));
  const workspace = openWorkspace(overlayFiles(texts), { userFacts: '/home/kreflens/facts.json' });
  assert.deepEqual(workspace.mistakes(), []);
  return workspace.check(['a.c']).findings.map(({ rule }) => rule).filter((rule) => rule === race);
}

test('a wrapper that takes the lookup\'s lock makes the race visible', () => {
  assert.deepEqual(found(undefined), []);
  assert.deepEqual(found({ primitives }), [race]);
});

test('a lock that the callers hold makes the put right', () => {
  assert.deepEqual(found({ primitives, callers }), []);
  assert.deepEqual(found({ primitives, callers: [{ of: ['item_put'], hold: ['items_lock'] }] }), [], 'the lock by its name alone');
  assert.deepEqual(found({ primitives, callers: [{ of: ['item_put'], hold: ['&other_lock'] }] }), [race]);
  assert.deepEqual(found({ primitives, callers: [{ of: ['other_put'], hold: ['&items_lock'] }] }), [race]);
  assert.deepEqual(found({ primitives, callers: [{ of: ['item_put'], hold: ['&items_lock'], in: 'b.c' }] }), [race]);
  assert.deepEqual(found({ primitives, callers: [{ of: ['item_put'], hold: ['&items_lock'], in: 'a.c' }] }), []);
});

test('the user\'s own facts count as well, and those of the tree are believed first', () => {
  assert.deepEqual(found(undefined, { primitives }), [race]);
  assert.deepEqual(found({ callers }, { primitives }), []);
  assert.deepEqual(found({ primitives: [{ names: ['items_enter', 'items_leave'] }] }, { primitives }), []);
});

test('an edit of the facts file counts at once, open texts stay', () => {
  const workspace = openWorkspace(overlayFiles(new Map([['a.c', 'int nothing;\n']])), {});
  const rules = () => workspace.check(['a.c']).findings.map(({ rule }) => rule).filter((rule) => rule === race);
  workspace.setText('a.c', code);
  assert.deepEqual(rules(), []);
  workspace.setText('.kreflens.json', JSON.stringify({ primitives }));
  assert.deepEqual(rules(), [race]);
  workspace.setText('.kreflens.json', undefined);
  assert.deepEqual(rules(), []);
});

test('the command line says a mistake in one line and exits with 2; the rest is used', async (t) => {
  const wrong = `{\n  "primitives": [\n    { "names": ["x"], "effect": [] },\n    ${JSON.stringify(primitives[0])},\n    ${JSON.stringify(primitives[1])}\n  ],\n  "fact": 1\n}\n`;
  const root = folder(t, { ...kernelTree, 'a.c': code, '.kreflens.json': wrong });
  for (const args of [['check', 'a.c'], ['summary', 'a.c:item_put']]) {
    const ran = await kreflens(root, args, { openWorkspace });
    assert.equal(ran.status, 2);
    assert.match(ran.err, /^kreflens: \.kreflens\.json:3:23: 'effect' is not known here \(and 1 more\)\n/);
    assert.notEqual(ran.out, '');
  }
});

test('the editor shows mistakes in the facts file, and findings that rest on it', async (t) => {
  const root = folder(t, { ...kernelTree, 'a.c': code });
  const editor = await startEditor(t, root, { capabilities: likeVsCode, command: ['--import', 'tsx', join(import.meta.dirname, '../../server/src/main/server.ts'), '--stdio'] });
  const shown = async (file: string) => ((await editor.pull(file)).items ?? []).map(({ code: rule, range }) => `${range.start.line}: ${String(rule)}`);
  await editor.open('a.c', code);
  assert.deepEqual(await shown('a.c'), []);
  await editor.open('.kreflens.json', `{\n"primitives": ${JSON.stringify(primitives)},\n"fact": 1\n}\n`);
  assert.deepEqual(await shown('.kreflens.json'), ['2: facts']);
  assert.deepEqual(await shown('a.c'), [`28: ${race}`]);
});

/** Who looks up and who counts in it are in other files: here nobody is seen to take the lock around the lookup. */
const callersElsewhere = `static LIST_HEAD(items);
static DEFINE_MUTEX(items_lock);
struct item { struct kref ref; struct list_head node; };
struct slot { struct item *item; struct mutex lock; };

struct item *item_find(void)
{
	struct item *it;

	list_for_each_entry(it, &items, node) {
		kref_get(&it->ref);
		return it;
	}
	return NULL;
}

static void item_free(struct kref *ref)
{
	struct item *it = container_of(ref, struct item, ref);

	mutex_lock(&items_lock);
	list_del(&it->node);
	mutex_unlock(&items_lock);
	kfree(it);
}

void item_put(struct item *it)
{
	kref_put(&it->ref, item_free);
}
`;
const slots = `
void slot_clear(struct slot *slot)
{
	if (slot->item)
		slot->item = NULL;
}

void slot_empty(struct slot *slot)
{
	if (slot->item)
		item_put(slot->item);
	slot->item = NULL;
}

struct item *slot_steal(struct slot *slot)
{
	struct item *it = slot->item;

	if (!it)
		return NULL;
	slot->item = NULL;
	return it;
}

void slot_hand_on(struct slot *slot)
{
	if (slot->item)
		somebody_takes(slot->item);
	slot->item = NULL;
}

void slot_init(struct slot *slot)
{
	slot->item = NULL;
}
`;

/** `rule function`, of a program of that text with these facts. */
function told(facts: object, text: string): string[] {
  const workspace = openWorkspace(overlayFiles(new Map([['a.c', text], ['.kreflens.json', JSON.stringify(facts)]])), {});
  assert.deepEqual(workspace.mistakes(), []);
  return workspace.check(['a.c']).findings.map(({ rule, function: name }) => `${rule} ${name}`);
}

test('a list that a lock guards is looked up under it: puts outside of that lock are the race', () => {
  const late = ['lookup-get-outside-lock item_find'];
  const racing = [`${race} item_put`];
  assert.deepEqual(told({}, callersElsewhere), late);
  for (const of of ['items', 'struct item.node']) assert.deepEqual(told({ guarded: [{ of: [of], by: 'items_lock' }] }, callersElsewhere), racing, of);
  assert.deepEqual(told({ guarded: [{ of: ['items'], by: 'items_lock', in: 'a.c' }] }, callersElsewhere), racing);
  assert.deepEqual(told({ guarded: [{ of: ['items'], by: 'items_lock', in: 'b.c' }] }, callersElsewhere), late);
  assert.deepEqual(told({ guarded: [{ of: ['others', 'struct item.other'], by: 'items_lock' }] }, callersElsewhere), late);
});

test('a put under the lock that guards the list is right, whoever takes it around the lookup', () => {
  const guarded = [{ of: ['items'], by: 'items_lock' }];
  const locked = callersElsewhere.replace(/\tmutex_(un)?lock.*\n/g, '').replace('\tkref_put(&it->ref, item_free);', '\tmutex_lock(&items_lock);\n\tkref_put(&it->ref, item_free);\n\tmutex_unlock(&items_lock);');
  assert.deepEqual(told({ guarded }, locked), []);
  assert.deepEqual(told({ guarded: [{ of: ['items'], by: 'others_lock' }] }, locked), [`${race} item_put`]);
});

test('a lookup that drops the guard before its get does not hold it', () => {
  const late = callersElsewhere.replace('\tlist_for_each_entry', '\tmutex_lock(&items_lock);\n\tlist_for_each_entry')
    .replace('\t\tkref_get', '\t\tmutex_unlock(&items_lock);\n\t\tkref_get');
  assert.deepEqual(told({ guarded: [{ of: ['items'], by: 'items_lock' }] }, late), ['lookup-get-outside-lock item_find']);
});

test('a member that holds a reference is not cleared, once found set, unless the reference goes somewhere', () => {
  const guarded = [{ of: ['items'], by: 'items_lock' }];
  const without = told({ guarded }, callersElsewhere + slots);
  assert.deepEqual(without.filter((one) => one.startsWith('ref-leak')), []);
  const withIt = told({ guarded, references: ['struct slot.item'] }, callersElsewhere + slots);
  assert.deepEqual(withIt.filter((one) => !without.includes(one)), ['ref-leak slot_clear']);
});

test('the hover says what facts say, and who does not keep to it', () => {
  const text = callersElsewhere + slots;
  const hoverAt = (word: string, facts: object) => {
    const workspace = openWorkspace(overlayFiles(new Map([['a.c', text], ['.kreflens.json', JSON.stringify(facts)]])), {});
    const lines = text.slice(0, text.indexOf(word) + word.length - 1).split('\n');
    return workspace.hover('a.c', { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 })?.plain.split('\n');
  };
  const guarded = [{ of: ['items', 'struct slot.item'], by: 'items_lock' }];
  assert.deepEqual(hoverAt('(items', { guarded })?.slice(0, 2), ['items is guarded by items_lock (facts file)', 'items: 0 of 1 access in this file hold items_lock']);
  assert.deepEqual(hoverAt('slot->item', { references: ['struct slot.item'] }), ['struct slot.item holds a reference to what it points to (facts file)']);
  assert.equal(hoverAt('slot->item', { guarded: [{ of: ['struct slot.item'], by: 'struct slot.lock' }] })?.[0], 'struct slot.item is guarded by slot.lock (facts file)');
});
