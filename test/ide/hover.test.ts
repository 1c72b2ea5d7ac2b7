// Hovers: the same content as Markdown and as plain text, on the identifier.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hover } from '../../server/src/ide/workspace.ts';
import { lineOf, openSheds, SHEDS, text } from './sheds.ts';

function hoverAt(name: string, word: string): Hover | undefined {
  const line = lineOf(name, new RegExp(`\\b${word}\\b`)) - 1;
  const character = (text.split('\n')[line] ?? '').indexOf(word);
  const hover = openSheds().hover(SHEDS, { line, character: character + 1 });
  if (hover) {
    assert.deepEqual(hover.start, { line, character });
    assert.deepEqual(hover.end, { line, character: character + word.length });
    assert.ok(hover.plain.split('\n').length <= 12);
    assert.equal(hover.markdown.replace(/ {2}$/gm, '').replace(/`|\\(?=[\\`*_[\]<>])/g, ''), hover.plain);
  }
  return hover;
}

test('at a definition: what the function does', () => {
  assert.equal(hoverAt('keeper_leave', 'keeper_leave')?.plain, [
    'keeper_leave(), does not sleep',
    'needs k->lock',
    'drops a reference to k->shed, k->lock held, may be the last',
    'clears k->shed',
  ].join('\n'));
  assert.equal(hoverAt('shed_get', 'shed_get')?.plain, [
    'shed_get(), may sleep',
    'takes and drops sheds_lock',
    'takes a reference to s, sheds_lock held, if s->number == number',
    'returns s, reference taken',
  ].join('\n'));
});

test('at a put: the verdict first', () => {
  assert.equal(hoverAt('shed_visit', 'shed_close')?.plain, [
    "can be the last, and is right: sheds_lock, under which shed_get() finds 's', is held from the put until it is off the list",
    'shed_close(), may sleep',
    'takes and drops sheds_lock',
    'drops a reference to s, sheds_lock held, may be the last',
  ].join('\n'));
  assert.match(hoverAt('keeper_leave', 'kref_put')?.plain ?? '', /^can be the last: no other reference to 'k->shed'/);
});

test('at a call: what the callee does, not what is held here', () => {
  const lines = (function_: string, name: string): readonly string[] => hoverAt(function_, name)?.plain.split('\n') ?? [];
  const drop = (held: string): string => `drops a reference to s${held}, may be the last`;
  assert.ok(lines('shed_dismiss', 'shed_drop').includes(drop('')));
  assert.ok(lines('shed_drop', 'shed_drop').includes(drop(', no lock held')));
});

test('elsewhere: nothing', () => {
  assert.equal(hoverAt('keeper_leave', 'shed'), undefined);
  assert.equal(openSheds().hover(SHEDS, { line: 0, character: 3 }), undefined);
  assert.equal(openSheds().hover(SHEDS, { line: 9_999, character: 0 }), undefined);
});
