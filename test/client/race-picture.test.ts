// What the race view draws and says, without an editor.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WireStep } from '../../server/src/lsp/protocol.ts';
import { racePage } from '../../client/src/race-page.ts';
import { besideLine, lockBars, placeText, spoken } from '../../client/src/race-picture.ts';

function step(cpu: 0 | 1, text: string, held: readonly string[], more: Partial<WireStep> = {}): WireStep {
  return { cpu, depth: 1, kind: 'call', text, held, count: 1, ...more };
}

const steps: readonly WireStep[] = [
  step(0, 'leave()', [], { kind: 'enter', depth: 0, uri: 'file:///t/a.c', file: 'a.c', line: 9 }),
  step(0, 'lock a', ['a'], { kind: 'lock' }),
  step(1, 'find()', [], { kind: 'enter', depth: 0 }),
  step(1, 'lock b', ['b'], { kind: 'lock' }),
  step(0, 'put(x)', ['a', 'c'], { effect: 'count 1 -> 0', count: 0, uri: 'file:///t/drivers/b.c', file: 'drivers/b.c', line: 41 }),
  step(0, 'unlock a', ['a'], { kind: 'unlock', count: 0 }),
  step(0, 'kfree(x)', [], { count: 'freed' }),
  step(1, 'uses <freed> "x" & \'y\'', ['b'], { kind: 'wrong', count: 'freed' }),
  step(0, 'lock a', ['a'], { kind: 'lock', count: 'freed' }),
];

describe('locks as bars', () => {
  it('go from the step that takes to the step that drops, past what the other CPU does meanwhile', () => {
    assert.deepEqual(lockBars(steps), [
      { cpu: 0, lock: 'a', column: 0, first: 1, last: 5 },
      { cpu: 0, lock: 'a', column: 0, first: 8, last: 8 },
      { cpu: 0, lock: 'c', column: 1, first: 4, last: 4 },
      { cpu: 1, lock: 'b', column: 0, first: 3, last: 7 },
    ]);
  });

  it('are none where nothing is held', () => {
    assert.deepEqual(lockBars([step(0, 'put(x)', [])]), []);
  });
});

describe('a step in words', () => {
  it('says number, CPU, effect, locks and place', () => {
    assert.equal(spoken(steps[4] ?? assert.fail(), 4, steps), 'Step 5 of 9, CPU0: put(x), count 1 -> 0. a, c held. b.c line 42.');
    assert.equal(spoken(steps[2] ?? assert.fail(), 2, steps), 'Step 3 of 9, CPU1: find(). No lock held.');
  });

  it('is short beside the line', () => {
    assert.equal(besideLine(steps[4] ?? assert.fail(), 4), 'CPU0, step 5: count 1 -> 0');
    assert.equal(besideLine(steps[0] ?? assert.fail(), 0), 'CPU0, step 1: leave()');
    assert.equal(placeText(steps[2] ?? assert.fail()), '');
  });
});

describe('the page', () => {
  const grant = { script: 'https://host/race-view.js', style: 'https://host/race-view.css', cspSource: 'https://host', nonce: 'once' };
  const html = racePage({ title: 'last put of <x>', steps, text: 'CPU0 <- CPU1', selected: 2, language: 'en' }, grant);

  it('may load its own script and style sheet, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
    assert.equal(policy, "default-src 'none'; style-src https://host 'nonce-once'; script-src 'nonce-once'");
    assert.deepEqual([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1]), [grant.style, grant.script]);
    // The policy would block them, and the page would look broken.
    assert.doesNotMatch(html, /\sstyle=|\son\w+=|<img|url\(/);
  });

  it('shows text as text', () => {
    assert.doesNotMatch(html, /<freed>|<x>|<- CPU1/);
    assert.match(html, /uses &#60;freed&#62; &#34;x&#34; &#38; &#39;y&#39;/);
  });

  it('is a list box of one option per step, numbered, each with a sentence', () => {
    const options = [...html.matchAll(/<div class="step \w+" id="step(\d+)" role="option" tabindex="-1" aria-selected="false" aria-label="([^"]+)"><span class="number">(\d+)</g)];
    assert.deepEqual(options.map(([, id, , number]) => [Number(id), Number(number)]), steps.map((_, index) => [index, index + 1]));
    assert.match(options[4]?.[2] ?? '', /^Step 5 of 9, CPU0: put\(x\)/);
    assert.match(html, /role="listbox" aria-label="[^"]+"/);
    assert.match(html, /<body data-selected="2">/);
  });

  it('keeps from the screen reader what is drawing only', () => {
    for (const [element] of html.matchAll(/<div [^>]*(?:class="(?:bar|head)"|id="between")[^>]*>/g)) assert.match(element, /aria-hidden="true"/);
    assert.equal([...html.matchAll(/class="bar"/g)].length, 4);
  });

  it('puts each bar over the rows of its steps, in a column of its CPU', () => {
    const layout = /<style nonce="once">([^<]+)</.exec(html)?.[1] ?? '';
    // Number, two locks of CPU0, CPU0, one lock of CPU1, CPU1, count; the heading is row 1.
    assert.match(layout, /grid-template-columns: max-content repeat\(2, max-content\) minmax\(0, 1fr\) repeat\(1, max-content\) minmax\(0, 1fr\) max-content/);
    assert.match(layout, /#bar0 { grid-row: 3 \/ 8; grid-column: 2; }/);
    assert.match(layout, /#bar2 { grid-row: 6 \/ 7; grid-column: 3; }/);
    assert.match(layout, /#bar3 { grid-row: 5 \/ 10; grid-column: 5; }/);
  });

  it('marks the count where it changes, and the changelog text is there to read', () => {
    assert.equal([...html.matchAll(/class="count changed"/g)].length, 3);
    assert.match(html, /<pre>CPU0 &#60;- CPU1<\/pre>/);
  });
});
