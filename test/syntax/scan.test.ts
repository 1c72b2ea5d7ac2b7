// What scan() finds in texts of every shape, half-typed ones included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FunctionItem, Item } from '../../server/src/syntax/items.ts';
import { scan } from '../../server/src/syntax/scan.ts';

const functions = (text: string): FunctionItem[] => scan(text).filter((item) => item.kind === 'function');
const names = (text: string): string[] => functions(text).map((item) => item.name);
const of = <K extends Item['kind']>(text: string, kind: K): Extract<Item, { kind: K }>[] =>
  scan(text).filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);

test('a function has its name, body, storage and calls', () => {
  const text = 'static inline int __init pick(struct box *b)\n{\n\tlock_it (&b->lock);\n\treturn weigh(b) + sizeof(int);\n}\n';
  const [item] = functions(text);
  assert.ok(item);
  assert.equal(item.name, 'pick');
  assert.equal(text.slice(item.nameSpan.start, item.nameSpan.end), 'pick');
  assert.equal(text.slice(item.span.start, item.span.end), text.trimEnd());
  assert.equal(text.slice(item.bodySpan.start, item.bodySpan.end), text.slice(text.indexOf('{'), -1));
  assert.deepEqual([item.isStatic, item.isInline], [true, true]);
  assert.deepEqual(item.calls, ['lock_it', 'weigh']);
});

test('names in every shape of signature', () => {
  const shapes: readonly (readonly [string, string])[] = [
    ['struct box *__must_check box_get(struct box *b) { }', 'box_get'],
    ['void __section(".x") box_set(int a) { }', 'box_set'],
    ['__printf(1, 2) void box_log(const char *f, ...) { }', 'box_log'],
    ['__printf(1, 2)\nvoid box_log2(const char *f, ...) { }', 'box_log2'],
    ['static void box_lock(struct box *b)\n\t__acquires(&b->lock)\n\t__acquires(rcu)\n{ }', 'box_lock'],
    ['int (*box_op(int which))(struct box *) { }', 'box_op'],
    ['u16 (*box_table(int which))[4] { }', 'box_table'],
    ['struct box *(box_paren)(int a) { }', 'box_paren'],
    ['static int BOX_NAME(walk)(struct box *b) { }', 'walk'],
    ['int BOX_PROG(entry, int a) { }', 'entry'],
    ['void\nbox_unused(struct box *b __attribute__ ((unused))) { }', 'box_unused'],
    ['typeof(int) box_typed(void) { }', 'box_typed'],
    ['int box_old(a, b)\n\tint a;\n\tchar *b;\n{ }', 'box_old'],
    ['SYSCALL_DEFINE2(weigh, const char __user *, name, int, flags)\n{ }', 'sys_weigh'],
    ['COMPAT_SYSCALL_DEFINE1(weigh, int, flags) { }', 'compat_sys_weigh'],
    ['BPF_CALL_1(bpf_weigh, u32, size) { }', 'bpf_weigh'],
    ['DEFINE_HANDLER(trap_weigh) { }', 'trap_weigh'],
  ];
  for (const [text, name] of shapes) assert.deepEqual(names(text), [name], text);
});

test('what is not a function is none', () => {
  const text = `
struct box { int (*open)(struct box *b); };
static const struct box_ops ops = { .open = box_open, };
enum kinds { A, B };
extern int box_weigh(struct box *b);
struct box *box_find(int id);
union cell { int a; } cells[3] = { { 1 } };
define_board(small) { .name = "small", .probe = box_probe };
if (x) { y(); }
`;
  assert.deepEqual(names(text), []);
  assert.deepEqual(of(text, 'prototype').map((item) => item.name), ['box_weigh', 'box_find']);
  assert.deepEqual(of(text, 'struct').map((item) => item.name), ['struct box', 'union cell']);
  assert.deepEqual(of(text, 'variable').map((item) => [item.name, item.hasBraces]), [['ops', true], ['cells', true], ['small', true]].filter(([name]) => name !== 'small'));
});

test('variables, and macros that define them', () => {
  const text = `
static DEFINE_MUTEX(box_mutex);
LIST_HEAD(boxes);
DEFINE_PER_CPU(struct box, per_cpu_box);
EXPORT_SYMBOL(boxes);
module_init(start);
static int (*hook)(int) = NULL;
static struct box first, *second __read_mostly, third[2] = { { 0 } };
unsigned long __initdata counter;
static DEVICE_ATTR_RO(width);
`;
  assert.deepEqual(of(text, 'variable').map((item) => [item.name, item.definedBy, item.isStatic]), [
    ['box_mutex', 'DEFINE_MUTEX', true], ['boxes', 'LIST_HEAD', false], ['per_cpu_box', 'DEFINE_PER_CPU', false],
    ['hook', undefined, true], ['first', undefined, true], ['second', undefined, true], ['third', undefined, true],
    ['counter', undefined, false], ['width', 'DEVICE_ATTR_RO', true],
  ]);
});

test('structs: nested, anonymous, typedef', () => {
  const text = 'typedef struct { int a; } box_t;\nstruct outer { struct inner { int x; } in; struct { int y; }; } __packed;\ntypedef int (*box_fn)(int);\nstruct later;\n';
  assert.deepEqual(of(text, 'struct').map((item) => item.name), ['struct box_t', 'struct outer', 'struct inner'].map((name) => name.replace('struct box_t', 'box_t')));
  assert.deepEqual(of(text, 'typedef').map((item) => item.name), ['box_t', 'box_fn']);
});

test('macros join their lines and lose their comments; includes', () => {
  const text = '#include <linux/box.h>\n#include "own.h"\n#define WIDE(a, b...) \\\n\tfirst(a); /* so */ \\\n\tsecond(b)\n#define FLAG\n#  define TEXT "a // b"\nint f(void)\n{\n#define INNER 1\n\treturn INNER;\n}\n';
  assert.deepEqual(of(text, 'macro').map((item) => [item.name, item.params, item.body.replace(/\s+/g, ' ')]), [
    ['WIDE', ['a', 'b...'], 'first(a); second(b)'], ['FLAG', undefined, ''], ['TEXT', undefined, '"a // b"'], ['INNER', undefined, '1'],
  ]);
  assert.deepEqual(of(text, 'include').map((item) => [item.path, item.quoted]), [['linux/box.h', false], ['own.h', true]]);
  assert.deepEqual(names(text), ['f']);
});

test('configuration atoms of the branches around', () => {
  const text = `
#ifndef BOX_H
#define BOX_H
#if IS_ENABLED(CONFIG_BOX) && !defined(CONFIG_TINY)
int a(void) { return 1; }
#elif defined(CONFIG_OTHER)
int b(void) { return 1; }
#else
static inline int c(void) { return 0; }
#endif
#ifdef CONFIG_BOX
int d(void) { }
#else
int d(void) { }
#endif
#if 0
int dead(void) { }
#else
int e(void) { }
#endif
#endif
`;
  assert.deepEqual(functions(text).map((item) => [item.name, ...item.config]), [
    ['a', 'CONFIG_BOX', '!CONFIG_TINY'], ['b', 'CONFIG_OTHER'], ['c', '!CONFIG_OTHER'], ['d', 'CONFIG_BOX'], ['d', '!CONFIG_BOX'], ['e'],
  ]);
});

test('conditionals that split signatures and braces', () => {
  const text = `
#ifdef CONFIG_A
static int one(int a)
#else
static int one(int a, int b)
#endif
{
	go();
}
static
#ifdef CONFIG_A
int
#endif
two(void)
{
#ifdef CONFIG_A
	if (x) {
#else
	if (y) {
#endif
		go();
	}
}
int three(void)
{
#ifdef CONFIG_A
	return a();
}
#else
	return b();
}
#endif
int four(void) { }
`;
  assert.deepEqual(names(text), ['one', 'two', 'three', 'four']);
});

test('macro calls without a semicolon do not swallow what follows', () => {
  assert.deepEqual(names('late_start(go)\nstatic int a(void)\n{\n}\nEXPORT(a)\n#ifdef CONFIG_A\nint b(void)\n{\n}\n#else\nint c(void)\n{\n}\n#endif\nBOARD_START(X, "x")\n\t.a = b,\nBOARD_END\n\nint d(void)\n{\n}\n'), ['a', 'b', 'c', 'd']);
});

test('strings, characters, comments and splices hold no code', () => {
  const text = `int a(void) { puts("} \\" {"); c = '}'; d = '\\''; /* } */ // }\n e("x\\\n}"); }\n// one \\\nint hidden(void) { }\nint b(void) { ü("äöü"); }\n`;
  assert.deepEqual(names(text), ['a', 'b']);
  assert.deepEqual(functions(text)[1]?.calls, ['ü']);
});

test('half-typed text costs one function at most', () => {
  const whole = (n: number): string => `static int f${n}(int a)\n{\n\tif (a) {\n\t\tgo();\n\t}\n\treturn 0;\n}\n\n/* about */\n`;
  const broken: readonly string[] = [
    'static int x(int a)\n{\n\tif (a) {\n\treturn 0;\n}\n', // a brace is missing
    'static int x(int a)\n{\n\t}\n\treturn 0;\n}\n', // one too many
    'static int x(int a)\n{\n\tgo(;\n}\n',
    'static int x(int a\n{\n\tgo();\n}\n',
    'static int x(int a)\n{\n\tputs("abc);\n}\n',
    'static int x(int a)\n{\n\t/* unfinished\n\tgo();\n}\n',
    'static int x(int a)\n{\n\tc = \'\n}\n',
    'static int x = { 1, 2\n',
    'struct x {\n\tint a;\n',
    '#ifdef A\n',
    'int x = \n',
  ];
  for (const text of broken) {
    const all = [0, 1, 2].map(whole).join('') + text + [3, 4, 5, 6].map(whole).join('');
    const lost = [0, 1, 2, 3, 4, 5, 6].filter((n) => !names(all).includes(`f${n}`));
    assert.ok(lost.length <= 1, `${JSON.stringify(text)} costs ${lost.map((n) => `f${n}`).join()}`);
  }
});

test('spans are ordered and within the text, whatever the text', () => {
  const piece = fc.constantFrom('int ', 'f', '(', ')', '{', '}', ';', '=', '"', "'", '/*', '*/', '//', '\n', '\\\n', '#if A\n', '\n#else\n', '\n#endif\n', '\n#define X(a) ', 'struct ', 'static ', ',', 'x[', ']', '*', 'é', '\n}\n', 'typedef ', '.a', '1e+', '#');
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
    const text = pieces.join('');
    let before = 0;
    for (const item of scan(text)) {
      if (item.kind === 'include') continue;
      assert.ok(item.span.start >= before && item.span.end > item.span.start && item.span.end <= text.length, JSON.stringify(item));
      before = item.span.start;
      if (item.kind !== 'function') continue;
      assert.ok(item.span.start <= item.nameSpan.start && item.nameSpan.end <= item.bodySpan.start && item.bodySpan.end === item.span.end, JSON.stringify(item));
    }
  }), { numRuns: 2000 });
});
