// Structs, typedefs, prototypes, variables, short expressions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowerPrototype, lowerStruct, lowerTypedef, lowerVariable } from '../../server/src/lower/items.ts';
import { printExpr, printType } from '../../server/src/lower/print.ts';
import type { CType, StructDef } from '../../server/src/lower/ir.ts';
import { parseExpr } from '../../server/src/lower/pure.ts';
import { BUILTIN } from '../../server/src/syntax/catalogue.ts';
import type { Item, MacroItem } from '../../server/src/syntax/items.ts';
import { scan } from '../../server/src/syntax/scan.ts';

function only<K extends Item['kind']>(text: string, kind: K): Item & { kind: K } {
  const found = scan(text).find((item): item is Item & { kind: K } => item.kind === kind);
  assert.ok(found, `no ${kind} in ${text}`);
  return found;
}

const printStruct = ({ name, fields }: StructDef): string => `${name}: ${fields.map((field) => `${printType(field.type)} ${field.name}`).join('; ')}`;
const structs = (text: string): string[] => lowerStruct(text, only(text, 'struct'), BUILTIN).map(printStruct);
const initialisers = (text: string): string[] => lowerVariable(text, only(text, 'variable'), BUILTIN).initialisers.map(({ path, value }) => `${path}=${value}`);

test('fields with pointers, arrays, bit fields, functions and several names', () => {
  assert.deepEqual(structs('struct a { int x, *y; const char *name; struct list_head list; unsigned int bits:3, more:1; void (*release)(struct a *); struct b *v[4]; u8 __user *p; };'), [
    'struct a: int x; int * y; char * name; struct list_head list; unsigned int bits; unsigned int more; void *() release; struct b *[] v; u8 * p',
  ]);
});

test('unnamed inner structs are flattened, named ones stand for themselves', () => {
  assert.deepEqual(structs('struct a { union { int x; struct { long y; }; }; struct { int q; } in; struct deep { int z; } d; };'), [
    'struct a::0: int q',
    'struct deep: int z',
    'struct a: int x; long y; struct a::0 in; struct deep d',
  ]);
});

test('all branches of an #if, macros that hold fields, attributes', () => {
  assert.deepEqual(structs('struct a {\n\tint x;\n#ifdef CONFIG_A\n\tlong y;\n#else\n\tchar z;\n#endif\n\tDECLARE_BITMAP(bits, 8);\n\tstruct_group(head, int p; int q;);\n} __attribute__((packed)) ;'), [
    'struct a: int x; long y; char z; ? bits; int p; int q',
  ]);
});

test('typedefs', () => {
  const lower = (text: string): string => {
    const made = lowerTypedef(text, only(text, 'typedef'), BUILTIN);
    return `${made.name} = ${printType(made.type)}${'structs' in made ? ` {${made.structs.map(printStruct).join()}}` : ''}`;
  };
  assert.equal(lower('typedef unsigned long ulong_t;'), 'ulong_t = unsigned long');
  assert.equal(lower('typedef struct { int counter; } count_t;'), 'count_t = count_t {count_t: int counter}');
  assert.equal(lower('typedef struct foo { int counter; } foo_t;'), 'foo_t = struct foo {struct foo: int counter}');
  assert.equal(lower('typedef int (*handler_t)(int, void *);'), 'handler_t = int *()');
});

test('prototypes', () => {
  const lower = (text: string): string => {
    const made = lowerPrototype(text, only(text, 'prototype'), BUILTIN);
    return `${printType(made.returnType)} ${made.name}(${made.params.map(({ name, type }) => `${printType(type)} ${name}`.trim()).join(', ')})`;
  };
  assert.equal(lower('extern struct a * __must_check find(struct b *in, const char *, u32 flags);'), 'struct a * find(struct b * in, char *, u32 flags)');
  assert.equal(lower('void run(void);'), 'void run()');
  assert.equal(lower('int each(struct a *, int (*fn)(struct a *, void *), size_t);'), 'int each(struct a *, int *() fn, size_t)');
});

test('an ops table tells its members', () => {
  assert.deepEqual(initialisers('static const struct ops x = {\n\t.open\t= my_open,\n\t.inner = { .shut = my_shut, },\n\t.a.b = &thing,\n\tread: my_read,\n#ifdef CONFIG_A\n\t.poll = my_poll,\n#endif\n};'), [
    'open=my_open', 'inner.shut=my_shut', 'a.b=&thing', 'read=my_read', 'poll=my_poll',
  ]);
});

test('arrays of structs and positional entries', () => {
  const text = 'static struct attr all[] = { { .show = one }, { .show = two, }, [4] = { .show = three }, [LAST] = { .show = four } };';
  assert.deepEqual(initialisers(text), ['[0].show=one', '[1].show=two', '[4].show=three', '[LAST].show=four']);
  assert.deepEqual(initialisers('static void (*calls[])(int) = { first, second };'), ['[0]=first', '[1]=second']);
  assert.deepEqual(lowerVariable(text, only(text, 'variable'), BUILTIN).type, { name: 'struct attr', pointers: 0, array: true } satisfies CType);
});

test('a defining macro tells the type if its definition is at hand', () => {
  const text = '#define DEFINE_THING(name, n) struct thing name = { .size = n }\nstatic DEFINE_THING(mine, 3);\n';
  const items = scan(text);
  const variable = items.find((item) => item.kind === 'variable');
  assert.ok(variable?.kind === 'variable');
  const macros = { find: (name: string) => items.find((item): item is MacroItem => item.kind === 'macro' && item.name === name), expands: () => false };
  assert.deepEqual(lowerVariable(text, variable, BUILTIN, macros), { type: { name: 'struct thing', pointers: 0 }, initialisers: [{ path: 'size', value: '3' }] });
});

test('short expressions', () => {
  const print = (text: string): string => printExpr(parseExpr(text));
  assert.equal(print('&_T->lock'), '(&_T->lock)');
  assert.equal(print('arg'), 'arg');
  assert.equal(print('*(&p)->q[2].r'), '(*p.q[2].r)');
  assert.equal(print('NULL'), '0');
  assert.equal(print('-1'), '-1');
  assert.equal(print('a = b'), '?');
  assert.equal(print('a b'), '?');
});
