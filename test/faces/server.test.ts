// The language server over its wire, with the capabilities of real editors.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { CodeAction, Hover, TextDocumentEdit } from 'vscode-languageserver-protocol';

import { folder, kernelTree } from './command-line.ts';
import { likeEmacs, likeNeovim, likeVsCode, startEditor } from './editor-client.ts';

const clean = 'void drop(void)\n{\n\tgood_put(x);\n}\n';
const racy = 'void drop(void)\n{\n\tbad_put(x);\n}\n';
const files = { ...kernelTree, 'lib/ref.c': 'void bad_put(struct x *x)\n\tkref_put(&x->ref, release);\n' };

function caret(line: number, character: number) {
  return { start: { line, character }, end: { line, character } };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(condition(), condition.toString());
}

test('VS Code: pulls; both witnesses, rule, page and the finding itself are in the diagnostic', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  const { capabilities } = editor.initialized;
  assert.equal(capabilities.positionEncoding, 'utf-16');
  assert.deepEqual(capabilities.diagnosticProvider, { identifier: 'kreflens', interFileDependencies: true, workspaceDiagnostics: false });
  for (const absent of ['completionProvider', 'definitionProvider', 'renameProvider', 'documentSymbolProvider', 'documentFormattingProvider'] as const) {
    assert.equal(capabilities[absent], undefined);
  }

  await editor.open('a.c', racy);
  const { kind, items } = await editor.pull('a.c');
  assert.equal(kind, 'full');
  const [diagnostic, ...more] = items ?? [];
  assert.ok(diagnostic !== undefined && more.length === 0);
  assert.deepEqual(diagnostic.range, { start: { line: 2, character: 1 }, end: { line: 2, character: 11 } });
  assert.equal(diagnostic.severity, 2);
  assert.equal(diagnostic.code, 'final-put-outside-lookup-lock');
  assert.equal(diagnostic.source, 'kreflens');
  assert.deepEqual(diagnostic.codeDescription, { href: 'https://example.org/final-put-outside-lookup-lock' });
  assert.deepEqual(diagnostic.relatedInformation, [
    { location: { uri: editor.uri('a.c'), range: diagnostic.range }, message: 'put 1/2: bad_put(x) in drop(), no lock held' },
    {
      location: { uri: editor.uri('lib/ref.c'), range: { start: { line: 1, character: 1 }, end: { line: 1, character: 27 } } },
      message: 'put 2/2: kref_put(&x->ref, release) in bad_put(), no lock held',
    },
    {
      location: { uri: editor.uri('a.c'), range: { start: { line: 0, character: 0 }, end: { line: 0, character: 15 } } },
      message: 'lookup 1/1: kref_get(&x->ref) in find(), items_lock held',
    },
  ]);
  assert.equal(diagnostic.data.file, 'a.c');
  assert.equal(diagnostic.data.rule, diagnostic.code);
  assert.deepEqual(editor.pushes, []);
});

test('a long chain is shown by its two ends, with the lookup: six entries in all', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', 'bad_put_long(x);\n');
  const related = (await editor.pull('a.c')).items?.[0]?.relatedInformation ?? [];
  assert.deepEqual(related.map(({ message }) => message.split(':')[0]), ['put 1/11', 'put 2/11', 'put 3/11', 'put 10/11', 'put 11/11', 'lookup 1/1']);
});

test('a pull with the known result is answered "unchanged", across edits that change nothing', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', racy);
  const { resultId } = await editor.pull('a.c');
  assert.deepEqual(await editor.pull('a.c', resultId), { kind: 'unchanged', resultId });
  await editor.change('a.c', 2, `${racy}/* more */\n`);
  assert.deepEqual(await editor.pull('a.c', resultId), { kind: 'unchanged', resultId });
  await editor.change('a.c', 3, clean);
  const { kind, items } = await editor.pull('a.c', resultId);
  assert.equal(kind, 'full');
  assert.deepEqual(items, []);
});

test('a half-typed function keeps its findings, moved and marked', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', racy);
  await editor.pull('a.c');
  await editor.change('a.c', 2, `half {\n${racy}`);
  const { items } = await editor.pull('a.c');
  assert.equal(items?.length, 1);
  assert.deepEqual(items?.[0]?.range.start, { line: 3, character: 1 });
  assert.match(String(items?.[0]?.message), /\(before the current edit\)$/);
  await editor.change('a.c', 3, clean);
  assert.deepEqual((await editor.pull('a.c')).items, []);
});

test('an engine that fails keeps the previous findings, and the server alive', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', racy);
  await editor.pull('a.c');
  await editor.change('a.c', 2, `${racy}/* engine defect */\n`);
  assert.equal((await editor.pull('a.c')).items?.length, 1);
  await editor.change('a.c', 3, clean);
  assert.equal((await editor.pull('a.c')).items?.length, 0);
});

test('code actions: one per verified fix, a refuted one disabled with its reason', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', racy);
  const ask = (only?: string[]) =>
    editor.rpc.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: editor.uri('a.c') }, range: caret(2, 4), context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
    });
  const [hold, move] = await ask();
  assert.equal(hold?.title, 'Hold items_lock around the put');
  assert.equal(hold?.kind, 'quickfix');
  assert.equal(hold?.isPreferred, true);
  assert.equal(hold?.diagnostics?.[0]?.code, 'final-put-outside-lookup-lock');
  assert.deepEqual(hold?.edit?.documentChanges, [
    {
      textDocument: { uri: editor.uri('a.c'), version: 1 },
      edits: [
        { range: caret(2, 1), newText: 'lock(); ' },
        { range: { start: { line: 2, character: 1 }, end: { line: 2, character: 4 } }, newText: 'good' },
      ],
    } satisfies TextDocumentEdit,
  ]);
  assert.deepEqual(move?.disabled, { reason: 'the field is cleared by then' });
  assert.equal(move?.edit, undefined);
  assert.equal((await ask(['quickfix'])).length, 2);
  assert.deepEqual(await ask(['refactor']), []);
  assert.deepEqual(await ask(['source.fixAll']), []);
});

test('race and why are answered, with both spellings of the parameters', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', racy);
  const position = { line: 2, character: 3 };
  const uri = editor.uri('a.c');
  const diagram = {
    text: 'CPU0            CPU1\nput x\n                get',
    title: "last put of 'x' outside 'items_lock', held by find() to find it",
    steps: [
      { cpu: 0, depth: 0, kind: 'call', text: 'put x', held: [], count: 0, uri, file: 'a.c', line: 2 },
      { cpu: 1, depth: 0, kind: 'wrong', text: 'get', held: ['items_lock'], count: 1 },
    ],
  };
  assert.deepEqual(await editor.rpc.sendRequest('kreflens/race', { textDocument: { uri }, position }), diagram);
  assert.deepEqual(await editor.rpc.sendRequest('kreflens/race', { uri, position }), diagram);
  assert.deepEqual(await editor.rpc.sendRequest('kreflens/why', { uri, position }), { text: 'can be the last\nnobody else holds one' });
  assert.equal(await editor.rpc.sendRequest('kreflens/race', { uri, position: { line: 0, character: 0 } }), null);
});

test('Neovim: diagnostics are pushed, and cleared when the document closes', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeNeovim });
  assert.equal(editor.initialized.capabilities.diagnosticProvider, undefined);
  await editor.open('a.c', racy);
  const first = await editor.pushed(({ diagnostics }) => diagnostics.length === 1);
  assert.equal(first.version, 1);
  assert.equal(first.diagnostics[0]?.data, undefined);
  assert.equal(first.diagnostics[0]?.relatedInformation?.length, 3);

  const [hold, ...disabled] = await editor.rpc.sendRequest<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri: editor.uri('a.c') }, range: caret(2, 0), context: { diagnostics: first.diagnostics },
  });
  assert.deepEqual(disabled, [], 'a client that cannot show a disabled action is not offered it as an enabled one');
  assert.equal(hold?.edit?.documentChanges, undefined);
  assert.equal(hold?.edit?.changes?.[editor.uri('a.c')]?.length, 2);

  await editor.rpc.sendNotification('textDocument/didClose', { textDocument: { uri: editor.uri('a.c') } });
  await editor.pushed(({ diagnostics }) => diagnostics.length === 0);
});

test('a burst of keystrokes gives one push, with no empty one in between', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeNeovim });
  await editor.open('a.c', racy);
  await editor.pushed(({ diagnostics }) => diagnostics.length === 1);
  for (let version = 2; version <= 30; version += 1) await editor.change('a.c', version, `${'\n'.repeat(version)}${racy}`);
  await editor.pushed(({ version }) => version === 30);
  assert.ok(editor.pushes.length <= 10, `${editor.pushes.length} pushes`);
  assert.ok(editor.pushes.every(({ diagnostics }) => diagnostics.length === 1));
});

test('Emacs: plain text hover, UTF-8 positions in every direction', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeEmacs });
  assert.equal(editor.initialized.capabilities.positionEncoding, 'utf-8');
  // é is 2 bytes and 1 UTF-16 unit, 😀 is 4 bytes and 2 units.
  await editor.open('a.c', '/* é😀 */ bad_put(x);\n');
  const push = await editor.pushed(({ diagnostics }) => diagnostics.length === 1);
  const start = Buffer.byteLength('/* é😀 */ ');
  assert.deepEqual(push.diagnostics[0]?.range, { start: { line: 0, character: start }, end: { line: 0, character: start + 10 } });
  assert.equal(push.diagnostics[0]?.relatedInformation, undefined);

  const hover = await editor.rpc.sendRequest<Hover>('textDocument/hover', { textDocument: { uri: editor.uri('a.c') }, position: { line: 0, character: start } });
  assert.deepEqual(hover.contents, { kind: 'plaintext', value: `at 0:${'/* é😀 */ '.length}` });
  assert.deepEqual(hover.range, { start: { line: 0, character: start }, end: { line: 0, character: start + 1 } });

  // An incremental edit whose places are in bytes: `x` becomes `yy`.
  await editor.rpc.sendNotification('textDocument/didChange', {
    textDocument: { uri: editor.uri('a.c'), version: 2 },
    contentChanges: [
      { range: { start: { line: 0, character: start + 8 }, end: { line: 0, character: start + 9 } }, text: 'y' },
      { range: caret(0, start + 9), text: 'y' },
    ],
  });
  const second = await editor.pushed(({ version }) => version === 2);
  assert.match(String(second.diagnostics[0]?.message), /'yy'/);
});

test('hover is Markdown where the client prefers it', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', racy);
  const ask = (position: { line: number; character: number }) =>
    editor.rpc.sendRequest<Hover>('textDocument/hover', { textDocument: { uri: editor.uri('a.c') }, position });
  assert.deepEqual((await ask({ line: 2, character: 1 })).contents, { kind: 'markdown', value: '**at** 2:1' });
  // Past the end of the line and of the text: clamped, never an error.
  assert.deepEqual((await ask({ line: 0, character: 999 })).contents, { kind: 'markdown', value: '**at** 0:15' });
  assert.deepEqual((await ask({ line: 999, character: 0 })).contents, { kind: 'markdown', value: '**at** 4:0' });
});

test('minimum confidence comes with the initialization options and can change', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode, initializationOptions: { minConfidence: 'high' } });
  await editor.open('a.c', 'bad_put(a); bad_put_medium(b); bad_put_low(c);\n');
  assert.equal((await editor.pull('a.c')).items?.length, 1);
  await editor.rpc.sendNotification('workspace/didChangeConfiguration', { settings: { kreflens: { minConfidence: 'low' } } });
  const { items } = await editor.pull('a.c');
  assert.deepEqual(items?.map(({ severity }) => severity), [2, 3, 4]);
});

test('a file that changes on the disk is read anew, and a pulling client asked to pull again', async (t) => {
  const root = folder(t, files);
  const editor = await startEditor(t, root, { capabilities: likeVsCode, initializationOptions: { status: true } });
  await editor.open('a.c', racy);
  const { items, resultId } = await editor.pull('a.c');
  // The last witness moves by a line.
  writeFileSync(join(root, 'lib/ref.c'), `\n${files['lib/ref.c']}`);
  await editor.rpc.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('lib/ref.c'), type: 2 }] });
  await until(() => editor.refreshes.count === 1);
  const again = await editor.pull('a.c', resultId);
  assert.equal(again.kind, 'full');
  assert.notDeepEqual(again.items, items);
  assert.deepEqual(editor.statuses.at(-1), { state: 'ready', detail: 'no gaps' });

  // A change that changes nothing here asks for nothing.
  await editor.rpc.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('other.c'), type: 1 }] });
  const seen = editor.statuses.length;
  await until(() => editor.statuses.length > seen + 1);
  assert.equal(editor.refreshes.count, 1);
});

test('other schemes, unknown documents and bad parameters are answered, not crashed on', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.rpc.sendNotification('textDocument/didOpen', { textDocument: { uri: 'git:/a.c?x', languageId: 'c', version: 1, text: racy } });
  await editor.rpc.sendNotification('textDocument/didOpen', {});
  await editor.rpc.sendNotification('textDocument/didChange', { textDocument: { uri: editor.uri('never.c'), version: 2 }, contentChanges: [] });
  await editor.rpc.sendNotification('no/suchNotification', {});
  assert.equal(await editor.rpc.sendRequest('textDocument/hover', { textDocument: { uri: 'git:/a.c?x' }, position: { line: 0, character: 0 } }), null);
  assert.deepEqual(await editor.pull('never.c'), { kind: 'full', items: [] });
  await assert.rejects(editor.rpc.sendRequest('textDocument/hover', {}));
  await assert.rejects(editor.rpc.sendRequest('kreflens/race', { nonsense: true }), /expected/);
  await assert.rejects(editor.rpc.sendRequest('no/suchRequest', {}), /Unhandled method/);
  await editor.open('a.c', racy);
  assert.equal((await editor.pull('a.c')).items?.length, 1);
});

test('a message that is no JSON does not end the session', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  const broken = '{"jsonrpc": "2.0", "id": 77, "method"';
  editor.process.stdin?.write(`Content-Length: ${broken.length}\r\n\r\n${broken}`);
  await editor.open('a.c', racy);
  assert.equal((await editor.pull('a.c')).items?.length, 1);
});

test('hundreds of cancelled requests leave the server quick', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeVsCode });
  await editor.open('a.c', racy);
  const uri = editor.uri('a.c');
  const requests = Array.from({ length: 500 }, () => {
    const source = new CancellationTokenSource();
    const answer = editor.rpc.sendRequest('textDocument/diagnostic', { textDocument: { uri } }, source.token);
    source.cancel();
    return answer.then(() => 'answered', () => 'cancelled');
  });
  const started = performance.now();
  const hover = await editor.rpc.sendRequest<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 2, character: 1 } });
  assert.ok(hover.contents);
  assert.ok(performance.now() - started < 2_000);
  const outcomes = await Promise.all(requests);
  assert.ok(outcomes.includes('cancelled'));
  assert.equal((await editor.pull('a.c')).items?.length, 1);
});

test('a hover is answered between the checks of many documents', async (t) => {
  const editor = await startEditor(t, folder(t, files), { capabilities: likeNeovim });
  for (let number = 0; number < 8; number += 1) await editor.open(`${number}.c`, `/* slow */ ${racy}`);
  await editor.pushed(() => true);
  await editor.rpc.sendRequest('textDocument/hover', { textDocument: { uri: editor.uri('0.c') }, position: { line: 0, character: 0 } });
  assert.ok(editor.pushes.length < 8, 'every document was checked first');
});

test('the server ends with its client: exit after shutdown, and a pipe that closes', async (t) => {
  const root = folder(t, files);
  const polite = await startEditor(t, root, { capabilities: likeVsCode });
  await polite.rpc.sendRequest('shutdown');
  const gone = once(polite.process, 'exit');
  await polite.rpc.sendNotification('exit');
  assert.deepEqual(await gone, [0, null]);

  const rude = await startEditor(t, root, { capabilities: likeVsCode });
  const closed = once(rude.process, 'exit');
  rude.process.stdin?.end();
  assert.deepEqual(await closed, [1, null]);
});
