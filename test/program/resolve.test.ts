// From a called name to the definition it reaches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, spelled } from './memory.ts';

test('a file\'s own definition comes before everything else', () => {
  const code = program({
    'drivers/foo/a.c': '#include <linux/foo.h>\nstatic int foo_get(void)\n{\n\treturn 1;\n}\n',
    'drivers/foo/b.c': 'int foo_get(void)\n{\n\treturn 2;\n}\n',
    'include/linux/foo.h': 'static inline int foo_get(void)\n{\n\treturn 3;\n}\n',
  });
  assert.equal(spelled(code.resolve('foo_get', 'drivers/foo/a.c')), 'drivers/foo/a.c:foo_get');
});

test('an inline function is found in a header that a header includes', () => {
  const code = program({
    'drivers/foo/a.c': '#include <linux/foo.h>\n',
    'include/linux/foo.h': '#include <linux/inner.h>\n',
    'include/linux/inner.h': 'static inline int foo_get(void)\n{\n\treturn 3;\n}\n',
    'include/linux/other.h': 'static inline int foo_put(void)\n{\n\treturn 3;\n}\n',
  });
  assert.equal(spelled(code.resolve('foo_get', 'drivers/foo/a.c')), 'include/linux/inner.h:foo_get');
  assert.equal(code.resolve('foo_put', 'drivers/foo/a.c'), undefined, 'a header that is not included does not count');
});

test('the definition of a quoted header comes before one of another header', () => {
  const body = 'static inline int foo_get(void)\n{\n\treturn 3;\n}\n';
  const code = program({
    'drivers/foo/a.c': '#include <linux/foo.h>\n#include "local.h"\n',
    'include/linux/foo.h': body,
    'drivers/foo/local.h': body,
  });
  assert.equal(spelled(code.resolve('foo_get', 'drivers/foo/a.c')), 'drivers/foo/local.h:foo_get');
});

test('an architecture\'s definition comes before the generic fall-back', () => {
  const body = 'static inline int foo_get(void)\n{\n\treturn 3;\n}\n';
  const code = program({
    'drivers/foo/a.c': '#include <asm/foo.h>\n#include <asm/only.h>\n',
    'arch/arm64/kernel/a.c': '#include <asm/foo.h>\n',
    'arch/x86/include/asm/foo.h': `#include <asm-generic/foo.h>\n${body}`,
    'arch/arm64/include/asm/foo.h': body,
    'include/asm-generic/foo.h': body,
    'include/asm-generic/only.h': 'static inline int foo_only(void)\n{\n\treturn 3;\n}\n',
  });
  assert.equal(spelled(code.resolve('foo_get', 'drivers/foo/a.c')), 'arch/x86/include/asm/foo.h:foo_get');
  assert.equal(spelled(code.resolve('foo_only', 'drivers/foo/a.c')), 'include/asm-generic/only.h:foo_only');
  assert.equal(spelled(code.resolve('foo_get', 'arch/arm64/kernel/a.c')), 'arch/arm64/include/asm/foo.h:foo_get');
});

test('of a body and an empty stub the body counts, unless the configuration says otherwise', () => {
  const texts = {
    'drivers/foo/a.c': '#include <linux/foo.h>\n',
    'include/linux/foo.h': [
      '#ifndef CONFIG_FOO', 'static inline int foo_get(int *x)', '{', '\treturn 0;', '}', '#else',
      'static inline int foo_get(int *x)', '{', '\t(*x)++;', '\treturn *x;', '}', '#endif', '',
    ].join('\n'),
  };
  const bodyOf = (ref: { item: { bodySpan: { start: number; end: number } } } | undefined): string | undefined =>
    ref && texts['include/linux/foo.h'].slice(ref.item.bodySpan.start, ref.item.bodySpan.end);
  assert.match(bodyOf(program(texts).resolve('foo_get', 'drivers/foo/a.c')) ?? '', /\+\+/);
  const on = program(texts, {}, { kconfig: new Map([['CONFIG_FOO', 'y']]) });
  assert.match(bodyOf(on.resolve('foo_get', 'drivers/foo/a.c')) ?? '', /\+\+/);
  const off = program(texts, {}, { kconfig: new Map([['CONFIG_FOO', 'n']]) });
  assert.doesNotMatch(bodyOf(off.resolve('foo_get', 'drivers/foo/a.c')) ?? '', /\+\+/);
  assert.equal(off.functionsIn('include/linux/foo.h').length, 1);
  assert.equal(program(texts).functionsIn('include/linux/foo.h').length, 2);
});

test('a stub beside a prototype gives way to the external definition', () => {
  const texts = {
    'drivers/bar/a.c': '#include <linux/foo.h>\n',
    'include/linux/foo.h': '#ifdef CONFIG_FOO\nint foo_get(int *x);\n#else\nstatic inline int foo_get(int *x)\n{\n\treturn 0;\n}\n#endif\n',
    'lib/foo.c': 'int foo_get(int *x)\n{\n\treturn ++*x;\n}\n',
  };
  assert.equal(spelled(program(texts).resolve('foo_get', 'drivers/bar/a.c')), 'lib/foo.c:foo_get');
  const off = program(texts, {}, { kconfig: new Map() });
  assert.equal(spelled(off.resolve('foo_get', 'drivers/bar/a.c')), 'include/linux/foo.h:foo_get');
  const { 'lib/foo.c': _, ...withoutSource } = texts;
  assert.equal(program(withoutSource).resolve('foo_get', 'drivers/bar/a.c'), undefined, 'an empty stub says nothing about the real one');
});

test('external functions: same folder, then home, then a source called like the declaring header', () => {
  const define = (name: string, value: number): string => `int ${name}(void)\n{\n\treturn ${value};\n}\n`;
  const texts = {
    'drivers/foo/a.c': '#include <linux/foo.h>\n',
    'drivers/foo/b.c': `${define('in_folder', 1)}static ${define('hidden', 2)}`,
    'drivers/bar/home.c': define('in_folder', 3) + define('at_home', 4),
    'include/linux/foo.h': 'int in_folder(void);\nint at_home(void);\nint by_header(void);\nint by_start(void);\nint by_folder(void);\nint by_dash(void);\nint hidden(void);\n',
    'fs/foo.c': define('at_home', 5) + define('by_header', 6),
    'mm/foo_more.c': define('by_start', 7),
    'kernel/foo/x.c': define('by_folder', 8),
  };
  const code = program(texts, { in_folder: 'drivers/bar/home.c', at_home: 'drivers/bar/home.c', by_header: 'drivers/absent.c' });
  const reached = (name: string): string | undefined => spelled(code.resolve(name, 'drivers/foo/a.c'));
  assert.equal(reached('in_folder'), 'drivers/foo/b.c:in_folder');
  assert.equal(reached('at_home'), 'drivers/bar/home.c:at_home');
  assert.equal(reached('by_header'), 'fs/foo.c:by_header');
  assert.equal(reached('by_start'), 'mm/foo_more.c:by_start');
  assert.equal(reached('by_folder'), 'kernel/foo/x.c:by_folder');
  assert.equal(reached('hidden'), undefined, 'a static function of another file');
  assert.equal(reached('nowhere'), undefined);
});

test('of several sources called like a header the nearest to the caller counts', () => {
  const body = 'int foo_get(void)\n{\n\treturn 1;\n}\n';
  const code = program({
    'drivers/a/x/a.c': '#include <linux/foo.h>\n',
    'drivers/a/foo.c': body,
    'drivers/b/foo.c': body,
    'include/linux/foo.h': 'int foo_get(void);\n',
    'sound/z.c': '#include <linux/foo.h>\n',
    'arch/x86/lib/foo.c': body,
  });
  assert.equal(spelled(code.resolve('foo_get', 'drivers/a/x/a.c')), 'drivers/a/foo.c:foo_get');
  assert.equal(spelled(code.resolve('foo_get', 'sound/z.c')), 'drivers/a/foo.c:foo_get');
});

test('a header beside the sources: its folder\'s sources define what it declares', () => {
  const code = program({
    'drivers/foo/core/a.c': '#include "../foo.h"\n',
    'drivers/foo/foo.h': 'int foo_get(void);\n',
    'drivers/foo/impl.c': 'int foo_get(void)\n{\n\treturn 1;\n}\n',
  });
  assert.equal(spelled(code.resolve('foo_get', 'drivers/foo/core/a.c')), 'drivers/foo/impl.c:foo_get');
});

test('a weak definition serves only where there is no other', () => {
  const code = program({
    'lib/a.c': '',
    'lib/b.c': 'int __weak foo_get(void)\n{\n\treturn 1;\n}\nint __weak bar_get(void)\n{\n\treturn 1;\n}\n',
    'lib/c.c': 'int foo_get(void)\n{\n\treturn 2;\n}\n',
  });
  assert.equal(spelled(code.resolve('foo_get', 'lib/a.c')), 'lib/c.c:foo_get');
  assert.equal(spelled(code.resolve('bar_get', 'lib/a.c')), 'lib/b.c:bar_get');
});

test('quoted headers are found beside the file, in -I folders of its Makefile and above', () => {
  const body = (name: string): string => `static inline int ${name}(void)\n{\n\treturn 1;\n}\n`;
  const code = program({
    'fs/foo/a.c': '#include "one.h"\n#include "two.h"\n#include "sub/three.h"\n#include "missing.h"\n',
    'fs/foo/one.h': body('one'),
    'fs/foo/Makefile': 'ccflags-y += -I $(src)/lib -I$(srctree)/fs/other -g\nobj-y += a.o\n',
    'fs/foo/lib/two.h': body('two'),
    'fs/sub/three.h': body('three'),
  });
  assert.deepEqual(['one', 'two', 'three'].map((name) => spelled(code.resolve(name, 'fs/foo/a.c'))),
    ['fs/foo/one.h:one', 'fs/foo/lib/two.h:two', 'fs/sub/three.h:three']);
  assert.deepEqual(code.gaps('fs/foo/a.c'), []);
  assert.equal(code.gaps('fs/foo/absent.c')[0]?.kind, 'parse');
});

test('a file outside the tree sees its own folder and the tree\'s headers', () => {
  const code = program({
    '/home/me/a.c': '#include <linux/foo.h>\n#include "own.h"\n',
    '/home/me/own.h': 'static inline int own(void)\n{\n\treturn 1;\n}\n',
    'include/linux/foo.h': 'static inline int foo_get(void)\n{\n\treturn 1;\n}\n',
  });
  assert.equal(spelled(code.resolve('own', '/home/me/a.c')), '/home/me/own.h:own');
  assert.equal(spelled(code.resolve('foo_get', '/home/me/a.c')), 'include/linux/foo.h:foo_get');
});

test('headers that include each other end', () => {
  const code = program({
    'lib/a.c': '#include <linux/a.h>\n',
    'include/linux/a.h': '#include <linux/b.h>\nstatic inline int in_a(void)\n{\n\treturn 1;\n}\n',
    'include/linux/b.h': '#include <linux/a.h>\nstatic inline int in_b(void)\n{\n\treturn in_a();\n}\n',
  });
  assert.equal(spelled(code.resolve('in_a', 'include/linux/b.h')), 'include/linux/a.h:in_a');
  assert.equal(spelled(code.resolve('in_b', 'lib/a.c')), 'include/linux/b.h:in_b');
});
