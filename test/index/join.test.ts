// Facts of many files joined by name.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { factsOf } from '../../server/src/index/facts.ts';
import { join, openIndex } from '../../server/src/index/join.ts';

const texts: Record<string, string> = {
  'lib/shed.c': 'int shed_put(int a)\n{\n\treturn own(a);\n}\nstatic int own(int a)\n{\n\treturn a;\n}\n',
  'include/shed.h': 'int shed_put(int a);\nstatic inline int shed_drop(int a)\n{\n\treturn shed_put(a);\n}\n',
  'fs/far.c': 'static void far(void)\n{\n\tshed_drop(1);\n\tshed_put(1);\n}\nstatic struct shed_ops ops = { .put = shed_put, .far = far, .count = LIMIT };\n',
  'net/other.c': 'static int own(int a)\n{\n\tx->ops.put = shed_put;\n\treturn queue(shed_put);\n}\nint shed_put(int a)\n{\n\treturn 0;\n}\n',
  'net/none.c': 'int count = 3;\n',
};

const facts = Object.entries(texts).map(([path, text]) => factsOf(path, text));

function opened(bytes: Uint8Array) {
  const index = openIndex(bytes);
  assert.ok(index !== undefined);
  return index;
}

const index = opened(join(facts));

test('external functions are found where they are defined, static ones only in headers', () => {
  assert.deepEqual(index.definitions('shed_put'), ['lib/shed.c', 'net/other.c']);
  assert.deepEqual(index.definitions('shed_drop'), ['include/shed.h']);
  assert.deepEqual(index.definitions('own'), []);
  assert.deepEqual(index.definitions('absent'), []);
});

test('callers and mentions are files', () => {
  assert.deepEqual(index.callers('shed_put'), ['fs/far.c', 'include/shed.h']);
  assert.deepEqual(index.callers('shed_drop'), ['fs/far.c']);
  assert.deepEqual(index.mentions('shed_put'), ['fs/far.c', 'net/other.c']);
});

test('fields lead to the files that give them a function: of that struct, or of one that only types tell', () => {
  assert.deepEqual(index.pointers('struct shed_ops', 'put'), ['fs/far.c', 'net/other.c']);
  assert.deepEqual(index.pointers('struct other_ops', 'put'), ['net/other.c']);
  assert.deepEqual(index.pointers('struct shed_ops', 'far'), ['fs/far.c'], 'a static function of the file counts');
  assert.deepEqual(index.pointers('struct shed_ops', 'count'), [], 'a value that is no function does not');
});

test('the whole is counted', () => {
  assert.equal(index.stats.files, 5);
  assert.equal(index.stats.functions, 6);
  assert.ok(index.has('net/none.c') && !index.has('net/absent.c'));
});

test('the same files give the same bytes, whatever their order', () => {
  const bytes = Buffer.from(join(facts));
  assert.deepEqual(Buffer.from(join([...facts].reverse())), bytes);
  assert.notDeepEqual(Buffer.from(join(facts.slice(1))), bytes);
});

test('more files than a byte can number keep apart', () => {
  const many = Array.from({ length: 1000 }, (_, at) => factsOf(`lib/f${String(at).padStart(4, '0')}.c`, `int f${at}(void)\n{\n\treturn shared();\n}\n`));
  const wide = opened(join([...many, factsOf('lib/shared.c', 'int shared(void)\n{\n\treturn 0;\n}\n')]));
  assert.equal(wide.callers('shared').length, 1000);
  assert.deepEqual(wide.definitions('f777'), ['lib/f0777.c']);
});

test('bytes that are no index, or cut short, are refused', () => {
  const bytes = join(facts);
  assert.equal(openIndex(new Uint8Array()), undefined);
  assert.equal(openIndex(bytes.subarray(0, bytes.length - 1)), undefined);
  assert.equal(openIndex(bytes.subarray(3)), undefined);
  assert.equal(openIndex(new TextEncoder().encode('kreflens-index\n{"lengths"')), undefined);
});
