// While someone types, findings stay where they were, move with the text, and are never empty for a moment.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver-protocol';

import { lineStarts, positionAt } from '../../server/src/base/span.ts';
import { folder, kernelTree } from '../faces/command-line.ts';
import { YARD, yard } from '../faces/yard.ts';
import { clients, vscode, type RecordedClient } from './clients.ts';
import { openSession, type LocalSession } from './session.ts';

const neovim = clients.find(({ name }) => name === 'Neovim') ?? vscode;

async function session(t: TestContext, client: RecordedClient): Promise<{ editor: LocalSession; type: (at: string, text: string) => AsyncGenerator<string> }> {
  const editor = await openSession(folder(t, { ...kernelTree, [YARD]: yard }), { capabilities: client.capabilities });
  t.after(() => editor.close());
  await editor.open(YARD, yard);
  let text = yard;
  let version = 1;
  return {
    editor,
    /** Character by character, after the first place of `at`; yields the text after each. */
    async *type(at, typed) {
      const start = text.indexOf(at) + at.length;
      for (let count = 0; count < typed.length; count += 1) {
        const position = positionAt(lineStarts(text), start + count);
        text = text.slice(0, start + count) + (typed[count] ?? '') + text.slice(start + count);
        await editor.change(YARD, (version += 1), [{ range: { start: position, end: position }, text: typed[count] ?? '' }]);
        yield text;
      }
    },
  };
}

async function pull(editor: LocalSession): Promise<readonly Diagnostic[]> {
  const { items } = await editor.rpc.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri: editor.uri(YARD) } });
  return items;
}

const put = '\tkref_put(&boat->ref, boat_release);\n}\n\nint boat_visits';
const lineOf = (text: string): number => text.slice(0, text.indexOf(put)).split('\n').length - 1;

test('half a statement in another function: the finding stays, unmarked', async (t) => {
  const { editor, type } = await session(t, vscode);
  assert.equal((await pull(editor)).length, 1);
  for (const [at, typed] of [
    ['\tvisits = boat->visits;\n', '\tif (visits > (3 + boat->'],
    ['static void boat_count(struct boat *boat)\n{\n', '\twhile (boat) {\n\t\tswitch (boat->'],
  ] as const) {
    for await (const text of type(at, typed)) {
      const items = await pull(editor);
      assert.deepEqual(items.map(({ message, range }) => [String(message).includes('before the current edit'), range.start.line]), [[false, lineOf(text)]], text);
    }
  }
});

test('half a statement in its own function: the finding stays, moves, and is marked only while nothing can be said', async (t) => {
  const { editor, type } = await session(t, vscode);
  await pull(editor);
  let marked = 0;
  for await (const text of type('\tboat->visits = 0;\n', '\tif (boat->visits > (3 + boat->berth)\n\t\treturn')) {
    const [finding, ...more] = await pull(editor);
    assert.deepEqual(more, []);
    assert.equal(finding?.range.start.line, lineOf(text), text);
    if (String(finding?.message).includes('before the current edit')) marked += 1;
  }
  assert.ok(marked > 0, 'some of it does not parse');
  for await (const _ of type('\t\treturn', ';\n')) void _;
  assert.ok(!String((await pull(editor))[0]?.message).includes('before the current edit'), 'said anew once it parses');
});

test('a pushed client sees the finding in every push, and the last one is right', async (t) => {
  const { editor, type } = await session(t, neovim);
  const pushes: PublishDiagnosticsParams[] = [];
  editor.rpc.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => void pushes.push(params));
  let last = '';
  for await (const text of type('\tvisits = boat->visits;\n', '\tif (visits > 3)\n\t\tvisits = 3;\n/* and more */\n')) {
    last = text;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.ok(pushes.length > 0);
  assert.deepEqual(pushes.filter(({ diagnostics }) => diagnostics.length !== 1), []);
  assert.equal(pushes.at(-1)?.diagnostics[0]?.range.start.line, lineOf(last));
});
