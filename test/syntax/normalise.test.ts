// Every construct of kernel C that a plain C grammar does not know, in snippets of our own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BUILTIN, learn } from '../../server/src/syntax/catalogue.ts';
import { conditionalRegions, normalise } from '../../server/src/syntax/normalise.ts';
import { hasError, parseSlice } from '../../server/src/syntax/parser.ts';
import type { SyntaxNode } from '../../server/src/syntax/parser.ts';
import { scan } from '../../server/src/syntax/scan.ts';

const catalogue = learn(scan(`
#define box_for_each(b, list) for (b = list; b; b = b->next)
#define each_box(b) box_for_each(b, boxes)
#define with_box(b) if (!(b)) ; else
#define __boxed __attribute__((boxed))
#define __boxes(n) __boxed
#define BOX_API
#define do_boxes(x) do { x; } while (0)
`).filter((item) => item.kind === 'macro'));

const checked = (slice: string): string => {
  const out = normalise(slice, catalogue);
  assert.equal(out.length, slice.length, slice);
  assert.deepEqual([...out.matchAll(/[\n\r]/g)].map((m) => m.index), [...slice.matchAll(/[\n\r]/g)].map((m) => m.index), slice);
  return out;
};
const parsed = (slice: string): SyntaxNode => parseSlice(checked(slice));
const squeezed = (slice: string): string => checked(slice).replace(/\s+/g, ' ').trim();
const body = (statements: string): string => `static int f(struct box *b)\n{\n\t${statements}\n}`;

const CONSTRUCTS: Readonly<Record<string, readonly string[]>> = {
  'attributes before the name': [
    'static int __init f(void) { }', 'static struct box *noinline f(void) { }', '__printf(1, 2) void f(const char *a, ...) { }', 'BOX_API int f(void) { }',
    'static __always_inline __boxed u32 f(void) { }', 'void __section(".x") f(void) { }', '__boxes(3) static int f(void) { }', 'asmlinkage __visible void UNKNOWN_ATTR f(int a) { }',
    'unsigned long long UNKNOWN f(void) { }', 'struct box __user *f(int __must_check a) { }', 'static f(void) { }', '__extension__ int f(void) { }',
  ],
  'attributes after the parameters': ['void f(struct box *b) __acquires(&b->lock) __releases(b->other) { }', 'int f(void) __boxed { }'],
  'attributes in types and declarations': [
    body('char __user *p = (char __user __force *)q;'), body('static const int t[] __initconst = { 1 };'), body('int x __attribute__((unused));'),
    body('struct box *p __free(box_put) = box_get();'), 'struct box { int a; } __packed;', 'struct __packed box { int a __aligned(8); };', 'static struct box x __section(".y") = { .a = 1 };',
  ],
  'macro heads': ['SYSCALL_DEFINE2(weigh, const char __user *, name, unsigned int, flags) { }', 'BPF_CALL_1(bpf_weigh, struct box *, b) { }', 'DEFINE_HANDLER(trap) { }', 'static int NAME(walk)(int a) { }', 'TEST("text", 3) { }', 'int (*f(int a))(int) { }', 'u16 (*f(int a))[4] { }'],
  'loops and scopes': [
    body('list_for_each_entry(a, &b->list, node) {\n go(a);\n }'), body('box_for_each(a, b)\n\t\tgo(a);'), body('each_box(a)\n\t\tif (a)\n\t\t\tgo(a);'), body('each_box(a) { go(a); }'),
    body('if (b)\n\t\teach_box(a) go(a);\n\telse\n\t\tgo(b);'), body('scoped_guard(mutex, &b->lock) { go(b); }'), body('unknown_scope(b) { go(b); } else { stop(b); }'),
    body('unknown_loop(a, b)\n\t\tgo(a);'), body('unknown_loop() { go(b); }'), body('with_box(b) { go(b); }'), body('guard(mutex)(&b->lock); CLASS(box, c)(b);'),
    body('case_loop: each_box(a) go(a);'), body('do each_box(a) go(a); while (b);'),
  ],
  'type arguments': [
    body('c = container_of(p, struct box, node);'), body('x = min_t(unsigned int, a, b);'), body('x = va_arg(ap, int);'), body('x = va_arg(ap, struct box *);'), body('x = cmp(a, box_t *, b);'), body('y = fn(void (*)(int), a);'), body('declare(struct box *p = q, x);'), body('x = cast(const struct box __user *, y);'),
  ],
  typeof: [body('typeof(*b) x; typeof(b->next) *y = &x; z = (typeof(z))y; __typeof__(b) w;')],
  assembly: [body('asm volatile("lock; " ASM_INC "%0" : "+m" (b->n) : : "memory", BOX_CLOBBER);'), body('asm goto("1:" : : "r"(b) : : out);\nout: ;'), body('asm_volatile_goto("1:" JUMP(x) : : "i"(b) : : out);\nout: go(b);'), body('register long r asm(REG) = 1;'), body('safe_asm("op %0", [x] "+m"(b->n), "r" (b));'), body('__asm__ __volatile__("" ::: "memory"); go(b);')],
  'case ranges': [body('switch (b->n) {\n\tcase 1 ... 5:\n\t\tgo(b);\n\tcase FIRST(b) ... LAST(b) - 1: break;\n\tdefault: }')],
  'offsetof and alignof': [body('x = offsetof(struct box, a.b[1]); y = __alignof__(*b); z = offsetof(box_t, n);')],
  'computed goto': [body('static void *t[] = { &&one, &&two };\n\tgoto *t[b->n];\none:\ntwo:\n\treturn a && b;')],
  labels: [body('goto out;\nout:\n\t'), body('if (b) {\n\t\tgo(b);\nskip: __maybe_unused;\n\t}')],
  'strings with macros': [body('say(KERN_ERR PREFIX "text %d" FMT(b) "more\\n", b);'), body('say(NAME(x) "y");'), body('say(LEVEL MESSAGE, b);'), body('say("one \\\n two");')],
  'macros without a semicolon': [body('DEBUG_ON(b)\n\tgo(b);'), body('if (b) { BEGIN_BOX\n\tgo(b); END_BOX }'), body('FIRST(1) SECOND(2) THIRD(3)\n\tgo(b);'), body('CHECK(b) }').slice(0, -1)],
  'odd arguments': [body('check(a, ==, b); check(, a); check(a, ); step(x, return -1); leave(goto out); out: stop(break);'), body('loop(b->n++; ,\n\t\tgo(b); );'), body('x = wait(b, 10,\n\t\tif (b->n)\n\t\t\tbreak;\n\t);'), body('mode(100base_T, 2);'), body('set(.a = 1, ->b);')],
  declarations: [body('static DECLARE_BOX(x, y);'), body('static DEFINE_BOX(struct box, x) = { { 1 } };'), body('DECLARE_BITMAP(x, 8) = { 0 };'), body('TYPE_OF(b) x = 1;'), 'static struct box *x[] = { FIRST(1) SECOND(2) };', 'enum kinds { A, B __boxed, C = 1 };', 'extern int f(struct box *b) __boxed;', 'typedef int (*fn)(struct box *);'],
  'struct members': ['struct box {\n\tstruct_group(both,\n\t\tint a;\n\t\tint b;\n\t);\n\tDECLARE_BITMAP(map, 8);\n\tDECLARE_FLEX_ARRAY(struct box, more);\n\tu32 x : 1, : 3;\n\tu32  : 2;\n};'],
  'old style': ['int f(a, b)\n\tint a;\n\tchar *b;\n{ return a; }'],
};

for (const [title, snippets] of Object.entries(CONSTRUCTS)) {
  test(`parses: ${title}`, () => {
    for (const snippet of snippets) {
      const root = parsed(snippet);
      const error = hasError(root);
      assert.equal(error, undefined, `${snippet}\n${squeezed(snippet)}\n${JSON.stringify(error)}`);
    }
  });
}

test('a loop macro becomes a loop with its own body, and keeps its else outside', () => {
  const root = parsed(body('if (b)\n\t\teach_box(a) go(a);\n\telse\n\t\tgo(b);'));
  const choice = root.descendantsOfType('if_statement')[0];
  assert.equal(choice?.childForFieldName('consequence')?.type, 'while_statement');
  assert.equal(choice?.childForFieldName('alternative')?.type, 'else_clause');
});

test('a function whose name sounds like a loop stays a call', () => {
  const root = parsed(body('device_for_each_box(b, NULL, go);\n\tstop(b);'));
  assert.equal(root.descendantsOfType('while_statement').length, 0);
  assert.equal(root.descendantsOfType('call_expression').length, 2);
});

test('no call is lost in arguments that are statements', () => {
  const root = parsed(body('x = wait(b, 10,\n\t\tif (ready(b))\n\t\t\tbreak;\n\t);'));
  assert.deepEqual(root.descendantsOfType('call_expression').map((call) => call.childForFieldName('function')?.text), ['wait', 'ready']);
});

test('a call of a call of a product stays a call', () => {
  const root = parsed(body('int x = 1;\n\tadd(round_up(n * sizeof(struct box), SIZE));'));
  assert.deepEqual(root.descendantsOfType('call_expression').map((call) => call.childForFieldName('function')?.text), ['add', 'round_up']);
});

test('a constant that bears an annotation\'s name stays where an expression needs it', () => {
  assert.match(squeezed(body('b->x = __boxed; switch (a) { case __boxed: go(b->__boxed); }')), /= __boxed; switch \(a\) { case __boxed: go\(b->__boxed\)/);
});

test('learning: loops through other loops, annotations, nothing else', () => {
  assert.ok(['box_for_each', 'each_box', 'with_box', 'list_for_each_entry', 'scoped_guard'].every((name) => catalogue.loops.has(name)));
  assert.ok(!catalogue.loops.has('do_boxes'));
  assert.ok(catalogue.annotations.has('__boxed') && catalogue.callAnnotations.has('__boxes') && catalogue.emptyWords.has('BOX_API'));
  const both = learn(scan('#define maybe __attribute__((x))\n#define maybe go()\n').filter((item) => item.kind === 'macro'));
  assert.ok(!both.annotations.has('maybe'), 'a name with another meaning in some configuration is no annotation');
});

test('conditionals around whole statements: all branches stay, and are told apart', () => {
  const slice = body('a();\n#ifdef CONFIG_A\n\tb1();\n#elif defined(CONFIG_B)\n\tb2();\n#else\n\tb3();\n#endif\n\tc();');
  assert.deepEqual(parsed(slice).descendantsOfType('call_expression').map((call) => call.text), ['a()', 'b1()', 'b2()', 'b3()', 'c()']);
  assert.deepEqual(conditionalRegions(slice).map((r) => [r.chain, r.branch, r.condition, r.atoms, r.use, r.exhaustive, slice.slice(r.start, r.end).trim()]), [
    [0, 0, 'CONFIG_A', ['CONFIG_A'], 'alternative', true, 'b1();'],
    [0, 1, 'defined(CONFIG_B)', ['!CONFIG_A', 'CONFIG_B'], 'alternative', true, 'b2();'],
    [0, 2, '', ['!CONFIG_A', '!CONFIG_B'], 'alternative', true, 'b3();'],
  ]);
});

test('conditionals that split a statement: one branch stays, the same way throughout', () => {
  const slice = body('\n#ifdef CONFIG_A\n\tif (b) {\n#else\n\tif (c) {\n\t\tif (d) {\n#endif\n\t\tgo(b);\n#ifndef CONFIG_A\n\t}\n#endif\n\t}\n\treturn stop(b\n#ifdef CONFIG_A\n\t\t, 1\n#else\n\t\t, 2\n#endif\n\t);');
  assert.equal(hasError(parsed(slice)), undefined, checked(slice));
  assert.deepEqual(conditionalRegions(slice).map((r) => r.use), ['chosen', 'dropped', 'dropped', 'chosen', 'dropped']);
});

test('#if 0, directives with splices, and an #else that began before the slice', () => {
  const slice = 'int f(int a)\n#else\nint f(int a, int b)\n#endif\n{\n#if 0\n\tdo not parse this {\n#endif\n#define X(a) \\\n\t(a)\n#undef X\n\treturn 0;\n}';
  assert.equal(hasError(parsed(slice)), undefined, checked(slice));
  assert.deepEqual(conditionalRegions(slice).map((r) => r.use), ['dropped', 'dead']);
});

test('text outside ASCII and lone surrogates keep their places', () => {
  const slice = body('say("grüße 🙂"); /* \ud800 */ go(b);');
  const call = parsed(slice).descendantsOfType('call_expression')[1];
  assert.equal(call?.startIndex, slice.indexOf('go(b)'));
});

test('length and newlines are kept, whatever the text', () => {
  const piece = fc.constantFrom('int ', 'f', 'each_box', '(', ')', '{', '}', ';', '=', '"', "'", '/*', '*/', '//', '\n', '\r\n', '\\\n', '\n#if A\n', '\n#else\n', '\n#endif\n', '\n#define X(a) \\\n', 'struct ', 'case ', '...', ':', ',', 'asm', 'typeof', '__attribute__', '__init ', '.', '->', 'goto ', '&&', '*', 'é', 'offsetof', 'SYSCALL_DEFINE2', '[', ']', '1', ' ', '\t', '_Generic', 'return ', 'if', 'union ', 'DECLARE_FLEX_ARRAY', 'struct_group');
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), fc.boolean(), (pieces, inBody) => {
    checked(inBody ? body(pieces.join('')) : pieces.join(''));
  }), { numRuns: 3000 });
});

test('the built-in catalogue alone serves a file without its tree', () => {
  assert.equal(hasError(parseSlice(normalise(body('list_for_each_entry(a, &b->list, node) go(a);'), BUILTIN))), undefined);
});
