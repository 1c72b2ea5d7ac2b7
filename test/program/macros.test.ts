// Which macros are found, and which are worth expanding.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIncludes } from '../../server/src/program/includes.ts';
import { type Macros, openMacros } from '../../server/src/program/macros.ts';
import { openStore } from '../../server/src/program/store.ts';
import { openSymbols } from '../../server/src/program/symbols.ts';
import { memoryFiles, program, testKnowledge } from './memory.ts';

function macrosOf(text: string, headers: Record<string, string> = {}): Macros {
  const store = openStore(memoryFiles({ 'lib/a.c': text, ...headers }), undefined);
  return openMacros(openSymbols(store, openIncludes(store)), testKnowledge());
}

function expanded(text: string, name: string): boolean {
  return macrosOf(text).expands(name, 'lib/a.c');
}

test('a macro is found in the file and in its headers; the longest of several definitions counts', () => {
  const code = program({
    'lib/a.c': '#include <linux/foo.h>\n#define OWN 1\n',
    'include/linux/foo.h': '#define OWN 2\n#ifdef CONFIG_FOO\n#define foo(x) bar((x), 1)\n#else\n#define foo(x) 0\n#endif\n',
  });
  assert.equal(code.macro('OWN', 'lib/a.c')?.body, '1');
  assert.equal(code.macro('foo', 'lib/a.c')?.body, 'bar((x), 1)');
  assert.equal(code.macro('absent', 'lib/a.c'), undefined);
});

const worth: Record<string, string> = {
  'a lock is taken': '#define foo(x) mutex_lock(&(x)->lock)\n',
  'a lock is taken in a block': '#define foo(x) do { if (x) mutex_lock(&(x)->lock); } while (0)\n',
  'a lock is taken by a macro in the macro': '#define inner(x) mutex_lock(x)\n#define foo(x) inner(&(x)->lock)\n',
  'container_of': '#define foo(d) container_of(d, struct foo, dev)\n',
  'container_of in a macro': '#define to_bar(d) container_of(d, struct bar, dev)\n#define foo(d) to_bar((d)->parent)\n',
  'container_of in a statement expression': '#define foo(d) ({ typeof(d) _d = (d); is_foo(_d) ? container_of(_d, struct foo, dev) : NULL; })\n',
  'an address': '#define foo(x) (&(x)->lock)\n',
  'a field': '#define foo(x) ((x)->a.b)\n',
  'an element': '#define foo(x) (table[x].lock)\n',
  'an argument is handed on to a function': 'int __foo(int *x, int y);\n#define foo(x) __foo(x, 0)\n',
  'an argument is handed on by an inner macro': 'int __foo(int *x, int y);\n#define foo_y(x, y) __foo(x, y)\n#define foo(x) foo_y(x, 0)\n',
  'a variable by another name': 'static struct mutex foo_mutex;\n#define foo foo_mutex\n',
  'a field by another name': '#define foo (priv.lock)\n',
  'a field of a field by another name': '#define foo common.refs\n',
};
for (const [title, text] of Object.entries(worth)) {
  test(`expanded: ${title}`, () => assert.equal(expanded(text, 'foo'), true));
}

const notWorth: Record<string, string> = {
  'logging': 'int _dev_err(void *d, const char *fmt, ...);\n#define foo(dev, fmt, ...) _dev_err(dev, fmt, ##__VA_ARGS__)\n',
  'a warning': '#define foo(c) ({ int ret = !!(c); if (ret) warn_here(); ret; })\n',
  'min': '#define foo(x, y) ({ typeof(x) _x = (x); typeof(y) _y = (y); _x < _y ? _x : _y; })\n',
  'a string': '#define foo(x) #x "foo"\n',
  'a number': '#define foo 12\n',
  'a bit test': '#define foo(x) ((x) & 1)\n',
  'a floating number': '#define foo(x) (1.5)\n',
  'nothing': '#define foo(x)\n',
  'a choice by type': '#define foo(x) (_Generic((x), const struct a *: (const struct b *)(x), struct a *: (struct b *)(x)))\n',
  'what has no definition': '\n',
  'a sum': 'static int b;\n#define foo (b + 1)\n',
};
for (const [title, text] of Object.entries(notWorth)) {
  test(`not expanded: ${title}`, () => assert.equal(expanded(text, 'foo'), false));
}

test('not expanded: what the knowledge describes', () => {
  const text = '#define mutex_lock(l) _mutex_lock(&(l)->owner)\n#define container_of(p, t, m) ((t *)((p)->x))\n#define list_for_each_entry(p, h, m) for (p = &(h)->x; ; )\n';
  for (const name of ['mutex_lock', 'container_of', 'list_for_each_entry']) assert.equal(expanded(text, name), false, name);
});

test('effects four macros deep are not looked for', () => {
  const text = '#define e(x) mutex_lock(x)\n#define d(x) { e(x); }\n#define c(x) { d(x); }\n#define b(x) { c(x); }\n#define a(x) { b(x); }\n';
  assert.deepEqual(['e', 'd', 'c', 'b', 'a'].map((name) => expanded(text, name)), [true, true, true, true, false]);
});

test('macros that use each other end', () => {
  assert.equal(expanded('#define a(x) b(x)\n#define b(x) a(x)\n', 'a'), false);
});

test('the environment of a text holds the macros it can use, and its key only changes with them', () => {
  const text = '#define one(x) two(x)\n#define two(x) (x)\n#define three 3\n';
  const macros = macrosOf(text);
  const environment = macros.reachable('one(y)', 'lib/a.c');
  assert.deepEqual(environment.macros().map((macro) => macro.name), ['one', 'two']);
  assert.equal(macros.reachable('z = one(y) + one(y)', 'lib/a.c').key, environment.key);
  assert.notEqual(macros.reachable('one(three)', 'lib/a.c').key, environment.key);
});
