// A client that cancels, dies, lies or stutters: the server neither hangs nor loses a finding, and nothing is left
// unhandled in it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { test, type TestContext } from 'node:test';

import type { Diagnostic } from 'vscode-languageserver-protocol';

import { folder, kernelTree } from '../faces/command-line.ts';
import { placeOf, YARD, yard } from '../faces/yard.ts';
import { vscode } from './clients.ts';
import { initialize, open, startServer, type Wire } from './wire.ts';

const rule = 'final-put-outside-lookup-lock';

async function session(t: TestContext, root = folder(t, { ...kernelTree, [YARD]: yard })): Promise<Wire> {
  const wire = await startServer(t, root);
  await initialize(wire, root, vscode.capabilities);
  open(wire, YARD, yard);
  return wire;
}

async function codes(wire: Wire): Promise<unknown[]> {
  const { result } = await wire.ask('textDocument/diagnostic', { textDocument: { uri: wire.uri(YARD) } });
  return (result as { items: Diagnostic[] }).items.map(({ code }) => code);
}

/** It answers, with the finding, and had nothing to say about itself. */
async function assertWell(wire: Wire): Promise<void> {
  assert.deepEqual(await codes(wire), [rule]);
  assert.equal(wire.process.exitCode, null);
  assert.equal(wire.stderr(), '');
}

const position = placeOf('boat_put_locked(boat)', 'boat_put_locked');

/** One of each kind of request, in turn. */
function request(wire: Wire, number: number): readonly [string, unknown] {
  const textDocument = { uri: wire.uri(YARD) };
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const kinds: readonly (readonly [string, unknown])[] = [
    ['textDocument/diagnostic', { textDocument }],
    ['textDocument/hover', { textDocument, position }],
    ['textDocument/codeAction', { textDocument, range: whole, context: { diagnostics: [] } }],
    ['textDocument/inlayHint', { textDocument, range: whole }],
    ['textDocument/codeLens', { textDocument }],
    ['textDocument/prepareCallHierarchy', { textDocument, position }],
    ['workspace/symbol', { query: 'lock:boats_lock' }],
    ['kreflens/race', { textDocument, position }],
    ['kreflens/why', { textDocument, position }],
    ['kreflens/registries', {}],
    ['kreflens/changelog', { textDocument, position }],
  ];
  return kinds[number % kinds.length] ?? ['shutdown', {}];
}

test('1,000 requests of all kinds, cancelled at once: each is answered, and what comes next is quick', async (t) => {
  const wire = await session(t);
  await codes(wire);
  const ids = Array.from({ length: 1_000 }, (_, number) => {
    const id = wire.begin(...request(wire, number));
    wire.notify('$/cancelRequest', { id });
    return id;
  });
  const started = performance.now();
  await assertWell(wire);
  assert.ok(performance.now() - started < 5_000);
  const answers = await Promise.all(ids.map((id) => wire.answer(id)));
  const cancelled = answers.filter(({ error }) => error?.code === -32800).length;
  assert.ok(cancelled > 900, `${cancelled} of 1,000 were cancelled`);
  assert.ok(answers.every(({ error }) => error === undefined || error.code === -32800), JSON.stringify(answers.find(({ error }) => error !== undefined && error.code !== -32800)));
});

test('thousands of requests, cancelled and not, leave no memory and no file behind', { skip: process.platform === 'linux' ? false : 'reads /proc' }, async (t) => {
  const wire = await session(t);
  const { pid } = wire.process;
  const resident = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  const files = (): number => readdirSync(`/proc/${pid}/fd`).length;
  const round = async (): Promise<void> => {
    const ids = Array.from({ length: 1_000 }, (_, number) => wire.begin(...request(wire, number)));
    for (const id of ids) if (id % 2 === 0) wire.notify('$/cancelRequest', { id });
    await Promise.all(ids.map((id) => wire.answer(id, 60_000)));
  };
  // The first rounds fill the heap to the size that suits it.
  await round();
  await round();
  const before = { resident: resident(), files: files() };
  await round();
  await round();
  t.diagnostic(`${Math.round(before.resident)} MB before, ${Math.round(resident())} MB after`);
  assert.ok(resident() < before.resident + 60, 'MB');
  assert.equal(files(), before.files);
  await assertWell(wire);
});

test('cancels of what was never asked, or answered long ago, are ignored', async (t) => {
  const wire = await session(t);
  for (const id of [0, -1, 999_999, 'none', null]) wire.notify('$/cancelRequest', { id });
  await codes(wire);
  wire.notify('$/cancelRequest', { id: 2 });
  await assertWell(wire);
});

test('killed in mid-request, it leaves nothing behind that the next one trips over', async (t) => {
  const root = folder(t, { ...kernelTree, [YARD]: yard });
  for (let round = 0; round < 3; round += 1) {
    const wire = await session(t, root);
    const id = wire.begin('textDocument/diagnostic', { textDocument: { uri: wire.uri(YARD) } });
    const lost = assert.rejects(wire.answer(id), /the server is gone/);
    await new Promise((resolve) => setTimeout(resolve, 20 * round));
    wire.process.kill('SIGKILL');
    await lost;
  }
  await assertWell(await session(t, root));
});

test('a client that goes away in mid-request takes the server with it', async (t) => {
  const wire = await session(t);
  for (let number = 0; number < 50; number += 1) wire.begin(...request(wire, number));
  const gone = once(wire.process, 'exit');
  wire.process.stdin.end();
  wire.process.stdout.destroy();
  const [status, signal] = (await gone) as [number | null, string | null];
  assert.equal(signal, null);
  assert.ok(status === 1 || status === 0, `exit status ${status}: ${wire.stderr()}`);
});

test('broken messages: bad JSON, no JSON-RPC, unknown methods, wrong parameters', async (t) => {
  const wire = await session(t);
  const framed = (body: string): void => wire.bytes(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  for (const body of ['', '{', '{"jsonrpc": "2.0", "id": 77, "method"', 'null', '7', '"text"', '[]', '{}', '[{"jsonrpc":"2.0","id":5,"method":"shutdown"}]',
    '{"jsonrpc":"1.0","method":3}', '{"jsonrpc":"2.0","id":null,"method":null}', '{"jsonrpc":"2.0","id":{},"result":1}', '\u0000\uffff é😀']) framed(body);
  await assertWell(wire);

  // Requests: an error or an answer, never silence.
  const methods = ['textDocument/diagnostic', 'textDocument/hover', 'textDocument/codeAction', 'textDocument/inlayHint', 'textDocument/codeLens', 'codeLens/resolve',
    'textDocument/prepareCallHierarchy', 'callHierarchy/incomingCalls', 'callHierarchy/outgoingCalls', 'workspace/symbol',
    'kreflens/race', 'kreflens/why', 'kreflens/registries', 'kreflens/changelog', 'no/suchRequest'];
  const textDocument = { uri: wire.uri(YARD) };
  const wrong: readonly unknown[] = [
    undefined, {}, [], [1, 2], { textDocument: null }, { textDocument: 'text' }, { textDocument: { uri: 7 } }, { textDocument: { uri: 'http://[::' } },
    { textDocument, position: { line: -1, character: -5 } }, { textDocument, position: { line: 1e12, character: 1e12 } }, { textDocument, position: { line: 'x', character: null } },
    { textDocument, range: { start: { line: 5, character: 0 }, end: { line: 1, character: 0 } }, context: {} }, { item: { data: { root: '/', of: {} } } }, { item: null }, { query: 7 },
  ];
  const asked = methods.flatMap((method) => wrong.map((params) => ({ method, params, id: wire.begin(method, params) })));
  for (const { method, params, id } of asked) {
    const answer = await wire.answer(id);
    assert.ok(answer.error !== undefined || answer.result !== undefined, `${method} ${JSON.stringify(params)}: ${JSON.stringify(answer)}`);
  }
  // Notifications: nobody is told of an error.
  for (const method of ['textDocument/didOpen', 'textDocument/didChange', 'textDocument/didClose', 'workspace/didChangeConfiguration', 'workspace/didChangeWatchedFiles', 'initialized', 'no/suchNotification', '$/whatever']) {
    for (const params of wrong) {
      // This one means what it says.
      if (method === 'textDocument/didClose' && (params as { textDocument?: unknown } | undefined)?.textDocument === textDocument) continue;
      wire.notify(method, params);
    }
  }
  wire.notify('textDocument/didChange', { textDocument: { ...textDocument, version: 2 }, contentChanges: [{ range: { start: { line: 900, character: 0 }, end: { line: 0, character: 0 } }, text: '' }] });
  assert.deepEqual(await codes(wire), [rule]);
  assert.equal(wire.process.exitCode, null);
});

/** The stream is out of step after these: it finds its way back, or ends, which the client sees and starts anew. */
for (const [what, bytes] of [
  ['too short a length', 'Content-Length: 10\r\n\r\n{"jsonrpc":"2.0","id":1,"method":"no/such"}'],
  ['too long a length', 'Content-Length: 60\r\n\r\n{"jsonrpc":"2.0","method":"$/x"}'],
  ['no length', 'Content-Type: text\r\n\r\n{"jsonrpc":"2.0","method":"$/x"}'],
  ['a length that is no number', 'Content-Length: many\r\n\r\n{}'],
  ['a negative length', 'Content-Length: -5\r\n\r\n{}'],
  ['no header at all', '{"jsonrpc":"2.0","method":"$/x"}\r\n\r\n'],
] as const) {
  test(`${what}: no hang`, async (t) => {
    const wire = await session(t);
    assert.deepEqual(await codes(wire), [rule]);
    const ended = once(wire.process, 'exit').then(() => 'ended' as const);
    wire.bytes(bytes);
    const answered = (async () => {
      // Of the first messages some are eaten by the broken one.
      for (let tries = 0; tries < 20; tries += 1) {
        const id = wire.begin('textDocument/hover', { textDocument: { uri: wire.uri(YARD) }, position });
        const answer = await wire.answer(id, 500).catch(() => undefined);
        if (answer !== undefined) return 'answered' as const;
      }
      return 'silent' as const;
    })();
    const outcome = await Promise.race([ended, answered]);
    t.diagnostic(outcome);
    assert.notEqual(outcome, 'silent');
    if (outcome === 'answered') assert.deepEqual(await codes(wire), [rule]);
    assert.doesNotMatch(wire.stderr(), /unhandled/i);
  });
}

test('it opens no socket', { skip: process.platform === 'linux' ? false : 'reads /proc' }, async (t) => {
  const wire = await session(t);
  await codes(wire);
  const { pid } = wire.process;
  assert.ok(pid !== undefined);
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
  const own = new Set(open.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  // By the kernel's tables of internet sockets: Node's pipes to its parent are Unix sockets, and no network.
  const internet = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'].flatMap((table) => {
    const lines = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1);
    return lines.map((line) => line.trim().split(/\s+/)[9] ?? '');
  });
  assert.deepEqual(internet.filter((inode) => own.has(inode)), []);
  assert.ok(own.size <= 3, `${own.size} sockets: more than standard input, output and error`);
});
