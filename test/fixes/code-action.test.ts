// Fixes over the wire, with the real engine: refuted ones disabled with the reason, assertions only for who asks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CodeActionTriggerKind, type CodeAction } from 'vscode-languageserver-protocol';
import { folder, kernelTree } from '../faces/command-line.ts';
import { likeVsCode, startEditor, type Editor } from '../faces/editor-client.ts';
import { TWO_COUNTS } from './reductions.ts';

const FILE = 'a.c';
const server = ['--import', 'tsx', fileURLToPath(new URL('../../server/src/main/server.ts', import.meta.url)), '--stdio'];

const lineOf = (text: string, statement: string): number => text.split('\n').indexOf(statement);

function actionsAt(editor: Editor, line: number, triggerKind?: CodeActionTriggerKind, only?: string[]): Promise<CodeAction[]> {
  const position = { line, character: 1 };
  return editor.rpc.sendRequest('textDocument/codeAction', {
    textDocument: { uri: editor.uri(FILE) }, range: { start: position, end: position },
    context: { diagnostics: [], ...(triggerKind === undefined ? {} : { triggerKind }), ...(only === undefined ? {} : { only }) },
  });
}

test('the naive order is shown disabled, with the reason', async (t) => {
  const editor = await startEditor(t, folder(t, { ...kernelTree, [FILE]: TWO_COUNTS }), { capabilities: likeVsCode, command: server });
  await editor.open(FILE, TWO_COUNTS);
  const actions = await actionsAt(editor, lineOf(TWO_COUNTS, '\ttruck_unload(t);'));
  const naive = actions.find(({ title }) => title === 'Move truck_cleanup() after truck_unload()');
  assert.deepEqual(naive?.disabled, {
    reason: 'truck_unload() clears t->depot, truck_cleanup() would find nothing and the reference taken by depot_find() would leak',
  });
  assert.equal(naive.edit, undefined);
  assert.deepEqual(actions.filter(({ isPreferred }) => isPreferred).map(({ title }) => title), [actions[0]?.title]);
  assert.ok(actions[0]?.edit);
});

test('what is refuted can be asked for alone, and other kinds get nothing', async (t) => {
  const editor = await startEditor(t, folder(t, { ...kernelTree, [FILE]: TWO_COUNTS }), { capabilities: likeVsCode, command: server });
  await editor.open(FILE, TWO_COUNTS);
  const ofKind = (kind: string): Promise<CodeAction[]> => actionsAt(editor, lineOf(TWO_COUNTS, '\ttruck_unload(t);'), CodeActionTriggerKind.Invoked, [kind]);
  assert.deepEqual((await ofKind('quickfix.refuted')).map(({ title }) => title), ['Move truck_cleanup() after truck_unload()']);
  assert.equal((await ofKind('quickfix')).length, 4);
  assert.deepEqual(await ofKind('source.organizeImports'), []);
});

test('an assertion is offered where there is no finding, but not to a light bulb', async (t) => {
  const held = TWO_COUNTS.replace('\tmutex_lock(&depots_lock);\n\tkref_put(&home->ref, depot_free);\n\tmutex_unlock(&depots_lock);\n', '\tkref_put(&home->ref, depot_free);\n')
    .replace('\tleave_depot(t, t->depot);\n', '\tmutex_lock(&depots_lock);\n\tleave_depot(t, t->depot);\n\tmutex_unlock(&depots_lock);\n');
  const editor = await startEditor(t, folder(t, { ...kernelTree, [FILE]: held }), { capabilities: likeVsCode, command: server });
  await editor.open(FILE, held);
  const line = lineOf(held, '\tkref_put(&home->ref, depot_free);');
  const [fact, ...more] = await actionsAt(editor, line, CodeActionTriggerKind.Invoked);
  assert.equal(fact?.title, 'State that callers hold depots_lock: lockdep_assert_held()');
  assert.equal(fact.isPreferred, undefined);
  assert.deepEqual(more, []);
  assert.deepEqual(await actionsAt(editor, line, CodeActionTriggerKind.Automatic), []);
});
