// Where a bad put is reported: in the function that drops the count, or at the calls of it that are bad.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { innermostBad } from '../../server/src/finality/report.ts';
import type { Site } from '../../server/src/summary/effect.ts';

interface View {
  readonly chain: readonly Site[];
  readonly says: 'bad' | 'fine' | 'nothing';
}

const site = (name: string): Site => ({ file: 'a.c', function: name, at: '1:0' });
const view = (says: View['says'], ...names: string[]): View => ({ chain: names.map(site), says });
const reported = (...views: View[]): readonly string[] => innermostBad(views, (one) => (one.says === 'bad' ? one.says : undefined), {
  saysNothing: (one) => one.says === 'nothing',
}).map(({ seen }) => seen.chain.map((each) => each.function).join('>'));

test('bad for every caller: the function that they share', () => {
  assert.deepEqual(reported(view('bad', 'put'), view('bad', 'one', 'put'), view('bad', 'two', 'put')), ['put']);
});

test('right for one caller: the call of the other one', () => {
  assert.deepEqual(reported(view('bad', 'put'), view('fine', 'one', 'put'), view('bad', 'two', 'put')), ['two>put']);
});

test('a caller that does not see the release is no evidence beside one that does', () => {
  assert.deepEqual(reported(view('bad', 'put'), view('nothing', 'one', 'put'), view('bad', 'two', 'put')), ['put']);
});

test('no caller sees the release: nothing', () => {
  assert.deepEqual(reported(view('bad', 'put'), view('nothing', 'one', 'put')), []);
});
