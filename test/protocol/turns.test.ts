// A check gives way: what the user waits for is answered in its middle, and a change in its middle begins it anew.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { Diagnostic } from 'vscode-languageserver-protocol';

import type { World } from '../../server/src/lsp/world.ts';
import { openFakeWorkspace } from '../faces/fake-workspace.ts';
import { folder } from '../faces/command-line.ts';
import { openSession, type LocalSession } from './session.ts';

/** The engine that is known by heart takes 40 steps for it. */
const slow = '/* slow */ void drop(void) { bad_put(x); }\n';

async function session(t: TestContext, openWorkspace: World['openWorkspace'] = openFakeWorkspace): Promise<LocalSession> {
  const editor = await openSession(folder(t, { 'a.c': slow }), { world: { openWorkspace } });
  t.after(() => editor.close());
  await editor.open('a.c', slow);
  return editor;
}

function pull(editor: LocalSession, token?: CancellationToken): Promise<{ items: Diagnostic[] }> {
  return editor.rpc.sendRequest('textDocument/diagnostic', { textDocument: { uri: editor.uri('a.c') } }, token ?? CancellationToken.None);
}

test('a hover is answered while a check is under way', async (t) => {
  const editor = await session(t);
  const answered: string[] = [];
  const findings = pull(editor).then(() => answered.push('findings'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const hover = editor.rpc.sendRequest('textDocument/hover', { textDocument: { uri: editor.uri('a.c') }, position: { line: 0, character: 17 } });
  await Promise.all([findings, hover.then(() => answered.push('hover'))]);
  assert.deepEqual(answered, ['hover', 'findings']);
});

test('a change while a check is under way: the answer is that of the new text', async (t) => {
  const editor = await session(t);
  const findings = pull(editor);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await editor.change('a.c', 2, [{ text: `\n\n${slow}` }]);
  assert.deepEqual((await findings).items.map(({ range }) => range.start.line), [2]);
});

test('a check that nobody wants any more ends in its middle', async (t) => {
  let steps = 0;
  let ended = false;
  const editor = await session(t, (files, options) => ({
    ...openFakeWorkspace(files, options),
    *checking() {
      for (; steps < 1_000; steps += 1) {
        const until = performance.now() + 2;
        while (performance.now() < until);
        yield;
      }
      ended = true;
      return { findings: [], gaps: [], stats: { files: 0, functions: 0, analysed: 0 } };
    },
  }));
  const source = new CancellationTokenSource();
  const findings = pull(editor, source.token);
  while (steps === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  source.cancel();
  await assert.rejects(findings, /cancel/i);
  assert.equal(ended, false);
});
