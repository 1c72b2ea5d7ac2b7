// The oracle itself: it must be able to say no.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../server/src/ide/finding.ts';
import { insertAfter, lineIn, removeFunction, renameWords, replaceIn, statement } from './c-edits.ts';
import { difference, expectFindings, type Place } from './expectation.ts';
import { expectAsKnown, strayCases, tagsOf, type KnownTable } from './known.ts';
import { compareWithMarks, type Fixture } from './marked-fixtures.ts';
import { overlayFiles } from './memory-files.ts';

const text = [
  'int first(int a);', '', '/* Says nothing. */', 'static int', 'first(int a)', '{', '\tlock();', '\tdrop(a);', '\tunlock();', '\treturn a;', '}',
  '', 'void second(void)', '{', '\tdrop(1);', '}', '',
].join('\n');

function finding(line: number, extra: Partial<Finding> = {}): Finding {
  const position = { line: line - 1, character: 1 };
  return {
    rule: 'ref-leak', severity: 'warning', confidence: 'high', file: 'a.c', function: 'first',
    range: { start: position, end: position }, message: '', fixes: [], gaps: [], ...extra,
  };
}

const place: Place = { rule: 'ref-leak', file: 'a.c', function: 'first', line: 8 };

test('an edit reaches the definition only, and refuses a text it was not written for', () => {
  assert.equal(lineIn(text, 'first', /drop\(/), 8);
  assert.equal(lineIn(text, 'second', /drop\(/), 15);
  assert.match(replaceIn(text, 'first', statement('drop\\(a\\)'), ''), /lock\(\);\n\tunlock\(\);/);
  assert.match(replaceIn(text, 'second', statement('drop\\(1\\)'), '\tbefore();\n$&'), /before\(\);\n\tdrop\(1\);/);
  assert.match(insertAfter(text, 'second', 'int third;\n'), /\}\n\nint third;\n$/);
  assert.equal(removeFunction(text, 'second').includes('second'), false);
  assert.equal(renameWords('drop(dropped);', new Map([['drop', 'x']])), 'x(dropped);');
  assert.throws(() => replaceIn(text, 'first', /nowhere/, ''), /matches 0 times/);
  assert.throws(() => replaceIn(text, 'first', /lock\(\)/, ''), /matches 2 times/);
  assert.throws(() => lineIn(text, 'third', /x/), /no definition/);
});

test('every difference is told', () => {
  assert.deepEqual(difference([place], [finding(8)]), { missing: [], unexpected: [] });
  assert.equal(difference([place], []).missing.length, 1);
  assert.equal(difference([], [finding(8)]).unexpected.length, 1);
  assert.equal(difference([place], [finding(8), finding(8)]).unexpected.length, 1, 'twice is once too often');
  assert.equal(difference([place], [finding(9)]).missing.length, 1);
  assert.equal(difference([place], [finding(8, { function: 'second' })]).missing.length, 1);
  assert.equal(difference([place], [finding(8, { config: 'CONFIG_X' })]).missing.length, 1);
  assert.equal(difference([{ ...place, confidence: 'medium' }], [finding(8)]).missing.length, 1);
  assert.throws(() => { expectFindings('here', [place], []); }, /here\n {2}missing: +a\.c:8: ref-leak in first\(\)/);
});

test('one of several sets of places has to be there as a whole', () => {
  const choice = { anyOf: [[place], [{ ...place, line: 9 }, { ...place, line: 10 }]] };
  assert.deepEqual(difference([choice], [finding(9), finding(10)]), { missing: [], unexpected: [] });
  assert.deepEqual(difference([choice], [finding(8)]), { missing: [], unexpected: [] });
  assert.equal(difference([choice], [finding(9)]).missing.length, 1);
  assert.equal(difference([choice], [finding(8), finding(9)]).unexpected.length, 1);
});

test('marks are compared in both directions', () => {
  const one: Fixture = { name: 'a', files: new Map([['a.c', text]]), marks: [{ file: 'a.c', line: 8, rule: 'ref-leak' }] };
  const [right, wrong] = ['a.c:8: ref-leak', 'a.c:15: ref-leak'];
  assert.deepEqual(compareWithMarks(one, [finding(8)]), { missing: [], unexpected: [] });
  assert.deepEqual(compareWithMarks(one, []), { missing: [right], unexpected: [] });
  assert.deepEqual(compareWithMarks(one, [finding(8), finding(15)]), { missing: [], unexpected: [wrong] });
  assert.deepEqual(compareWithMarks(one, [finding(8), finding(8)]), { missing: [], unexpected: [right] });
  assert.deepEqual(compareWithMarks(one, [finding(8, { config: 'CONFIG_X' })]), { missing: [right], unexpected: [`${right} CONFIG_X`] });
});

test('what is known to be wrong has to be wrong, exactly so', () => {
  const known: KnownTable = {
    FP_second: { cases: ['one', 'two'], because: 'it is thought to be the first', unexpected: ['a.c: ref-leak in second()'] },
    FN_first: { cases: ['two'], because: 'it is thought to be the second', missing: ['a.c: ref-leak in first()'] },
  };
  const alarm = ['a.c:15: ref-leak in second()'];
  expectAsKnown(known, 'one', { missing: [], unexpected: alarm });
  expectAsKnown(known, 'two', { missing: ['a.c:8: ref-leak in first()'], unexpected: alarm });
  expectAsKnown(known, 'three', { missing: [], unexpected: [] });
  assert.throws(() => { expectAsKnown(known, 'three', { missing: [], unexpected: alarm }); }, /unexpected: a\.c:15/);
  assert.throws(() => { expectAsKnown(known, 'one', { missing: [], unexpected: [...alarm, ...alarm] }); }, /unexpected: a\.c:15/);
  assert.throws(() => { expectAsKnown(known, 'one', { missing: alarm, unexpected: alarm }); }, /missing: a\.c:15/);
  assert.throws(() => { expectAsKnown(known, 'two', { missing: [], unexpected: alarm }); }, /no longer missing, take it out of FN_first/);
  assert.equal(tagsOf(known, 'two'), ' FP_second FN_first');
  assert.deepEqual(strayCases(known, ['one', 'three']), ['FP_second: two', 'FN_first: two']);
});

test('a map laid over files lists both', () => {
  const below = overlayFiles(new Map([['d/a.c', '1'], ['d/b.c', '2']]));
  const files = overlayFiles(new Map([['d/b.c', '3'], ['d/e/f.c', '4']]), below);
  assert.deepEqual([files.read('d/a.c'), files.read('d/b.c'), files.read('d/x.c')], ['1', '3', undefined]);
  assert.deepEqual(files.list('d'), ['a.c', 'b.c', 'e/']);
  assert.deepEqual(files.list(''), ['d/']);
});
