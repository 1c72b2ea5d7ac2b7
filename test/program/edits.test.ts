// What an edit changes, and what outlives it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashText } from '../../server/src/program/hash.ts';
import { openCode } from '../../server/src/program/program.ts';
import { memoryFiles, program, spelled, testKnowledge } from './memory.ts';

const first = 'static int first(int *x)\n{\n\treturn *x;\n}\n';
const second = 'static int second(int *x)\n{\n\treturn first(x);\n}\n';

test('an edit of one body keeps the other functions\' references, lowered forms and versions', () => {
  const code = program({ 'lib/a.c': first + second });
  const [a, b] = code.functionsIn('lib/a.c');
  assert.ok(a && b);
  const before = { a: code.ir(a), b: code.ir(b), versionA: code.version(a), versionB: code.version(b) };
  code.setText('lib/a.c', first.replace('*x;', '*x + 1;') + second);
  const [a2, b2] = code.functionsIn('lib/a.c');
  assert.ok(a2 && b2);
  assert.notEqual(a2, a);
  assert.notEqual(code.version(a2), before.versionA);
  assert.notEqual(code.ir(a2), before.a);
  assert.equal(b2, b);
  assert.equal(code.version(b2), before.versionB);
  assert.equal(code.ir(b2), before.b);
  assert.equal(code.resolve('first', 'lib/a.c'), a2, 'a call reaches the new text');
});

test('a lowered form that an edit pushed down is located where it is now', () => {
  const code = program({ 'lib/a.c': first + second });
  const b = code.functionsIn('lib/a.c')[1];
  assert.ok(b);
  const ir = code.ir(b);
  assert.deepEqual(code.locate(b, ir.nameSpan), b.item.nameSpan);
  const text = `/* one more line */\n${first}${second}`;
  code.setText('lib/a.c', text);
  assert.equal(code.ir(b), ir);
  const at = code.locate(b, ir.nameSpan);
  assert.equal(text.slice(at.start, at.end), 'second');
});

test('a changed macro lowers again the functions that use it, and no others', () => {
  const user = 'static int user(int *x)\n{\n\treturn LIMIT(x);\n}\n';
  const text = '#include <linux/limit.h>\n';
  const code = program({ 'lib/a.c': text + user + first, 'include/linux/limit.h': '#define LIMIT(x) (*(x) + ONE)\n#define ONE 1\n' });
  const [a, b] = code.functionsIn('lib/a.c');
  assert.ok(a && b);
  const before = [code.ir(a), code.ir(b)];
  const environments = [code.environment(a), code.environment(b)];
  code.setText('include/linux/limit.h', '#define LIMIT(x) (*(x) + ONE)\n#define ONE 1\n#define UNUSED 3\n');
  assert.deepEqual([code.ir(a) === before[0], code.ir(b) === before[1]], [true, true], 'a macro that nobody uses');
  code.setText('include/linux/limit.h', '#define LIMIT(x) (*(x) + ONE)\n#define ONE 2\n#define UNUSED 3\n');
  assert.deepEqual([code.ir(a) === before[0], code.ir(b) === before[1]], [false, true]);
  assert.deepEqual([code.environment(a) === environments[0], code.environment(b) === environments[1]], [false, true]);
});

test('versions are the same on every machine', () => {
  const code = program({ 'lib/a.c': first });
  const [ref] = code.functionsIn('lib/a.c');
  assert.ok(ref);
  assert.equal(code.version(ref), '7068b0b22251e347');
  assert.notEqual(hashText('ab'), hashText('ba'));
  assert.notEqual(hashText(''), hashText('\0'));
});

test('a new declaration is seen, a removed one forgotten', () => {
  const code = program({ 'lib/a.c': second, 'lib/b.c': '' });
  assert.equal(code.resolve('first', 'lib/a.c'), undefined);
  code.setText('lib/b.c', first.replace('static ', ''));
  assert.equal(spelled(code.resolve('first', 'lib/a.c')), 'lib/b.c:first');
  code.setText('lib/b.c', undefined);
  assert.equal(code.resolve('first', 'lib/a.c'), undefined);
});

test('a new include and a file that appears are seen', () => {
  const code = program({ 'lib/a.c': second, 'lib/x.h': first });
  assert.equal(code.resolve('first', 'lib/a.c'), undefined);
  code.setText('lib/a.c', `#include "x.h"\n#include "y.h"\n${second}`);
  assert.equal(spelled(code.resolve('first', 'lib/a.c')), 'lib/x.h:first');
  assert.equal(code.resolve('third', 'lib/a.c'), undefined);
  code.setText('lib/y.h', first.replace('first', 'third'));
  assert.equal(spelled(code.resolve('third', 'lib/a.c')), 'lib/y.h:third');
});

test('undefined brings back what the files have, read anew', () => {
  const texts = { 'lib/a.c': first };
  const code = openCode(memoryFiles(texts), testKnowledge());
  code.setText('lib/a.c', second);
  assert.deepEqual(code.functionsIn('lib/a.c').map(({ name }) => name), ['second']);
  texts['lib/a.c'] = first + second;
  code.setText('lib/a.c', undefined);
  assert.deepEqual(code.functionsIn('lib/a.c').map(({ name }) => name), ['first', 'second']);
});

test('equal functions twice in a file stay two', () => {
  const code = program({ 'lib/a.c': `#ifdef A\n${first}#else\n${first}#endif\n` });
  const before = code.functionsIn('lib/a.c');
  assert.equal(new Set(before).size, 2);
  code.setText('lib/a.c', `/**/\n#ifdef A\n${first}#else\n${first}#endif\n`);
  assert.deepEqual(code.functionsIn('lib/a.c').map((ref, i) => ref === before[i]), [true, true]);
});

test('callers and taken addresses follow an edit', () => {
  const code = program({ 'lib/a.c': first });
  const ref = code.functionsIn('lib/a.c')[0];
  assert.ok(ref);
  assert.deepEqual([code.callers(ref).length, code.addressTaken(ref)], [0, false]);
  code.setText('lib/a.c', `${first}${second}static int (*f)(int *) = first;\n`);
  assert.deepEqual([code.callers(ref).map(spelled), code.addressTaken(ref)], [['lib/a.c:second'], true]);
});

test('each file is read once', () => {
  const files = memoryFiles({ 'lib/a.c': '#include <linux/x.h>\n#include <linux/y.h>\n', 'lib/b.c': '#include <linux/x.h>\n', 'include/linux/x.h': '', 'include/linux/y.h': '#include <linux/x.h>\n' });
  const code = openCode(files, testKnowledge());
  for (const name of ['one', 'two', 'three']) for (const file of ['lib/a.c', 'lib/b.c']) code.resolve(name, file);
  assert.deepEqual([...files.reads].sort(), [...new Set(files.reads)].sort());
});

test('released files are read again when asked for, and answer the same', () => {
  const files = memoryFiles({ 'lib/a.c': first + second });
  const code = openCode(files, testKnowledge());
  const before = code.functionsIn('lib/a.c').map((ref) => code.version(ref));
  code.release(['lib/a.c']);
  assert.deepEqual(code.functionsIn('lib/a.c').map((ref) => code.version(ref)), before);
  assert.deepEqual(files.reads.filter((path) => path === 'lib/a.c').length, 2);
});

test('answers do not depend on the order of questions', () => {
  const texts = {
    'lib/a.c': `#include <linux/x.h>\n${second}`, 'lib/b.c': first.replace('static ', ''),
    'fs/c.c': '#include <linux/x.h>\n#include <linux/y.h>\n', 'include/linux/x.h': 'int first(int *x);\nint third(void);\n',
    'include/linux/y.h': 'static inline int third(void)\n{\n\treturn 3;\n}\n', 'mm/x.c': 'int third(void)\n{\n\treturn 3;\n}\n',
  };
  const questions = ['lib/a.c', 'fs/c.c', 'mm/x.c', 'include/linux/y.h'].flatMap((file) => ['first', 'second', 'third'].map((name) => [name, file] as const));
  const ask = (order: typeof questions): Map<string, string | undefined> => {
    const code = program(texts);
    const answers = order.map(([name, file]) => [`${name} ${file}`, spelled(code.resolve(name, file))] as const);
    return new Map(answers.sort());
  };
  assert.deepEqual(ask(questions), ask([...questions].reverse()));
});

test('a change says what of it other functions can tell', () => {
  const code = program({ 'lib/a.c': first + second });
  code.functionsIn('lib/a.c');
  assert.equal(code.setText('lib/a.c', first + second), 'nothing');
  assert.equal(code.setText('lib/a.c', `${first}\n/* Adds\n * nothing. */\n\n${second}`), 'bodies');
  assert.equal(code.setText('lib/a.c', first.replace('*x;', '*x + 1;') + second), 'bodies');
  assert.equal(code.setText('lib/a.c', `struct more { int x; };\n${first}${second}`), 'declarations');
  assert.equal(code.setText('lib/a.c', `#if 0\n${first}#endif\n${second}`), 'declarations');
});
