// What editors show around findings, from the real engine over the wire: registries, call hierarchy, hints, lenses,
// guards in hovers, texts for commits.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, CodeLens, Hover, InlayHint, SymbolInformation } from 'vscode-languageserver-protocol';

import type { ChangelogAnswer, Registry } from '../../server/src/lsp/protocol.ts';
import { folder, kernelTree } from './command-line.ts';
import { likeVsCode, startEditor, type Editor } from './editor-client.ts';
import { placeOf, YARD, yard } from './yard.ts';

const server = ['--import', 'tsx', fileURLToPath(new URL('../../server/src/main/server.ts', import.meta.url)), '--stdio'];

const capabilities = {
  ...likeVsCode,
  textDocument: { ...likeVsCode.textDocument, callHierarchy: {}, inlayHint: {}, codeLens: {} },
  workspace: { ...likeVsCode.workspace, symbol: {} },
};

async function openYard(t: TestContext, initializationOptions: object = {}): Promise<Editor> {
  const editor = await startEditor(t, folder(t, { ...kernelTree, [YARD]: yard }), { capabilities, command: server, initializationOptions });
  await editor.open(YARD, yard);
  return editor;
}

function at(editor: Editor, position: { line: number; character: number }): object {
  return { textDocument: { uri: editor.uri(YARD) }, position };
}

test('registries: all that is done with the entries of an index, and the locks held there', async (t) => {
  const editor = await openYard(t);
  const answer = await editor.rpc.sendRequest<Registry[]>('kreflens/registries', {});
  assert.deepEqual(answer.map(({ name, object }) => ({ name, object })), [{ name: 'boats', object: 'boat' }]);
  const [boats] = answer;
  assert.ok(boats !== undefined);
  assert.deepEqual(boats.lookups, [{
    uri: editor.uri(YARD), file: YARD, line: placeOf('kref_get(').line + 1, function: 'boat_find', held: ['boats_lock'], text: 'kref_get(&boat->ref)',
  }]);
  assert.deepEqual(boats.gets, []);
  assert.deepEqual(boats.puts.map(({ function: name, held, text }) => ({ name, held, text })), [
    { name: 'boat_put_locked', held: ['boats_lock'], text: 'kref_put(&boat->ref, boat_release)' },
    { name: 'boat_put', held: ['boats_lock'], text: 'boat_put_locked(boat)' },
    { name: 'boat_forget', held: [], text: 'kref_put(&boat->ref, boat_release)' },
    { name: 'boat_scuttle', held: ['boats_lock'], text: 'boat_put(boat)' },
    { name: 'boat_sink', held: ['boats_lock'], text: 'boat->ops->sink(boat)' },
  ]);
  assert.deepEqual(boats.unlinks.map(({ function: name, text }) => `${name}: ${text}`), ['boat_release: list_del(&boat->node)']);

  const ofDocument = await editor.rpc.sendRequest('kreflens/registries', { textDocument: { uri: editor.uri(YARD) } });
  assert.deepEqual(ofDocument, answer);
  assert.deepEqual(await editor.rpc.sendRequest('kreflens/registries', { textDocument: { uri: editor.uri('other.c') } }), []);
});

test('registries as workspace symbols: by lock and by name, and nothing else', async (t) => {
  const editor = await openYard(t);
  assert.equal(editor.initialized.capabilities.workspaceSymbolProvider, true);
  const ask = (query: string) => editor.rpc.sendRequest<SymbolInformation[]>('workspace/symbol', { query });
  const underLock = await ask('lock:boats_lock');
  assert.equal(underLock.length, 5);
  assert.equal(underLock[0]?.name, 'lock:boats_lock lookup kref_get(&boat->ref)');
  assert.equal(underLock[0]?.containerName, 'boat_find(), boats_lock held');
  assert.deepEqual(underLock[0]?.location.range.start, placeOf('kref_get('));
  const named = await ask('ref:BOATS');
  assert.equal(named.length, 7);
  assert.ok(named.some(({ name, containerName }) => name.startsWith('ref:boats put') && containerName === 'boat_forget(), no lock held'));
  assert.deepEqual(await ask('ref:canoe'), []);
  assert.deepEqual(await ask('boat_find'), []);
  assert.deepEqual(await ask(''), []);
});

test('call hierarchy: the locks at each call, through tables too', async (t) => {
  const editor = await openYard(t);
  assert.equal(editor.initialized.capabilities.callHierarchyProvider, true);
  const prepare = async (position: { line: number; character: number }): Promise<CallHierarchyItem> => {
    const items = await editor.rpc.sendRequest<CallHierarchyItem[] | null>('textDocument/prepareCallHierarchy', at(editor, position));
    assert.equal(items?.length, 1);
    return items?.[0] as CallHierarchyItem;
  };
  const incoming = (item: CallHierarchyItem) => editor.rpc.sendRequest<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item });
  const outgoing = (item: CallHierarchyItem) => editor.rpc.sendRequest<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', { item });

  const locked = await prepare(placeOf('\tboat_put_locked(boat)', 'boat_put_locked'));
  assert.equal(locked.name, 'boat_put_locked');
  assert.deepEqual(locked.selectionRange.start, placeOf('static void boat_put_locked', 'boat_put_locked'));
  const [caller, ...more] = await incoming(locked);
  assert.deepEqual(more, []);
  assert.equal(caller?.from.name, 'boat_put');
  assert.equal(caller?.from.detail, 'boats_lock held');
  assert.deepEqual(caller?.fromRanges[0]?.start, placeOf('\tboat_put_locked(boat)', 'boat_put_locked'));

  const scuttle = await prepare(placeOf('static void boat_scuttle', 'boat_scuttle'));
  const [table] = await incoming(scuttle);
  assert.equal(table?.from.name, 'struct boat_ops.sink');
  assert.equal(table?.from.detail, 'ops table');
  assert.ok(table !== undefined);
  assert.deepEqual((await incoming(table.from)).map(({ from }) => `${from.name}: ${from.detail}`), ['boat_sink: no lock held, through struct boat_ops.sink']);

  const sink = await prepare(placeOf('void boat_sink', 'boat_sink'));
  assert.deepEqual((await outgoing(sink)).map(({ to }) => `${to.name}: ${to.detail}`), ['boat_scuttle: no lock held, through struct boat_ops.sink']);
  const find = await prepare(placeOf('*boat_find', 'boat_find'));
  assert.deepEqual((await outgoing(find)).map(({ to }) => `${to.name}: ${to.detail}`), ['boat_count: boats_lock held']);

  assert.equal(await editor.rpc.sendRequest('textDocument/prepareCallHierarchy', at(editor, { line: 0, character: 0 })), null);
  assert.equal(await editor.rpc.sendRequest('callHierarchy/incomingCalls', { item: { ...sink, data: { root: 1 } } }), null);
});

test('inlay hints and lenses: only when they are switched on, and asked for again then', async (t) => {
  const editor = await openYard(t);
  const hints = (last = 999) =>
    editor.rpc.sendRequest<InlayHint[]>('textDocument/inlayHint', { textDocument: { uri: editor.uri(YARD) }, range: { start: { line: 0, character: 0 }, end: { line: last, character: 0 } } });
  const lenses = () => editor.rpc.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: editor.uri(YARD) } });
  assert.deepEqual(await hints(), []);
  assert.deepEqual(await lenses(), []);

  await editor.rpc.sendNotification('workspace/didChangeConfiguration', { settings: { kreflens: { inlayHints: { enabled: true }, codeLens: { enabled: true } } } });
  assert.deepEqual((await hints()).map(({ label, position }) => `${position.line}: ${String(label)}`), [
    // boat_count() says nothing; its only caller holds the lock.
    `${placeOf('static void boat_count').line + 1}: holds boats_lock`,
    `${placeOf('static void boat_put_locked').line + 1}: holds boats_lock`,
    `${placeOf('\tboat_put_locked(boat)').line}: needs boats_lock`,
  ]);
  assert.equal((await hints(placeOf('struct boat *boat_find').line)).length, 1);

  const [first] = await lenses();
  assert.ok(first !== undefined && first.command === undefined, 'the text comes later');
  const titles = await Promise.all((await lenses()).map(async (lens) => (await editor.rpc.sendRequest<CodeLens>('codeLens/resolve', lens)).command?.title));
  assert.deepEqual(titles, [
    'locks: boats_lock · refs: +1 boat',
    'needs: boats_lock · refs: -1 boat',
    'locks: boats_lock · refs: -1 boat',
    'refs: -1 boat',
    'locks: boats_lock',
    'locks: boats_lock · refs: -1 boat',
  ]);
});

test('hover on a field or list head: the guard, with its support and the odd access', async (t) => {
  const editor = await openYard(t);
  const hover = async (position: { line: number; character: number }) => {
    const found = await editor.rpc.sendRequest<Hover | null>('textDocument/hover', at(editor, position));
    return found === null ? undefined : (found.contents as { value: string }).value.split('  \n');
  };
  const odd = placeOf('boat->visits = 0');
  const guard = [
    '`struct boat.visits`: 2 of 3 accesses in this file hold `boats_lock`',
    `not in \`boat_forget()\` at [${YARD}:${odd.line + 1}](${editor.uri(YARD)}#L${odd.line + 1}), no lock held`,
  ];
  assert.deepEqual(await hover(placeOf('boat->visits++', 'visits')), guard);
  assert.deepEqual(await hover(placeOf('int visits;', 'visits')), guard, 'in the struct\'s declaration');
  assert.deepEqual(await hover(placeOf('LIST_HEAD(boats)', 'boats')), ['`boats`: 1 access in this file, no lock that most of them hold']);
  assert.equal(await hover(placeOf('int visits;', 'visits', 1)), undefined, 'a local has no guard');
  assert.equal(await hover(placeOf('mutex_lock(&boats_lock)', 'boats_lock')), undefined, 'a lock has no guard');
});

test('texts for a commit: changelog of the finding, kernel-doc and assertions of the function', async (t) => {
  const editor = await openYard(t);
  const ask = (position: { line: number; character: number }) => editor.rpc.sendRequest<ChangelogAnswer | null>('kreflens/changelog', at(editor, position));
  const finding = await ask(placeOf('\tkref_put(&boat->ref, boat_release);', 'kref_put', 1));
  assert.equal(finding?.function, 'boat_forget');
  const [subject, problem, diagram, , fix] = (finding?.text ?? '').split('\n\n');
  assert.match(subject ?? '', /^yard: /);
  assert.match(problem ?? '', /^In boat_forget\(\): last put of 'boat'/);
  assert.match(diagram ?? '', /^CPU0 +CPU1\n/);
  assert.ok((fix ?? finding?.text ?? '').length > 0);
  assert.ok((finding?.text ?? '').split('\n').every((line) => line.length <= 75));

  const put = await ask(placeOf('void boat_put(', 'boat_put'));
  assert.equal(put?.text, undefined);
  assert.equal(put?.context, 'Context: Process context. May sleep. Takes and releases boats_lock.');
  assert.deepEqual(put?.assertions, []);
  assert.deepEqual((await ask(placeOf('static void boat_count', 'boat_count')))?.assertions, ['lockdep_assert_held(&boats_lock);']);
  const locked = await ask(placeOf('static void boat_put_locked', 'boat_put_locked'));
  assert.match(locked?.context ?? '', /Caller must hold boats_lock\./);
  assert.deepEqual(locked?.assertions, [], 'it has its assertion');
  assert.equal(await ask({ line: 0, character: 0 }), null);
});
