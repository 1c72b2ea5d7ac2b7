// The installed server with the WebAssembly parser: the client is told once, and with the status; nothing opens a socket.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';

import { folder, kernelTree } from '../faces/command-line.ts';
import { likeVsCode, startEditor } from '../faces/editor-client.ts';
import { current, installed, root } from './vsix.ts';

const places: Record<string, string> = {};
before(() => {
  for (const platform of [current, 'alpine-x64']) places[platform] = installed(platform);
});

/** A client that is told of findings unasked. */
const { diagnostic: _pulled, ...pushedTo } = likeVsCode.textDocument ?? {};

const fixture = readFileSync(join(root, 'test/fixtures/finality/locked-put.bad.c'), 'utf8');
const noSocket = pathToFileURL(join(root, 'test/packages/no-socket.mjs')).href;

/** The programs' own account of sockets, kept by test/packages/no-socket.mjs. */
function witness(t: TestContext): string {
  const aside = mkdtempSync(join(tmpdir(), 'kreflens-sockets-'));
  t.after(() => rmSync(aside, { recursive: true, force: true }));
  return join(aside, 'said');
}

for (const [platform, wanted] of [[current, undefined], ['alpine-x64', /^\d+ gaps?; WebAssembly parser, .*tree-sitter: not installed|^no gaps; WebAssembly parser, .*tree-sitter: not installed/]] as const) {
  test(`the server of ${platform} answers, says what parser it has, and opens no socket`, async (t) => {
    const said = witness(t);
    process.env['KREFLENS_TEST_SOCKETS'] = said;
    t.after(() => delete process.env['KREFLENS_TEST_SOCKETS']);
    const server = join(places[platform] ?? '', 'dist/server.js');
    const editor = await startEditor(t, folder(t, { ...kernelTree, 'a.c': fixture }), {
      capabilities: { ...likeVsCode, textDocument: pushedTo },
      command: ['--import', noSocket, server, '--stdio'], initializationOptions: { status: true },
    });
    const logged: string[] = [];
    editor.rpc.onNotification('window/logMessage', ({ message }: { readonly message: string }) => void logged.push(message));
    await editor.open('a.c', fixture);
    const { diagnostics } = await editor.pushed((push) => push.diagnostics.length > 0);
    assert.equal(diagnostics[0]?.code, 'final-put-outside-lookup-lock');
    const detail = String((editor.statuses.at(-1) as { readonly detail?: string }).detail);
    if (wanted === undefined) assert.doesNotMatch(detail, /parser/);
    else assert.match(detail, wanted);
    assert.equal(logged.filter((line) => line.includes('WebAssembly parser')).length, wanted === undefined ? 0 : 1);
    assert.equal(readFileSync(said, 'utf8'), 'watching\n');
  });
}

for (const args of [['check', '--no-timing', 'locked-put.bad.c'], ['check', '--index', '--tree', '.', 'locked-put.bad.c']]) {
  test(`the command line opens no socket: ${args.join(' ')}`, (t) => {
    const said = witness(t);
    const ran = spawnSync(process.execPath, ['--import', noSocket, join(places[current] ?? '', 'dist/cli.js'), ...args], {
      cwd: join(root, 'test/fixtures/finality'), encoding: 'utf8',
      env: { ...process.env, KREFLENS_TEST_SOCKETS: said, XDG_CACHE_HOME: join(said, '..'), KREFLENS_PARSER: 'wasm' },
    });
    assert.equal(ran.status, 1, ran.stderr);
    assert.deepEqual([...new Set(readFileSync(said, 'utf8').split('\n'))], ['watching', '']);
  });
}

test('a socket would be seen', (t) => {
  for (const act of [
    "import('node:net').then(({ connect }) => connect(9, '127.0.0.1'))",
    "import('node:net').then(({ createServer }) => createServer().listen(0))",
    "import('node:dgram').then(({ createSocket }) => createSocket('udp4'))",
    "import('node:dns').then(({ lookup }) => lookup('localhost', () => undefined))",
    "fetch('http://127.0.0.1:9')",
  ]) {
    const said = witness(t);
    spawnSync(process.execPath, ['--import', noSocket, '-e', act], { env: { ...process.env, KREFLENS_TEST_SOCKETS: said } });
    assert.ok(existsSync(said) && /^watching\n\S/.test(readFileSync(said, 'utf8')), act);
  }
});
