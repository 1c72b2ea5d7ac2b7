// What one file says of itself to the rest of the tree.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { emptyFacts, factsOf } from '../../server/src/index/facts.ts';
import { encodePack, readPack, unpack } from '../../server/src/index/pack.ts';

const source = `#include <linux/shed.h>
#include "inner.h"
#define SHEDS 4
typedef struct shed_box { int planks; } shed_box_t;
struct yard {
	struct shed first;
	struct shed *far, rest[SHEDS];
	union gate gate[2];
};
static void shed_release(struct kref *ref) { shed_free(container_of(ref, struct shed, ref)); }
int __weak shed_open(struct shed *shed)
{
	shed->ops.close = shed_close;
	queue(shed, shed_work);
	return shed_lock(shed) ? 0 : shed_lock(shed);
}
EXPORT_SYMBOL_GPL(shed_open);
`;

const facts = factsOf('lib/shed.c', source);

test('functions have their linkage, their place and the names they call', () => {
  assert.deepEqual(facts.functions.map(({ name, isStatic, isInline, isWeak, calls }) => ({ name, isStatic, isInline, isWeak, calls })), [
    { name: 'shed_release', isStatic: true, isInline: false, isWeak: false, calls: ['container_of', 'shed_free'] },
    { name: 'shed_open', isStatic: false, isInline: false, isWeak: true, calls: ['queue', 'shed_lock'] },
  ]);
  const [release] = facts.functions;
  assert.match(source.slice(release?.start, release?.end), /^static void shed_release[^]*\}$/);
});

test('types, macros, includes and exports are there by name', () => {
  assert.deepEqual(facts.structs, ['struct shed_box', 'struct yard']);
  assert.deepEqual(facts.typedefs, ['shed_box_t']);
  assert.deepEqual(facts.macros, ['SHEDS']);
  assert.deepEqual(facts.includes, ['linux/shed.h', '"inner.h"']);
  assert.deepEqual(facts.exports, ['shed_open']);
});

test('a struct embeds what it holds by value', () => {
  assert.deepEqual(facts.embeddings, [
    { struct: 'struct yard', field: 'first', type: 'struct shed' },
    { struct: 'struct yard', field: 'gate', type: 'union gate' },
  ]);
});

test('a name that stands as a value is mentioned, an exported or called one is not', () => {
  assert.ok(['shed_close', 'shed_work'].every((name) => facts.mentions.includes(name)));
  assert.deepEqual(facts.mentions.filter((name) => ['shed_open', 'shed_lock', 'queue', 'shed_release'].includes(name)), []);
});

const tables: Record<string, readonly [string, readonly (readonly [string, string, string])[]]> = {
  'a table': ['static const struct shed_ops ops = { .open = shed_open, .close = &shed_close };', [['struct shed_ops', 'open', 'shed_open'], ['struct shed_ops', 'close', 'shed_close']]],
  'a table with a cast': ['struct shed_ops ops = { .open = (open_fn)shed_open, };', [['struct shed_ops', 'open', 'shed_open']]],
  'an array of tables': ['static struct shed_ops all[] = { { .open = a }, [2] = { .open = b } };', [['struct shed_ops', 'open', 'a'], ['struct shed_ops', 'open', 'b']]],
  'a table in a table': ['struct yard y = { .name = "y", .ops = { .open = a } };', [['', 'open', 'a']]],
  'a field of a field': ['struct yard y = { .ops.open = a };', [['', 'open', 'a']]],
  'a table by position': ['struct shed_ops ops = { shed_open, &shed_close };', [['struct shed_ops', '', 'shed_open'], ['struct shed_ops', '', 'shed_close']]],
  'a table of a typedef': ['static ops_t ops = { .open = a };', [['', 'open', 'a']]],
  'an assignment': ['void f(struct yard *y)\n{\n\ty->ops.open = a;\n\ty->count = 3;\n}', [['', 'open', 'a']]],
};

for (const [what, [text, expected]] of Object.entries(tables)) {
  test(`pointers to functions: ${what}`, () => {
    assert.deepEqual(factsOf('a.c', text).pointers.map(({ owner, field, value }) => [owner, field, value]), expected);
  });
}

test('a large header without a brace is a table of numbers, and says that it was left out', () => {
  const registers = '#define SHED_REG_0 0x00\n'.repeat(4000);
  assert.match(factsOf('include/regs.h', registers).gap ?? '', /not scanned/);
  assert.equal(factsOf('include/regs.h', `${registers}static inline int f(void) { return 0; }\n`).functions.length, 1);
  assert.equal(factsOf('lib/regs.c', registers).gap, undefined);
});

test('a pack gives back the facts it was made of, and the same text whatever their order', () => {
  const one = { facts, hash: 'aa' };
  const other = { facts: emptyFacts('lib/broken.c', 'the scanner died'), hash: 'bb' };
  const text = encodePack('lib', [one, other]);
  assert.equal(encodePack('lib', [other, one]), text);
  const pack = readPack(text);
  assert.ok(pack !== undefined);
  assert.deepEqual(pack.files.map((file) => unpack(pack, file)), [other.facts, facts]);
  assert.equal(readPack(text.slice(0, -5)), undefined);
});
