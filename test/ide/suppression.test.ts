// Suppression comments: where they may stand, what they need, and that what they do not suppress is reported.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { chooseFindings } from '../../server/src/ide/choose-findings.ts';
import type { RuleId } from '../../server/src/ide/finding.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { suppressionsIn } from '../../server/src/ide/suppression.ts';
import { overlayFiles } from '../support/memory-files.ts';

const RULE = 'final-put-outside-lookup-lock';

/** A race whose put stands on the line(s) given. */
const racy = (put: string): string => `static LIST_HEAD(items);
static DEFINE_MUTEX(items_lock);
struct item { struct kref ref; struct list_head node; };

struct item *item_find(void)
{
	struct item *it;

	mutex_lock(&items_lock);
	list_for_each_entry(it, &items, node) {
		kref_get(&it->ref);
		mutex_unlock(&items_lock);
		return it;
	}
	mutex_unlock(&items_lock);
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
${put}
}
`;
const FIRST = 31;

/** `line-of-the-put-lines: rule`, 1-based from the lines given. */
function reported(put: string, kconfig?: ReadonlyMap<string, string>): string[] {
  const workspace = openWorkspace(overlayFiles(new Map([['a.c', racy(put)]])), kconfig ? { kconfig } : {});
  return workspace.check(['a.c']).findings.map(({ range, rule, message }) =>
    `${range.start.line + 1 - FIRST + 1}: ${rule === 'suppression' ? message : rule}`);
}

test('the race is reported where no comment is', () => {
  assert.deepEqual(reported('\tkref_put(&it->ref, item_free);'), [`1: ${RULE}`]);
});

for (const [where, put] of [
  ['on the line', `\tkref_put(&it->ref, item_free); /* kreflens: allow ${RULE}: init only */`],
  ['on the line, in the other form', `\tkref_put(&it->ref, item_free); // kreflens: allow ${RULE}: init only`],
  ['on the line before', `\t/* kreflens: allow ${RULE}: init only */\n\tkref_put(&it->ref, item_free);`],
  ['on the line before, in the other form', `\t// kreflens: allow ${RULE}: init only\n\tkref_put(&it->ref, item_free);`],
  ['on the line before, behind code', `\tmight_sleep(); /* kreflens: allow ${RULE}: init only */\n\tkref_put(&it->ref, item_free);`],
  ['over several lines', `\t/*\n\t * kreflens: allow ${RULE}: nobody looks anything\n\t * up at this time\n\t */\n\tkref_put(&it->ref, item_free);`],
  ['inside of the call', `\tkref_put(&it->ref,\n\t\t /* kreflens: allow ${RULE}: init only */ item_free);`],
  ['with no spaces to spare', `\tkref_put(&it->ref, item_free);/*kreflens:allow ${RULE}:init*/`],
] as const) {
  test(`a comment ${where} suppresses`, () => {
    assert.deepEqual(reported(put), []);
  });
}

test('several comments may stand above one line; those for other rules are unused', () => {
  assert.deepEqual(
    reported(`\t/* kreflens: allow ${RULE}: init only */\n\t/* kreflens: allow ref-leak: wrong */\n\tkref_put(&it->ref, item_free);`),
    ["2: unused suppression: nothing is reported here by 'ref-leak'"],
  );
});

test('a comment behind a put belongs to that put, not to the next one as well', () => {
  assert.deepEqual(
    reported(`\tkref_put(&it->ref, item_free); /* kreflens: allow ${RULE}: init only */\n\tkref_put(&it->ref, item_free);`)
      .filter((line) => line.endsWith(RULE)).length,
    reported('\tkref_put(&it->ref, item_free);\n\tkref_put(&it->ref, item_free);').filter((line) => line.endsWith(RULE)).length - 1,
  );
});

for (const [what, comment, message] of [
  ['no reason', `/* kreflens: allow ${RULE} */`, `suppression of '${RULE}' without a reason; it counts only with one`],
  ['an empty reason', `/* kreflens: allow ${RULE}: */`, `suppression of '${RULE}' without a reason; it counts only with one`],
  ['no word in its reason', `/* kreflens: allow ${RULE}: -- */`, `suppression of '${RULE}' without a reason; it counts only with one`],
  ['an unknown rule', '/* kreflens: allow final-put: init only */', "suppression of 'final-put', which is no rule"],
  ['another word than allow', `/* kreflens: ignore ${RULE}: init only */`, "not understood: a suppression is spelled 'kreflens: allow RULE: reason'"],
] as const) {
  test(`a comment with ${what} is reported, and does not count`, () => {
    assert.deepEqual(reported(`\t${comment}\n\tkref_put(&it->ref, item_free);`), [`1: ${message}`, `2: ${RULE}`]);
  });
}

test('a comment two lines above is unused, and the race is reported', () => {
  assert.deepEqual(reported(`\t/* kreflens: allow ${RULE}: init only */\n\n\tkref_put(&it->ref, item_free);`),
    [`1: unused suppression: nothing is reported here by '${RULE}'`, `3: ${RULE}`]);
});

test('an unused one is not reported for one .config only', () => {
  assert.deepEqual(reported(`\t/* kreflens: allow ref-leak: under some option */\n\tkref_put(&it->ref, item_free);`, new Map([['CONFIG_A', 'y']])), [`2: ${RULE}`]);
});

test('nor in a function that is half typed', () => {
  assert.deepEqual(reported('\t/* kreflens: allow ref-leak: not yet */\n\tkref_put(&it->ref, ').filter((line) => line.includes('unused')), []);
});

test('texts and other comments are nothing to it', () => {
  for (const text of [
    '"/* kreflens: allow nope: x */"', "'\"' /* see kreflens: allow nope: x */", '/* // kreflens: allow nope: x */', 'int a; // about kreflens: it', '',
  ]) {
    assert.deepEqual(suppressionsIn(text), { valid: [], mistakes: [] }, text);
  }
});

test('a comment counts from its first line to its last, and for the next line that is none', () => {
  const { valid } = suppressionsIn('int a;\n/* kreflens: allow ref-leak: one\n * two */\r\n// kreflens: allow double-lock: three\r\nint b;\r\n');
  assert.deepEqual(valid.map(({ rule, first, last, next }) => ({ rule, first, last, next })), [
    { rule: 'ref-leak', first: 1, last: 2, next: 4 },
    { rule: 'double-lock', first: 3, last: 3, next: 4 },
  ]);
});

test('any text has suppressions in order, each inside of it', () => {
  const piece = fc.constantFrom('/*', '*/', '//', 'kreflens:', ' allow ', 'ref-leak', ': why', '\n', '"', "'", '\\', ' ', 'x;', '*', '/');
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    const text = pieces.join('');
    const lines = text.split('\n').length;
    const { valid, mistakes } = suppressionsIn(text);
    for (const { first, last, next } of valid) assert.ok(first <= last && last < next && next <= lines);
    for (const { range } of mistakes) assert.ok(range.start.line <= range.end.line && range.end.line < lines);
  }), { seed: 1, numRuns: 2000 });
});

test('what is said of comments goes with the rules that are asked for', () => {
  const put = `\t/* kreflens: allow ref-leak: unused */\n\t/* kreflens: allow ${RULE} */\n\t/* kreflens: allow nope: x */\n\tkref_put(&it->ref, item_free);`;
  const { findings } = openWorkspace(overlayFiles(new Map([['a.c', racy(put)]])), {}).check(['a.c']);
  const chosen = (...rules: (RuleId | 'suppression')[]) => chooseFindings(findings, { rules, minConfidence: 'medium' }).map(({ range }) => range.start.line + 2 - FIRST);
  assert.deepEqual(chosen(), [1, 2, 3, 4]);
  assert.deepEqual(chosen(RULE), [2, 4]);
  assert.deepEqual(chosen('ref-leak'), [1]);
  assert.deepEqual(chosen('suppression'), [1, 2, 3]);
});
