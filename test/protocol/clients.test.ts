// Each recorded client's session with the real server: what it is offered, one model of diagnostics, and positions counted
// its way in a text that is not ASCII.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';

import type { CodeAction, Diagnostic, Hover, Position } from 'vscode-languageserver-protocol';

import { folder, kernelTree } from '../faces/command-line.ts';
import { YARD, yard } from '../faces/yard.ts';
import { clients, vscode, type RecordedClient } from './clients.ts';
import { initialize, open, startServer, type Wire } from './wire.ts';

/** é is 2 bytes and 1 UTF-16 unit, 😀 is 4 bytes and 2 units: before the put, on its line and above. */
const text = yard
  .replace('static LIST_HEAD', '/* é😀 */ static LIST_HEAD')
  .replace('\tboat->visits = 0;\n\tkref_put(', '\tboat->visits = 0;\n\t/* é😀 */ kref_put(');
const line = text.split('\n').findIndex((one) => one.includes('é😀 */ kref_put'));

function character(client: RecordedClient, upTo: string): number {
  const content = text.split('\n')[line] ?? '';
  const before = content.slice(0, content.indexOf(upTo));
  return client.encoding === 'utf-8' ? Buffer.byteLength(before) : before.length;
}

async function session(t: TestContext, client: RecordedClient): Promise<{ wire: Wire; offered: Record<string, unknown> }> {
  const root = folder(t, { ...kernelTree, [YARD]: yard });
  const wire = await startServer(t, root);
  const offered = await initialize(wire, root, client.capabilities);
  open(wire, YARD, text);
  return { wire, offered };
}

const pushes = (wire: Wire) => wire.received.filter(({ method }) => method === 'textDocument/publishDiagnostics');

async function diagnosticsOf(client: RecordedClient, wire: Wire): Promise<readonly Diagnostic[]> {
  if (client.pulls) {
    const { result } = await wire.ask('textDocument/diagnostic', { textDocument: { uri: wire.uri(YARD) } });
    return (result as { items: Diagnostic[] }).items;
  }
  const { params } = await wire.until(({ method }) => method === 'textDocument/publishDiagnostics');
  return (params as { diagnostics: Diagnostic[] }).diagnostics;
}

for (const client of clients) {
  test(`${client.name}: nothing is offered that the C server has`, async (t) => {
    const { offered } = await session(t, client);
    assert.deepEqual(Object.keys(offered).sort(), [
      'callHierarchyProvider', 'codeActionProvider', 'codeLensProvider', ...(client.pulls ? ['diagnosticProvider'] : []),
      'hoverProvider', 'inlayHintProvider', 'positionEncoding', 'textDocumentSync',
      ...(client.capabilities.workspace?.workspaceFolders === true ? ['workspace'] : []), 'workspaceSymbolProvider',
    ]);
    assert.equal(offered['positionEncoding'], client.encoding);
  });

  test(`${client.name}: one model of diagnostics, and the finding where the client counts it`, async (t) => {
    const { wire } = await session(t, client);
    const [finding, ...more] = await diagnosticsOf(client, wire);
    assert.equal(more.length, 0);
    assert.equal(finding?.code, 'final-put-outside-lookup-lock');
    const start: Position = { line, character: character(client, 'kref_put') };
    assert.deepEqual(finding?.range, { start, end: { line, character: character(client, ';') } });

    const { result } = await wire.ask('textDocument/hover', { textDocument: { uri: wire.uri(YARD) }, position: start });
    const { contents, range } = result as Hover;
    const wantsMarkdown = client.capabilities.textDocument?.hover?.contentFormat?.[0] === 'markdown';
    assert.equal((contents as { kind: string }).kind, wantsMarkdown ? 'markdown' : 'plaintext');
    assert.match((contents as { value: string }).value, /^can be the last/);
    assert.deepEqual(range, { start, end: { line, character: start.character + 'kref_put'.length } });

    const offered = await wire.ask('textDocument/codeAction', {
      textDocument: { uri: wire.uri(YARD) }, range: { start, end: start }, context: { diagnostics: [finding] },
    });
    const fix = (offered.result as CodeAction[]).find(({ edit }) => edit !== undefined);
    assert.ok(fix !== undefined, JSON.stringify(offered));

    // An edit on the same line, in the client's units: the finding moves with it.
    const end = { line, character: character(client, 'kref_put') };
    wire.notify('textDocument/didChange', {
      textDocument: { uri: wire.uri(YARD), version: 2 },
      contentChanges: [{ range: { start: { line, character: end.character - 1 }, end }, text: '  ' }],
    });
    if (client.pulls) {
      const [moved] = await diagnosticsOf(client, wire);
      assert.equal(moved?.range.start.character, start.character + 1);
      assert.deepEqual(pushes(wire), [], 'a client that pulls is pushed nothing');
    } else {
      const { params } = await wire.until(({ method, params: given }) => method === 'textDocument/publishDiagnostics' && (given as { version?: number }).version === 2);
      assert.equal((params as { diagnostics: Diagnostic[] }).diagnostics[0]?.range.start.character, start.character + 1);
      assert.ok(pushes(wire).every(({ params: given }) => (given as { diagnostics: Diagnostic[] }).diagnostics.length === 1), 'never an empty push in between');
    }
    assert.equal(wire.stderr(), '');
  });
}

test('an unchanged result is said at once: no pause, no check', async (t) => {
  const [client] = clients;
  assert.ok(client !== undefined);
  const { wire } = await session(t, client);
  const textDocument = { uri: wire.uri(YARD) };
  const { result } = await wire.ask('textDocument/diagnostic', { textDocument });
  const { resultId } = result as { resultId: string };
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const started = performance.now();
    const again = await wire.ask('textDocument/diagnostic', { textDocument, previousResultId: resultId });
    times.push(performance.now() - started);
    assert.deepEqual(again.result, { kind: 'unchanged', resultId });
  }
  const median = times.sort((a, b) => a - b)[10] ?? 0;
  assert.ok(median < 20, `${median} ms`);
});

test('a folder that is opened later is a tree of its own: its files are found in each other', async (t) => {
  const first = folder(t, { ...kernelTree, [YARD]: yard });
  // No kernel tree: that the folder was opened is all there is to know of it.
  const second = folder(t, { 'include/linux/pier.h': '', 'drivers/yard.c': yard });
  const wire = await startServer(t, first);
  await initialize(wire, first, vscode.capabilities);
  wire.notify('workspace/didChangeWorkspaceFolders', { event: { added: [{ uri: pathToFileURL(second).href, name: 'second' }], removed: [] } });
  const uri = pathToFileURL(`${second}/drivers/yard.c`).href;
  wire.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text: yard } });
  const { result } = await wire.ask('textDocument/diagnostic', { textDocument: { uri } });
  const [finding] = (result as { items: Diagnostic[] }).items;
  assert.equal((finding?.data as { file: string } | undefined)?.file, 'drivers/yard.c', 'named from the folder that was opened');
});
