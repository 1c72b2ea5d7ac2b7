// Positions between the engine and the client, and edits in the client's positions: laws over random texts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { lineStarts, offsetAt, positionAt } from '../../server/src/base/span.ts';
import { wireText } from '../../server/src/lsp/encoding.ts';

/** Texts with one to four byte characters and both line endings. */
const text = fc.array(fc.constantFrom('a', ' ', '\t', 'é', '€', '😀', '\n', '\r\n'), { maxLength: 40 }).map((parts) => parts.join(''));

/** Offsets that an editor can name: not inside a surrogate pair, not inside a line ending. */
function offsets(content: string): number[] {
  return Array.from({ length: content.length + 1 }, (_, offset) => offset).filter(
    (offset) => !/[\udc00-\udfff]/.test(content[offset] ?? '') && !(content[offset] === '\n' && content[offset - 1] === '\r'),
  );
}

for (const encoding of ['utf-8', 'utf-16'] as const) {
  test(`${encoding}: to the client and back is the same place`, () => {
    fc.assert(
      fc.property(text, (content) => {
        const wire = wireText(content, encoding);
        const starts = lineStarts(content);
        for (const offset of offsets(content)) {
          const ours = positionAt(starts, offset);
          assert.deepEqual(wire.fromWire(wire.toWire(ours)), ours);
          assert.deepEqual(wire.toWireAt(offset), wire.toWire(ours));
          assert.equal(wire.fromWireAt(wire.toWireAt(offset)), offset);
        }
      }),
    );
  });

  test(`${encoding}: any position of a client lands inside the text`, () => {
    fc.assert(
      fc.property(text, fc.nat(60), fc.nat(200), (content, line, character) => {
        const offset = offsetAt(lineStarts(content), wireText(content, encoding).fromWire({ line, character }));
        assert.ok(offset >= 0 && offset <= content.length);
      }),
    );
  });
}

test('the unit of a column is what the encoding says', () => {
  const line = 'é😀x';
  assert.deepEqual(wireText(line, 'utf-8').toWireAt(3), { line: 0, character: 6 });
  assert.deepEqual(wireText(line, 'utf-16').toWireAt(3), { line: 0, character: 3 });
});
