// Structs, typedefs, variables and what functions return.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './memory.ts';

const header = [
  'struct inner {', '\tint count;', '};',
  'typedef struct inner inner_t;', 'typedef inner_t *inner_ptr;', 'typedef unsigned int u32;',
  'typedef struct {', '\tint owner;', '} bare_t;', 'typedef bare_t again_t;',
  'struct outer {', '\tstruct named {', '\t\tint deep;', '\t} one;', '\tinner_t *two;', '\tunion {', '\t\tint three;', '\t};', '};',
  'extern struct mutex shared_lock;', 'struct outer *outer_find(int key);', '',
].join('\n');

const code = program({
  'include/linux/outer.h': header,
  'lib/a.c': '#include <linux/outer.h>\nstatic DEFINE_MUTEX(own_lock);\nstatic LIST_HEAD(own_list);\nstatic DEFINE_IDR(own_idr);\nDEFINE_SPINLOCK(own_spin);\n'
    + 'static struct outer table[4], *last;\nstatic DEFINE_PER_CPU(struct outer *, per_cpu);\nstatic inner_t *own(void)\n{\n\treturn 0;\n}\n',
  'lib/b.c': '',
  'lib/c.c': 'struct outer { int other; };\n#include <linux/outer.h>\nextern int twice;\nlong twice = 1;\n',
});
const fields = (name: string, file = 'lib/a.c'): readonly string[] | undefined => code.struct(name, file)?.fields.map((field) => field.name);

test('a struct is found by its tag, in the file or its headers', () => {
  assert.deepEqual(fields('struct inner'), ['count']);
  assert.deepEqual(fields('struct outer'), ['one', 'two', 'three']);
  assert.deepEqual(fields('struct outer', 'lib/c.c'), ['other'], 'the file\'s own comes first');
  assert.equal(fields('struct outer', 'lib/b.c'), undefined);
});

test('a struct inside a struct is found by its own tag', () => assert.deepEqual(fields('struct named'), ['deep']));

test('a struct is found through typedefs', () => {
  assert.deepEqual(fields('inner_t'), ['count']);
  assert.deepEqual(fields('inner_ptr'), ['count']);
  assert.deepEqual(fields('bare_t'), ['owner']);
  assert.deepEqual(fields('again_t'), ['owner']);
  assert.equal(fields('u32'), undefined);
});

test('a typedef is followed to its end', () => {
  assert.deepEqual(code.resolveType({ name: 'inner_ptr', pointers: 1 }, 'lib/a.c'), { name: 'struct inner', pointers: 2 });
  assert.deepEqual(code.resolveType({ name: 'again_t', pointers: 0 }, 'lib/a.c'), { name: 'bare_t', pointers: 0 });
  assert.deepEqual(code.resolveType({ name: 'struct foo', pointers: 1 }, 'lib/a.c'), { name: 'struct foo', pointers: 1 });
  assert.deepEqual(code.resolveType({ name: 'unknown_t', pointers: 1 }, 'lib/a.c'), { name: 'unknown_t', pointers: 1 });
});

const variables: Record<string, unknown> = {
  own_lock: { name: 'own_lock', file: 'lib/a.c', isStatic: true, type: { name: 'struct mutex', pointers: 0 } },
  own_list: { name: 'own_list', file: 'lib/a.c', isStatic: true, type: { name: 'struct list_head', pointers: 0 } },
  own_idr: { name: 'own_idr', file: 'lib/a.c', isStatic: true, type: { name: 'struct idr', pointers: 0 } },
  own_spin: { name: 'own_spin', file: 'lib/a.c', isStatic: false, type: { name: 'spinlock_t', pointers: 0 } },
  per_cpu: { name: 'per_cpu', file: 'lib/a.c', isStatic: true, type: { name: 'struct outer', pointers: 1 } },
  table: { name: 'table', file: 'lib/a.c', isStatic: true, type: { name: 'struct outer', pointers: 0, array: true } },
  last: { name: 'last', file: 'lib/a.c', isStatic: true, type: { name: 'struct outer', pointers: 1 } },
  shared_lock: { name: 'shared_lock', file: 'include/linux/outer.h', isStatic: false, type: { name: 'struct mutex', pointers: 0 } },
  absent: undefined,
};
for (const [name, expected] of Object.entries(variables)) {
  test(`variable ${name}`, () => assert.deepEqual(code.variable(name, 'lib/a.c'), expected));
}

test('a definition says more than an extern declaration before it', () => {
  assert.equal(code.variable('twice', 'lib/c.c')?.type.name, 'long');
});

test('what a function returns is known from its definition or its prototype', () => {
  assert.deepEqual(code.returnTypeOf('own', 'lib/a.c'), { name: 'inner_t', pointers: 1 });
  assert.deepEqual(code.returnTypeOf('outer_find', 'lib/a.c'), { name: 'struct outer', pointers: 1 });
  assert.equal(code.returnTypeOf('absent', 'lib/a.c'), undefined);
});
