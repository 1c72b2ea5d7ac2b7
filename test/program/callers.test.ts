// Who calls a function, and whose address is taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionRef } from '../../server/src/program/code.ts';
import { program, spelled } from './memory.ts';

type Program = ReturnType<typeof program>;

function ref(code: Program, name: string, file: string): FunctionRef {
  const found = code.functionsIn(file).find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

function callersOf(code: Program, name: string, file: string): readonly (string | undefined)[] {
  return code.callers(ref(code, name, file)).map(spelled);
}

const define = (name: string, body: string, head = 'int'): string => `${head} ${name}(void)\n{\n\t${body}\n}\n`;

test('a static function is called from its own file only', () => {
  const code = program({
    'lib/a.c': define('foo', 'return 1;', 'static int') + define('one', 'return foo();') + define('two', 'foo(); return foo ();'),
    'lib/b.c': define('other', 'return foo();'),
  });
  assert.deepEqual(callersOf(code, 'foo', 'lib/a.c'), ['lib/a.c:one', 'lib/a.c:two']);
});

test('an external function is called from its folder, quoted headers and widened files; never from where the name means another', () => {
  const code = program({
    'lib/b.c': `#include "inner.h"\n${define('foo', 'return 1;')}`,
    'lib/inner.h': define('in_header', 'return foo();', 'static inline int'),
    'lib/a.c': define('near', 'return foo();'),
    'lib/c.c': define('foo', 'return 2;', 'static int') + define('own', 'return foo();'),
    'fs/far.c': define('far', 'return foo();'),
    'fs/own.c': define('foo', 'return 3;', 'static int') + define('far_own', 'return foo();'),
  });
  assert.deepEqual(callersOf(code, 'foo', 'lib/b.c'), ['lib/a.c:near', 'lib/inner.h:in_header']);
  code.widen(['fs/far.c', 'fs/own.c']);
  assert.deepEqual(callersOf(code, 'foo', 'lib/b.c'), ['fs/far.c:far', 'lib/a.c:near', 'lib/inner.h:in_header']);
});

test('an inline function of a shared header is called from its header and from widened files', () => {
  const code = program({
    'include/linux/foo.h': define('foo', 'return 1;', 'static inline int') + define('twice', 'return foo() + foo();', 'static inline int'),
    'lib/a.c': `#include <linux/foo.h>\n${define('one', 'return foo();')}`,
    'lib/b.c': define('unrelated', 'return foo();'),
  });
  assert.deepEqual(callersOf(code, 'foo', 'include/linux/foo.h'), ['include/linux/foo.h:twice']);
  code.widen(['lib/a.c', 'lib/b.c']);
  assert.deepEqual(callersOf(code, 'foo', 'include/linux/foo.h'), ['include/linux/foo.h:twice', 'lib/a.c:one']);
});

const uses: Record<string, readonly [string, boolean]> = {
  'an ops table': ['static struct ops o = {\n\t.release = foo,\n};\n', true],
  'an ops table by address': ['static struct ops o = { .release = &foo };\n', true],
  'a plain initialiser': ['static int (*f)(void) = foo;\n', true],
  'an argument': [define('bar', 'return queue(x, foo);'), true],
  'an argument with a cast': [define('bar', 'return queue(x, (void *)foo, 1);'), true],
  'an assignment': [define('bar', 'x->release = foo; return 0;'), true],
  'a returned value': [define('bar', 'return foo;'), true],
  'a choice': [define('bar', 'x = y ? foo : 0; return 0;'), true],
  'an initcall': ['module_init(foo);\n', true],
  'a call': [define('bar', 'return foo();'), false],
  'a prototype': ['static int foo(void);\n', false],
  'an export': ['EXPORT_SYMBOL_GPL(foo);\n', false],
  'a comment': ['/* set to (foo) */\n// = foo;\n', false],
  'a string': ['static const char *s = "= foo;";\n', false],
  'a field of that name': [define('bar', 'return x->foo;'), false],
  'a longer name': [define('bar', 'return queue(foo_bar, my_foo);'), false],
};
for (const [title, [text, taken]] of Object.entries(uses)) {
  test(`address ${taken ? 'taken' : 'not taken'}: ${title}`, () => {
    const code = program({ 'lib/a.c': define('foo', 'return 1;', 'static int') + text });
    assert.equal(code.addressTaken(ref(code, 'foo', 'lib/a.c')), taken);
  });
}

test('the address of an external function may be taken in another file of its folder', () => {
  const code = program({
    'lib/a.c': define('foo', 'return 1;') + define('bar', 'return 1;', 'static int'),
    'lib/b.c': 'static struct ops o = { .a = foo, .b = bar };\n',
  });
  assert.equal(code.addressTaken(ref(code, 'foo', 'lib/a.c')), true);
  assert.equal(code.addressTaken(ref(code, 'bar', 'lib/a.c')), false, 'static: the other file means another one');
});
