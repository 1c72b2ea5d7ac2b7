// The guard that a hover infers for a field: which accesses count, and what is held at each.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { overlayFiles } from '../support/memory-files.ts';

const head = `#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/slab.h>

struct pond {
	struct mutex lock;
	struct {
		int depth;
	} mud;
	int ducks;
	struct pond *next;
};

struct lake {
	int ducks;
};

static DEFINE_MUTEX(ponds_lock);
static int count;

`;

/** The plain hover at the first access to \`ducks\` (or \`word\`) of a program with these functions. */
function hover(functions: string, word = '->ducks'): readonly string[] {
  const text = `${head}${functions}`;
  const workspace = openWorkspace(overlayFiles(new Map([['pond.c', text]])), {});
  const offset = text.indexOf(word) + word.length - 1;
  const before = text.slice(0, offset);
  const position = { line: before.split('\n').length - 1, character: offset - before.lastIndexOf('\n') - 1 };
  const shown = workspace.hover('pond.c', position, (file, line) => `file:///${file}#L${line}`);
  if (shown === undefined) return [];
  assert.equal(shown.markdown.replace(/ {2}$/gm, '').replace(/`|\\(?=[\\`*_[\]<>])/g, '').replace(/\[([^\]]*)\]\(file:[^)]*\)/g, '$1'), shown.plain);
  return shown.plain.split('\n');
}

const guarded = 'void a(struct pond *p)\n{\n\tmutex_lock(&p->lock);\n\tp->ducks++;\n\tmutex_unlock(&p->lock);\n}\n';

const summary = (support: string): string => `struct pond.ducks: ${support} in this file hold pond.lock`;
const odd = (name: string): RegExp => new RegExp(`^not in ${name}\\(\\) at pond\\.c:\\d+, no lock held$`);

test('before the lock, after the unlock, in its branch', () => {
  const lines = hover(`${guarded}
int b(struct pond *p)
{
	int seen = p->ducks;

	mutex_lock(&p->lock);
	if (p->ducks != seen)
		goto out;
	p->ducks = 0;
out:
	mutex_unlock(&p->lock);
	return p->ducks;
}
`);
  assert.equal(lines[0], summary('3 of 5 accesses'));
  assert.match(lines[1] ?? '', odd('b'));
  assert.match(lines[2] ?? '', odd('b'));
  assert.equal(lines.length, 3);
});

test('on one way only the lock is held: that is not held', () => {
  const lines = hover(`${guarded}
void b(struct pond *p, int locked)
{
	if (!locked)
		mutex_lock(&p->lock);
	p->ducks = 0;
	if (!locked)
		mutex_unlock(&p->lock);
}

void c(struct pond *p)
{
	mutex_lock(&p->lock);
	p->ducks = 1;
	mutex_unlock(&p->lock);
}
`);
  assert.equal(lines[0], summary('2 of 3 accesses'));
  assert.match(lines[1] ?? '', odd('b'));
});

test('with the callers\' lock, where all callers are known', () => {
  const helper = (storage: string): string => `${storage}void feed(struct pond *p)
{
	p->ducks++;
}

void a(struct pond *p)
{
	mutex_lock(&p->lock);
	feed(p);
	p->ducks--;
	mutex_unlock(&p->lock);
}

${guarded.replace('void a(', 'void b(')}`;
  assert.deepEqual(hover(helper('static ')), [summary('all 3 accesses')]);
  const [first, second] = hover(helper(''));
  assert.equal(first, summary('2 of 3 accesses'));
  assert.match(second ?? '', odd('feed'));
});

test('not counted: what this function allocates, the same name in another struct, the lock itself', () => {
  assert.deepEqual(hover(`${guarded}${guarded.replace('void a(', 'void b(')}
struct pond *dig(void)
{
	struct pond *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	p->ducks = 2;
	return p;
}

void drain(struct lake *l)
{
	l->ducks = 0;
}
`), [summary('all 2 accesses')]);
  assert.deepEqual(hover(guarded, 'p->lock'), []);
});

test('at most 12 lines, however many places are odd', () => {
  const many = Array.from({ length: 20 }, (_, number) => (number < 10 ? guarded : 'void a(struct pond *p)\n{\n\tp->ducks++;\n}\n').replace('void a(', `void a${number}(`));
  const lines = hover(many.join('\n'));
  assert.equal(lines[0], summary('10 of 20 accesses'));
  assert.equal(lines.at(-1), 'and 6 more places');
  assert.ok(lines.length <= 12);
});

test('a global, and what no lock guards', () => {
  const counting = (name: string): string => `void ${name}(void)\n{\n\tmutex_lock(&ponds_lock);\n\tcount++;\n\tmutex_unlock(&ponds_lock);\n}\n`;
  assert.deepEqual(hover(counting('a') + counting('b'), '\tcount'), ['count: all 2 accesses in this file hold ponds_lock']);
  assert.deepEqual(hover(counting('a') + counting('b'), 'static int count'), ['count: all 2 accesses in this file hold ponds_lock'], 'at its declaration');
  assert.deepEqual(hover(guarded, 'int ducks'), hover(guarded), 'in the struct, behind a struct without a name');
  assert.deepEqual(hover('int a(struct pond *p)\n{\n\treturn p->ducks;\n}\n'), [], 'never locked: nothing to say');
  assert.deepEqual(hover(`${guarded}int b(struct pond *p)\n{\n\treturn p->ducks;\n}\n\nint c(struct pond *p)\n{\n\treturn p->ducks;\n}\n`), [
    'struct pond.ducks: 3 accesses in this file, no lock that most of them hold',
  ]);
});
