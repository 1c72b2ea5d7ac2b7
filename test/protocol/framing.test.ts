// Whole frames go through as they are, however the bytes are cut; what is no frame is left out.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { openFraming } from '../../server/src/lsp/framing.ts';

const frame = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function pass(chunks: readonly string[]): { out: string; skipped: number } {
  let skipped = 0;
  const framing = openFraming((bytes) => (skipped += bytes));
  const out = Buffer.concat(chunks.map((chunk) => framing(Buffer.from(chunk, 'latin1')))).toString('latin1');
  return { out, skipped };
}

function cut(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));
}

test('frames go through, whatever is in them, in whatever pieces they come', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constant('Content-Length: 3\r\n\r\nabc'))), fc.integer({ min: 1, max: 50 }), (bodies, size) => {
    const text = Buffer.from(bodies.map(frame).join(''), 'utf8').toString('latin1');
    assert.deepEqual(pass(cut(text, size)), { out: text, skipped: 0 });
  }));
  const typed = 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}';
  assert.deepEqual(pass(cut(typed, 7)), { out: typed, skipped: 0 });
});

test('what is no frame is skipped, and the next frame is found again', () => {
  for (const broken of ['garbage', '{"jsonrpc":"2.0"}\r\n\r\n', 'Content-Length: many\r\n\r\n{}', 'Content-Length: -5\r\n\r\n{}', 'Content-Type: text\r\n\r\n{}', 'Content-Length: 9999999999\r\n\r\n', '\r\n\r\n', 'Content-L', ' '.repeat(10_000)]) {
    for (const size of [1, 3, 1000]) {
      const text = `${frame('{"a":1}')}${broken}${frame('{"b":2}')}`;
      assert.deepEqual(pass(cut(text, size)), { out: frame('{"a":1}') + frame('{"b":2}'), skipped: broken.length }, JSON.stringify([broken.slice(0, 40), size]));
    }
  }
});

test('a length that is too short or too long costs the messages around it, and no more', () => {
  const next = frame('{"b":2}');
  assert.deepEqual(pass([`Content-Length: 3\r\n\r\n{"a":1}${next}`]).out, `Content-Length: 3\r\n\r\n{"a${next}`);
  const eaten = pass([`Content-Length: 20\r\n\r\n{"a":1}${next}${next}`]).out;
  assert.ok(eaten.endsWith(next));
});

test('bytes that never become a frame are not kept', () => {
  const framing = openFraming(() => undefined);
  const started = process.memoryUsage().arrayBuffers;
  const noise = Buffer.alloc(1_000_000, 'x');
  for (let round = 0; round < 200; round += 1) framing(noise);
  assert.ok(process.memoryUsage().arrayBuffers - started < 50_000_000);
});
