// The program with an index of the whole tree: what it finds beyond the caller's folder, and what edits change of that.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { factsOf } from '../../server/src/index/facts.ts';
import { join, openIndex } from '../../server/src/index/join.ts';
import type { FunctionRef } from '../../server/src/program/code.ts';
import { openCode } from '../../server/src/program/program.ts';
import { memoryFiles, spelled, testKnowledge, type Texts } from './memory.ts';

const define = (name: string, body: string, head = 'int'): string => `${head} ${name}(void)\n{\n\t${body}\n}\n`;
const ops = 'struct shed_ops { int (*open)(void); int (*close)(void); };\n';

function open(texts: Texts, homes: Texts = {}) {
  const index = openIndex(join(Object.entries(texts).map(([path, text]) => factsOf(path, text))));
  assert.ok(index !== undefined);
  const files = memoryFiles(texts);
  return { code: openCode(files, testKnowledge(homes), { index }), files };
}

type Program = ReturnType<typeof open>['code'];

function ref(code: Program, name: string, file: string): FunctionRef {
  const found = code.functionsIn(file).find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

test('a function is found wherever it is defined, without a declaration or a home; no other folder is read', () => {
  const { code, files } = open({
    'fs/caller.c': define('caller', 'return shed_open();'),
    'lib/sheds/shed.c': define('shed_open', 'return 1;'),
    'lib/sheds/other.c': define('unrelated', 'return 1;'),
    'tools/shed.c': define('shed_open', 'return 2;'),
    'arch/arm/shed.c': define('shed_open', 'return 3;'),
  });
  assert.equal(spelled(code.resolve('shed_open', 'fs/caller.c')), 'lib/sheds/shed.c:shed_open');
  assert.deepEqual([...files.reads].sort(), ['fs/caller.c', 'lib/sheds/shed.c']);
  assert.equal(code.resolve('absent', 'fs/caller.c'), undefined);
});

test('of several definitions: the own folder, then the home, then the nearest; a weak one last', () => {
  const { code } = open({
    'fs/a.c': define('near', 'return 1;') + define('user', 'return near();'),
    'drivers/x/a.c': define('near', 'return 2;') + define('homely', 'return 1;') + define('weak', 'return 1;', 'int __weak'),
    'drivers/x/b.c': define('user', 'return homely();'),
    'mm/a.c': define('homely', 'return 2;') + define('weak', 'return 2;'),
    'drivers/y/a.c': define('homely', 'return 3;') + define('weak', 'return 3;', '__weak int'),
    'net/far.c': define('user', 'return near() + homely() + weak();'),
  }, { homely: 'mm/a.c' });
  assert.equal(spelled(code.resolve('near', 'drivers/x/b.c')), 'drivers/x/a.c:near');
  assert.equal(spelled(code.resolve('homely', 'net/far.c')), 'mm/a.c:homely');
  assert.equal(spelled(code.resolve('homely', 'drivers/x/b.c')), 'drivers/x/a.c:homely');
  assert.equal(spelled(code.resolve('weak', 'net/far.c')), 'mm/a.c:weak');
});

test('callers are found in the whole tree, except where the name means another function', () => {
  const { code } = open({
    'lib/shed.c': define('shed_put', 'return 1;') + define('own', 'return 1;', 'static int'),
    'fs/far.c': define('far', 'return shed_put();'),
    'net/own.c': define('shed_put', 'return 2;', 'static int') + define('other', 'return shed_put() + own();'),
  });
  assert.deepEqual(code.callers(ref(code, 'shed_put', 'lib/shed.c')).map(spelled), ['fs/far.c:far']);
  assert.deepEqual(code.callers(ref(code, 'own', 'lib/shed.c')).map(spelled), []);
});

test('a function called from very many files has its near callers only', () => {
  const many = Array.from({ length: 150 }, (_, at) => [`drivers/d${at}/a.c`, define(`user_${at}`, 'return shed_put();')] as const);
  const { code } = open({ 'lib/shed.c': define('shed_put', 'return 1;'), 'lib/near.c': define('near', 'return shed_put();'), ...Object.fromEntries(many) });
  assert.deepEqual(code.callers(ref(code, 'shed_put', 'lib/shed.c')).map(spelled), ['lib/near.c:near']);
});

test('an address taken anywhere counts', () => {
  const { code } = open({
    'lib/shed.c': define('shed_work', 'return 1;') + define('shed_put', 'return 1;'),
    'fs/far.c': define('far', 'return queue(shed_work) + shed_put();'),
  });
  assert.equal(code.addressTaken(ref(code, 'shed_work', 'lib/shed.c')), true);
  assert.equal(code.addressTaken(ref(code, 'shed_put', 'lib/shed.c')), false);
});

test('tables and assignments of the whole tree lead to their functions, each of the right struct', () => {
  const { code } = open({
    'include/linux/shed.h': ops,
    'lib/shed.c': `#include <linux/shed.h>\n${define('call', 'return ops->open();')}`,
    'fs/table.c': `#include <linux/shed.h>\n${define('fs_open', 'return 1;', 'static int')}static const struct shed_ops fs_ops = { .open = fs_open };\n`,
    'net/assigned.c': `#include <linux/shed.h>\n${define('net_open', 'return 1;', 'static int')}void set(struct shed_ops *ops)\n{\n\tops->open = net_open;\n}\n`,
    'mm/position.c': `#include <linux/shed.h>\n${define('mm_open', 'return 1;', 'static int')}static struct shed_ops mm_ops = { mm_open };\n`,
    'mm/gate.c': `struct gate_ops { int (*open)(void); };\n${define('gate_open', 'return 1;', 'static int')}static struct gate_ops gate_ops = { .open = gate_open };\n`,
  });
  assert.deepEqual(code.targets('struct shed_ops', 'open', 'lib/shed.c').map(spelled), ['fs/table.c:fs_open', 'mm/position.c:mm_open', 'net/assigned.c:net_open']);
});

test('an edit is seen before the index knows of it', () => {
  const { code } = open({
    'lib/shed.c': define('shed_put', 'return 1;'),
    'fs/a.c': define('a', 'return shed_put();'),
    'fs/b.c': define('b', 'return 1;'),
  });
  const put = ref(code, 'shed_put', 'lib/shed.c');
  assert.deepEqual(code.callers(put).map(spelled), ['fs/a.c:a']);
  code.setText('fs/b.c', define('b', 'return shed_put();') + define('fresh', 'return queue(shed_put);'));
  code.setText('fs/a.c', define('a', 'return 1;'));
  assert.deepEqual(code.callers(put).map(spelled), ['fs/b.c:b']);
  assert.equal(code.addressTaken(put), true);
  assert.equal(spelled(code.resolve('fresh', 'net/x.c')), 'fs/b.c:fresh');
});
