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
