// The reader of facts files: what it takes, which rows it leaves out, and where and how it says why.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Ajv } from 'ajv';
import fc from 'fast-check';

import { noFacts, readFacts, withFacts } from '../../server/src/kernel/facts.ts';
import { parseJson } from '../../server/src/kernel/json-text.ts';
import { loadKnowledge } from '../../server/src/kernel/knowledge.ts';
import { dataSchema } from './data-files.ts';

const lock = { names: ['crate_lock'], effects: [{ do: 'lock', lock: 'arg0.lock', mode: 'mutex' }] };

/** `text of the place: message` for each mistake. */
function mistakes(facts: unknown): string[] {
  const text = typeof facts === 'string' ? facts : JSON.stringify(facts);
  return readFacts(text).mistakes.map(({ message, span }) => `${text.slice(span.start, span.end)}: ${message}`);
}

test('rows join the knowledge, and win over what it says', () => {
  const { facts, mistakes: none } = readFacts(JSON.stringify({
    $schema: 'x', about: 'y', primitives: [lock, { names: ['kref_put'], sleeps: true }], callers: [{ of: ['f'], hold: ['&c->lock'], in: 'a.c' }], homes: { 'a.c': ['g'] },
  }));
  assert.deepEqual(none, []);
  const known = withFacts(loadKnowledge(), [noFacts, facts]);
  assert.deepEqual(known.primitives.get('crate_lock'), { name: 'crate_lock', source: '.kreflens.json', effects: lock.effects, opaque: true });
  assert.equal(known.primitives.get('kref_put')?.effects, undefined);
  assert.equal(known.homes.get('g'), 'a.c');
  assert.deepEqual(facts.callers, [{ of: ['f'], hold: ['&c->lock'], in: 'a.c' }]);
  assert.equal(known.primitives.size, loadKnowledge().primitives.size + 1);
  assert.equal(withFacts(loadKnowledge(), [noFacts]), loadKnowledge());
});

test('a wrong row is left out, the others are used', () => {
  const { facts, mistakes: one } = readFacts(JSON.stringify({ primitives: [{ names: ['a'], effects: [{ do: 'lock' }] }, lock], callers: [{ of: ['f'], hold: [] }], homes: { x: ['g'] } }));
  assert.deepEqual(facts.rows.primitives?.map(({ names }) => names), [['crate_lock']]);
  assert.deepEqual(facts.callers, []);
  assert.deepEqual(facts.rows.homes, {});
  assert.equal(one.length, 4);
});

for (const [what, facts, expected] of [
  ['nothing', '', [': a value is missing at the end']],
  ['a list', [], ['[]: not an object of facts']],
  ['half an object', '{ "about": "x"', [": not JSON: ',' or '}' is expected here"]],
  ['a comma too many', '{ "about": "x", }', ['}: not JSON: a name in double quotes is expected here']],
  ['a comment', '{ // no\n}', ['/: not JSON: a name in double quotes is expected here']],
  ['a name twice', '{ "about": "x", "about": "y" }', ["\": 'about' is given twice"]],
  ['more than an object', '{}}', ['}: nothing may follow the closing brace']],
  ['an unknown kind', { locks: [] }, ["\"locks\": 'locks' is not known here"]],
  ['an unknown field', { primitives: [{ ...lock, nmaes: 1 }] }, ["\"nmaes\": 'nmaes' is not known here"]],
  ['a field that is missing', { primitives: [{ names: ['f'], effects: [{ do: 'lock', lock: 'arg0' }] }] }, ["{: 'mode' is missing"]],
  ['an unknown effect', { primitives: [{ names: ['f'], effects: [{ do: 'lok' }] }] }, ["\"lok\": 'do' must name an effect, such as lock, unlock, get, put, find, publish, unlink"]],
  ['a bad path', { primitives: [{ names: ['f'], effects: [{ do: 'get', count: 'item->ref' }] }] },
    ["\"item->ref\": 'item->ref' is not a path such as arg0, arg0.lock, arg0.parent->lock, ret.ref or global:a_lock"]],
  ['a bad mode', { primitives: [{ names: ['f'], effects: [{ do: 'lock', lock: 'arg0', mode: 'mutx' }] }] },
    ['"mutx": must be one of mutex, spin, read, write, semaphore, rcu, srcu, bit, seq, irq, bh, preempt, other']],
  ['one name instead of a list', { primitives: [{ names: 'f' }] }, ['"f": must be an array']],
  ['two things at once', { primitives: [{ names: ['f'], effects: [{ do: 'find', in: 'arg0', member: 1, node: true }] }] },
    ['{"do":"find","in":"arg0","member":1,"node":true}: says two things that exclude each other']],
  ['a lock that is none', { callers: [{ of: ['f'], hold: ['the lock'] }] }, ["\"the lock\": 'the lock' is not a lock such as &items_lock or &dev->lock"]],
  ['a place that is none', { guarded: [{ of: ['crate->node'], by: 'crates_lock' }] }, ["\"crate->node\": 'crate->node' is not a variable such as crates or a member such as struct crate.node"]],
  ['a guard that is none', { guarded: [{ of: ['crates'], by: '&crates_lock' }] }, ["\"&crates_lock\": '&crates_lock' is not a lock such as crates_lock or struct shop.lock"]],
  ['a member of nothing', { references: ['crate'] }, ["\"crate\": 'crate' is not a member such as struct slot.crate"]],
  ['a header as home', { homes: { 'a.h': ['f'] } }, ["\"a.h\": 'a.h' is not a .c file of the tree"]],
] as const) {
  test(`${what} is said in one sentence, at its place`, () => {
    assert.deepEqual(mistakes(facts), expected);
  });
}

test('a text without end, or nested without end, is refused', () => {
  assert.deepEqual(mistakes(' '.repeat(1024 * 1024 + 1)), [': larger than 1 MB']);
  assert.match(mistakes('['.repeat(5000))[0] ?? '', /nested too deeply/);
});

test('the reader of JSON agrees with JSON.parse', () => {
  for (const text of ['{"a":[1,-2.5e3,true,null,"\\u0041\\n"],"b":{}}', '[]', '"x"', '0', ' {"":{"/~":1}} ']) {
    const result = parseJson(text);
    assert.ok(result.ok, text);
    assert.deepEqual(JSON.parse(JSON.stringify(result.value)), JSON.parse(text));
  }
  for (const text of ['01', '{a:1}', '[1,]', '"\t"', '"\\x"', 'nul', '+1', '[1 2]', "{'a':1}"]) {
    assert.throws(() => JSON.parse(text));
    assert.equal(parseJson(text).ok, false, text);
  }
});

test('the shipped schema takes what the reader takes, with the data\'s schema beside it', () => {
  const schema = JSON.parse(readFileSync(new URL('../../server/src/kernel/data/facts.schema.json', import.meta.url), 'utf8')) as object;
  // Editors know no discriminator: they read the union alone.
  const validate = new Ajv({ strict: false }).addSchema(dataSchema(), 'schema.json').compile(schema);
  assert.ok(validate({ primitives: [lock] }));
  assert.ok(!validate({ primitives: [{ ...lock, effects: [{ do: 'lock', lock: 'arg0' }] }] }));
});

test('the example on the page is good', () => {
  const page = readFileSync(new URL('../../server/src/rules/facts/page.md', import.meta.url), 'utf8');
  const example = /```json\n([^]*?)```/.exec(page)?.[1] ?? '';
  const { facts, mistakes: none } = readFacts(example);
  assert.deepEqual(none, []);
  assert.equal(facts.rows.primitives?.length, 3);
  assert.equal(facts.callers.length, 1);
  assert.deepEqual(facts.guarded, [{ of: ['crates', 'struct crate.node'], by: 'crates_lock' }]);
  assert.deepEqual(facts.references, ['struct slot.crate']);
});

test('any JSON is read or refused, with every mistake at a place in the text', () => {
  const anything = fc.oneof(fc.json(), fc.string(), fc.record({ primitives: fc.jsonValue(), callers: fc.jsonValue(), homes: fc.jsonValue(), guarded: fc.jsonValue(), references: fc.jsonValue() }).map((value) => JSON.stringify(value)));
  fc.assert(fc.property(anything, (text) => {
    for (const { span } of readFacts(text).mistakes) assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length);
  }), { seed: 1, numRuns: 1000 });
  fc.assert(fc.property(fc.json(), (text) => {
    const result = parseJson(text);
    // One key twice is the one thing that JSON allows and this does not.
    if (result.ok) assert.deepEqual(JSON.parse(JSON.stringify(result.value)), JSON.parse(text));
    else assert.match(result.message, /twice|deeply/);
  }), { seed: 1, numRuns: 1000 });
});
