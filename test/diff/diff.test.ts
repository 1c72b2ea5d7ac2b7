// `kreflens diff`: effects and findings that come and go with a patch or between two revisions.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { createTwoFilesPatch } from 'diff';

import { applyToTree } from '../../server/src/cli/patch.ts';
import { chooseFindings } from '../../server/src/ide/choose-findings.ts';
import { effectChanges } from '../../server/src/ide/effect-changes.ts';
import type { Finding } from '../../server/src/ide/finding.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { folder, kernelTree, kreflens } from '../faces/command-line.ts';
import { treeTest } from '../support/kernel-tree.ts';
import { diskFiles, overlayFiles } from '../support/memory-files.ts';
import { BASE_HEADER, CLASS, CORE, state } from '../support/states.ts';

/** The last put of an item is under the lock, by `item_put()`; `open` and `close` are what stands around it. */
const code = (open: string, close: string): string => `static LIST_HEAD(items);
static DEFINE_MUTEX(items_lock);
struct item { struct kref ref; struct list_head node; int id; };

struct item *item_find(int id)
{
	struct item *it;

	mutex_lock(&items_lock);
	list_for_each_entry(it, &items, node) {
		if (it->id == id) {
			kref_get(&it->ref);
			mutex_unlock(&items_lock);
			return it;
		}
	}
	mutex_unlock(&items_lock);
	return NULL;
}

static void item_free(struct kref *ref)
{
	struct item *it = container_of(ref, struct item, ref);

	list_del(&it->node);
	kfree(it);
}

static void item_put(struct item *it)
{
${open}	kref_put(&it->ref, item_free);
${close}}

void item_drop(int id)
{
	struct item *it = item_find(id);

	if (it)
		item_put(it);
}

int item_size(void)
{
	return 1;
}
`;
const good = code('\tmutex_lock(&items_lock);\n', '\tmutex_unlock(&items_lock);\n');
const bad = code('', '');
const patch = (before: string, after: string, name = 'drivers/item.c'): string => createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after);

const effects = `drivers/item.c: item_put()
  - takes and drops items_lock
  - drops it, items_lock held; may be the last
  - may sleep
  + drops it, no lock held; may be the last
`;
const race = "drivers/item.c:31:2: information: last put of 'it' outside 'items_lock', held by item_find() to find it [final-put-outside-lookup-lock]";

function diff(root: string, input: string, ...args: string[]) {
  return kreflens(root, ['diff', ...args], { openWorkspace, readStdin: () => ({ ok: true, value: Buffer.from(input) }) });
}

test('a patch that introduces the race: effects, then the finding as check prints it; status 1', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': good });
  const ran = await diff(root, patch(good, bad));
  assert.equal(ran.status, 1, ran.err);
  assert.ok(ran.out.startsWith(effects), ran.out);
  assert.match(ran.out, /\nintroduced:\ndrivers\/item\.c:31:2: [^\n]* \[final-put-outside-lookup-lock\]\n {4}put 1\/1: /);
  assert.equal(ran.out.includes(race), true, ran.out);
  assert.doesNotMatch(ran.out, /^fixed:/m);
});

test('a patch that fixes it; status 0, and no line that a matcher would take', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': bad });
  const ran = await diff(root, patch(bad, good));
  assert.equal(ran.status, 0, ran.err);
  assert.match(ran.out, /\nfixed:\n {2}drivers\/item\.c:31:2: [^\n]* \[final-put-outside-lookup-lock\]\n$/);
  assert.deepEqual(ran.out.split('\n').filter((line) => /^(\S[^:]*):\d+:\d+: /.test(line)), []);
});

test('a patch that the tree has already is looked at backwards', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': good });
  assert.deepEqual(await diff(root, patch(bad, good)), await diff(folder(t, { ...kernelTree, 'drivers/item.c': bad }), patch(bad, good)));
});

test('findings that only move are neither', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': bad });
  const ran = await diff(root, patch(bad, `int first;\nint second;\n${bad}`));
  assert.deepEqual(ran, { status: 0, out: '', err: '' });
});

test('a series of mails is one change', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': good });
  const half = code('\tmutex_lock(&items_lock);\n\tmutex_unlock(&items_lock);\n', '');
  const mail = (subject: string, body: string): string => `From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH] ${subject}\n\nSays why.\n---\n drivers/item.c | 2 +-\n 1 file changed\n\ndiff --git a/drivers/item.c b/drivers/item.c\nindex 1..2 100644\n${body.split('\n').slice(1).join('\n')}-- \n2.39.5\n\n`;
  const ran = await diff(root, mail('one', patch(good, half)) + mail('two', patch(half, bad)));
  assert.equal(ran.status, 1, ran.err);
  assert.ok(ran.out.startsWith(effects) && ran.out.includes(race), ran.out);
});

test('JSON has functions, introduced, fixed, kept', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': good });
  const parsed = JSON.parse((await diff(root, patch(good, bad), '--format', 'json')).out);
  assert.deepEqual(Object.keys(parsed), ['schema', 'tool', 'functions', 'introduced', 'fixed', 'kept']);
  assert.deepEqual(parsed.functions[0], {
    function: 'item_put', file: 'drivers/item.c', change: 'changed',
    removed: ['takes and drops items_lock', 'drops it, items_lock held; may be the last', 'may sleep'], added: ['drops it, no lock held; may be the last'],
  });
  assert.deepEqual(parsed.introduced.map((finding: { rule: string }) => finding.rule), ['final-put-outside-lookup-lock']);
  assert.equal('stats' in parsed, false);
});

test('a caller in the file whose effects change with its callee is told, one that does not call it is not', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': good });
  const { functions } = JSON.parse((await diff(root, patch(good, bad), '--format', 'json')).out) as { functions: { function: string }[] };
  assert.deepEqual(functions.map((one) => one.function), ['item_put', 'item_drop']);
});

test('new, deleted and renamed files', async (t) => {
  const added = await diff(folder(t, { ...kernelTree }), createTwoFilesPatch('/dev/null', 'b/drivers/item.c', '', bad));
  assert.equal(added.status, 1, added.err);
  assert.match(added.out, /^drivers\/item\.c: item_put\(\), new\n {2}\+ drops it/m);
  const removed = await diff(folder(t, { ...kernelTree, 'drivers/item.c': bad }), createTwoFilesPatch('a/drivers/item.c', '/dev/null', bad, ''));
  assert.equal(removed.status, 0, removed.err);
  assert.match(removed.out, /^drivers\/item\.c: item_put\(\), gone\n {2}- drops it/m);
  assert.match(removed.out, /^fixed:$/m);
  const rename = 'diff --git a/drivers/item.c b/drivers/thing.c\nsimilarity index 100%\nrename from drivers/item.c\nrename to drivers/thing.c\n';
  assert.deepEqual(await diff(folder(t, { ...kernelTree, 'drivers/item.c': bad }), rename), { status: 0, out: '', err: '' });
});

test('a patch of other files changes nothing', async (t) => {
  const root = folder(t, { ...kernelTree, 'Makefile': 'a\n' });
  assert.deepEqual(await diff(root, patch('a\n', 'b\n', 'Makefile')), { status: 0, out: '', err: '' });
});

for (const [what, input, args, message] of [
  ['an empty patch', '', [], /^kreflens: standard input: no patch in it\n$/],
  ['a text that is no patch', 'hello\nworld\n', [], /^kreflens: standard input: no patch in it\n$/],
  ['half a patch', '--- a/drivers/item.c\n+++ b/drivers/item.c\n@@ -1,3 +1,3 @@\n x\n', [], /^kreflens: standard input: not a patch: [^\n]*\n$/],
  ['a binary', 'a\0b', [], /^kreflens: standard input: binary, not text\n$/],
  ['a patch that does not apply', patch('int x;\n', 'int y;\n'), [], /^kreflens: drivers\/item\.c: the patch does not apply\n$/],
  ['a patch of a file that is not there', patch('int x;\n', 'int y;\n', 'drivers/none.c'), [], /^kreflens: drivers\/none\.c: the tree has no such file\n$/],
  ['a patch that leads out of the tree', patch('int x;\n', 'int y;\n', '../none.c'), [], /^kreflens: \.\.\/none\.c: outside of the tree\n$/],
  ['a range without a repository', '', ['HEAD~1..HEAD'], /^kreflens: 'HEAD~1': not a git repository\n$/],
  ['a range that is none', '', ['HEAD'], /^kreflens: 'HEAD' is not REV\.\.REV; a patch goes to standard input\n$/],
  ['two ranges', '', ['a..b', 'c..d'], /^kreflens: too many arguments/],
] as const) {
  test(`refuses ${what} in one line`, async (t) => {
    const root = folder(t, { ...kernelTree, 'drivers/item.c': good });
    const ran = await diff(root, input, ...args);
    assert.equal(ran.status, 2);
    assert.equal(ran.out, '');
    assert.match(ran.err, message);
  });
}

test('of a patch that applies in part, the other part is looked at', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/item.c': good });
  const ran = await diff(root, patch(good, bad) + patch('int x;\n', 'int y;\n', 'drivers/none.c'));
  assert.equal(ran.status, 2);
  assert.match(ran.err, /^kreflens: drivers\/none\.c: [^\n]*\n$/);
  assert.ok(ran.out.includes(race));
});

/** A repository with three commits: good, bad, bad under another name. */
function repository(t: TestContext): string {
  const root = folder(t, { ...kernelTree, 'linux/Kconfig': '', 'linux/include/linux/kref.h': '', 'linux/drivers/item.c': good });
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false', ...args], { cwd: root, stdio: 'pipe' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  writeFileSync(join(root, 'linux/drivers/item.c'), bad);
  git('commit', '-q', '-a', '-m', 'two');
  renameSync(join(root, 'linux/drivers/item.c'), join(root, 'linux/drivers/thing.c'));
  git('add', '-A');
  git('commit', '-q', '-m', 'three');
  return join(root, 'linux');
}

test('between revisions, whatever the disk has now', async (t) => {
  const root = repository(t);
  for (const disk of ['as committed', 'changed', 'gone']) {
    if (disk === 'changed') writeFileSync(join(root, 'drivers/thing.c'), 'int nothing;\n');
    if (disk === 'gone') rmSync(join(root, 'drivers/thing.c'));
    const ran = await diff(root, '', 'HEAD~2..HEAD~1');
    assert.equal(ran.status, 1, ran.err);
    assert.ok(ran.out.startsWith(effects) && ran.out.includes(race), ran.out);
    assert.match((await diff(root, '', 'HEAD~1..HEAD~2')).out, /^fixed:$/m);
    assert.deepEqual(await diff(root, '', 'HEAD~1..'), { status: 0, out: '', err: '' }, 'only renamed');
    assert.deepEqual(await diff(root, '', 'HEAD..HEAD'), { status: 0, out: '', err: '' });
  }
});

test('an unknown revision, and one that looks like an option', async (t) => {
  const root = repository(t);
  assert.deepEqual(await diff(root, '', 'nope..HEAD'), { status: 2, out: '', err: "kreflens: 'nope': no such revision\n" });
  assert.deepEqual(await diff(root, '', '--', '--output=x..HEAD'), { status: 2, out: '', err: "kreflens: '--output=x': no such revision\n" });
});

treeTest('6.1', 'the change of 2016, state B to C: the race is fixed, the put after it is locked', (root) => {
  const tree = diskFiles(root);
  const shipped = new Map([CORE, BASE_HEADER, CLASS].map((path) => [path, tree.read(path) ?? ''] as const));
  const before = state('B', shipped).files;
  const after = state('C', shipped).files;
  const series = [...after].map(([file, text]) => patch(before.get(file) ?? '', text, file)).join('');
  const files = overlayFiles(before, tree);
  const patched = applyToTree(series, (file) => files.read(file));
  assert.ok(patched.ok && patched.value.failures.length === 0);
  const { fixed, introduced, functions } = effectChanges(openWorkspace(files, {}), patched.value.changes, (findings) => chooseFindings(findings, { rules: [], minConfidence: 'medium' }));
  const names = (findings: readonly Finding[]) => findings.map((finding) => `${finding.rule} in ${finding.function}()`);
  assert.ok(names(fixed).includes('final-put-outside-lookup-lock in device_del()'), names(fixed).join('\n'));
  assert.ok(!names(introduced).includes('final-put-outside-lookup-lock in device_del()'));
  assert.ok(functions.some((one) => one.function === 'device_del'));
});
