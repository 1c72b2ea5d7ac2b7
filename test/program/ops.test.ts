// Which functions a field of a struct can point to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, spelled } from './memory.ts';

const types = [
  'struct ops {', '\tvoid (*release)(int *x);', '\tvoid (*other)(int *x);', '};',
  'struct holder {', '\tstruct ops inner;', '\tconst struct ops *ops;', '\tvoid (*release)(int *x);', '};',
  'typedef struct ops ops_t;', '',
].join('\n');
const define = (name: string): string => `static void ${name}(int *x)\n{\n\t*x = 0;\n}\n`;

function targets(texts: Record<string, string>, structName: string, field: string, widened: readonly string[] = []): readonly (string | undefined)[] {
  const code = program({ 'include/linux/ops.h': types, ...texts });
  code.widen(widened);
  return code.targets(structName, field, 'lib/a.c').map(spelled);
}

const include = '#include <linux/ops.h>\n';

test('functions in ops tables of the file and its folder', () => {
  const texts = {
    'lib/a.c': `${include}${define('one')}${define('two')}static const struct ops o = {\n\t.release = one,\n\t.other\t= &two,\n};\n`,
    'lib/b.c': `${include}${define('three')}struct ops p = { .release = (void *)three };\n`,
    'fs/c.c': `${include}${define('four')}struct ops p = { .release = four };\n`,
  };
  assert.deepEqual(targets(texts, 'struct ops', 'release'), ['lib/a.c:one', 'lib/b.c:three']);
  assert.deepEqual(targets(texts, 'struct ops', 'other'), ['lib/a.c:two']);
  assert.deepEqual(targets(texts, 'ops_t', 'other'), ['lib/a.c:two']);
  assert.deepEqual(targets(texts, 'struct ops', 'release', ['fs/c.c']), ['fs/c.c:four', 'lib/a.c:one', 'lib/b.c:three']);
});

test('the field of another struct does not count', () => {
  const texts = { 'lib/a.c': `${include}${define('one')}${define('two')}static struct holder h = { .release = one, .inner = { .release = two } };\n` };
  assert.deepEqual(targets(texts, 'struct holder', 'release'), ['lib/a.c:one']);
  assert.deepEqual(targets(texts, 'struct ops', 'release'), ['lib/a.c:two']);
});

test('nested designators and arrays of tables', () => {
  const texts = {
    'lib/a.c': `${include}${define('one')}${define('two')}${define('three')}static struct holder h = { .inner.release = one };\n`
      + 'static struct ops many[] = {\n\t{ .release = two },\n\t[4] = { .release = three },\n};\n',
  };
  assert.deepEqual(targets(texts, 'struct ops', 'release'), ['lib/a.c:one', 'lib/a.c:two', 'lib/a.c:three']);
});

test('what is no function does not count', () => {
  assert.deepEqual(targets({ 'lib/a.c': `${include}static struct ops o = { .release = NULL, .other = missing };\n` }, 'struct ops', 'release'), []);
});

test('an assignment in a function, by the type of what it assigns to', () => {
  const texts = {
    'lib/a.c': `${include}${define('one')}${define('two')}static void set(struct holder *h)\n{\n\th->inner.release = one;\n\th->release = two;\n}\n`,
  };
  assert.deepEqual(targets(texts, 'struct ops', 'release'), ['lib/a.c:one']);
  assert.deepEqual(targets(texts, 'struct holder', 'release'), ['lib/a.c:two']);
});

test('entries without designators, by their position', () => {
  const texts = {
    'lib/a.c': `${include}${define('one')}${define('two')}${define('three')}static struct ops o = { one, two };\nstatic struct holder h = { { three } };\nstatic int numbers[] = { 1, 2 };\n`,
  };
  assert.deepEqual(targets(texts, 'struct ops', 'other'), ['lib/a.c:two']);
});

test('FN_: a table inside a struct, all without designators, is found only by the outer struct\'s name', () => {
  const texts = { 'lib/a.c': `${include}${define('one')}static struct holder h = { { one } };\n` };
  assert.deepEqual(targets(texts, 'struct ops', 'release'), []);
});
