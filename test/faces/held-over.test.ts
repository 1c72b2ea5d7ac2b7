// Findings of a half-typed function: kept, moved, marked; and let go as soon as the function can be judged again.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Gap } from '../../server/src/base/gap.ts';
import type { Finding } from '../../server/src/ide/finding.ts';
import { judged, type Judged } from '../../server/src/lsp/held-over.ts';

const finding: Finding = {
  rule: 'ref-leak', severity: 'warning', confidence: 'high', file: 'a.c', function: 'f',
  range: { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } },
  message: 'leak', fixes: [], gaps: [],
};
const text = 'f\n  put;\nend\n';
const good = judged(undefined, text, [finding], []);

function unparsed(name?: string): Gap {
  return { file: 'a.c', line: 1, kind: 'parse', detail: 'does not parse', ...(name === undefined ? {} : { function: name }) };
}

function lines({ findings }: Judged): number[] {
  return findings.map(({ range }) => range.start.line);
}

test('kept, moved and marked once, over several edits', () => {
  const first = judged(good, `\n${text}`, [], [unparsed('f')]);
  assert.deepEqual(lines(first), [2]);
  const second = judged(first, `\n\n${text}`, [], [unparsed('f')]);
  assert.deepEqual(lines(second), [3]);
  assert.equal(second.findings[0]?.message, 'leak (before the current edit)');
});

test('an edit below does not move it, one that takes an end of it drops it', () => {
  assert.deepEqual(lines(judged(good, `${text}more\n`, [], [unparsed('f')])), [1]);
  assert.deepEqual(lines(judged(good, text.replace('put', 'pxt'), [], [unparsed('f')])), [1]);
  assert.deepEqual(lines(judged(good, text.replace('put;', ''), [], [unparsed('f')])), []);
});

test('let go when the function parses again, and when another function is the broken one', () => {
  const held = judged(good, text, [], [unparsed('f')]);
  assert.deepEqual(judged(held, text, [], []).findings, []);
  assert.deepEqual(judged(good, text, [], [unparsed('g')]).findings, []);
});

test('not doubled when the rule still reports the function', () => {
  assert.deepEqual(judged(good, text, [finding], [unparsed('f')]).findings, [finding]);
});

test('a part that never parsed is the parser\'s limit: a fixed finding goes away', () => {
  const limited = judged(undefined, text, [finding], [unparsed()]);
  assert.deepEqual(judged(limited, 'fixed\n', [], [unparsed()]).findings, []);
  // But a function that stops to parse on top of it is held over.
  assert.deepEqual(lines(judged(limited, text, [], [unparsed(), unparsed('f')])), [1]);
});

test('a gap of another kind holds nothing over', () => {
  assert.deepEqual(judged(good, text, [], [{ ...unparsed('f'), kind: 'budget' }]).findings, []);
});
