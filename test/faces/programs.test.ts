// The programs as they are installed: a build that stands alone, started as processes.

import assert from 'node:assert/strict';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { folder, kernelTree } from './command-line.ts';
import { likeVsCode, startEditor } from './editor-client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let dist = '';

before(() => {
  // Outside of the repository, so that nothing is found in its node_modules by accident.
  dist = mkdtempSync(join(tmpdir(), 'kreflens-dist-'));
  const build = spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), dist], { encoding: 'utf8' });
  assert.equal(build.status, 0, build.stderr);
  assert.equal(build.stdout + build.stderr, '', 'a good build is quiet');
});
after(() => rmSync(dist, { recursive: true, force: true }));

function kreflens(cwd: string, args: readonly string[], input = '') {
  return spawnSync(process.execPath, [join(dist, 'cli.js'), ...args], { cwd, input, encoding: 'utf8' });
}

test('the native parser loads in the build', () => {
  const script = "const P = require('tree-sitter'); const p = new P(); p.setLanguage(require('tree-sitter-c')); console.log(p.parse('int a;').rootNode.type)";
  const ran = spawnSync(process.execPath, ['-e', script], { cwd: dist, encoding: 'utf8', env: { ...process.env, NODE_PATH: '' } });
  assert.equal(ran.stdout, 'translation_unit\n', ran.stderr);
});

test('cli.js is executable by itself', () => {
  const ran = spawnSync(join(dist, 'cli.js'), ['--version'], { encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('check, explain and their exit statuses', (t) => {
  const tree = folder(t, { ...kernelTree, 'a.c': 'int f(void)\n{\n\treturn 0;\n}\n' });
  assert.equal(kreflens(tree, ['check', 'a.c']).status, 0);
  const piped = kreflens(tree, ['check', '--format', 'json', '--no-timing', '--stdin-path', 'a.c', '-'], 'int f(void) { return 0; }\n');
  assert.equal(piped.status, 0, piped.stderr);
  assert.equal(JSON.parse(piped.stdout).stats.files, 1);
  const missing = kreflens(tree, ['check', 'missing.c']);
  assert.equal(missing.status, 2);
  assert.equal(missing.stderr, 'kreflens: missing.c: no such file or folder\n');
  assert.match(kreflens(tree, ['explain', 'ref-leak']).stdout, /^# ref-leak\n/);
});

test('a reader that leaves early is no failure', () => {
  const ran = spawnSync('sh', ['-c', `"${process.execPath}" "${join(dist, 'cli.js')}" explain ref-leak | true`], { encoding: 'utf8' });
  assert.equal(ran.stderr, '');
});

for (const [what, args] of [['kreflens lsp', ['cli.js', 'lsp', '--stdio']], ['server.js', ['server.js', '--stdio']]] as const) {
  test(`${what} answers an editor`, async (t) => {
    const [program, ...rest] = args;
    const editor = await startEditor(t, folder(t, kernelTree), { capabilities: likeVsCode, command: [join(dist, program ?? ''), ...rest] });
    assert.equal(editor.initialized.serverInfo?.name, 'kreflens');
    await editor.open('a.c', 'int f(void)\n{\n\treturn 0;\n}\n');
    assert.deepEqual((await editor.pull('a.c')).items, []);
  });
}

test('server.js answers over Node IPC, as the VS Code client starts it', async (t) => {
  const child = fork(join(dist, 'server.js'), ['--node-ipc'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  t.after(() => child.kill('SIGKILL'));
  child.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
  const [answer] = await once(child, 'message');
  assert.equal(answer.id, 1);
  assert.equal(answer.result.serverInfo.name, 'kreflens');
});

test('server.js without a transport says so', () => {
  const ran = spawnSync(process.execPath, [join(dist, 'server.js')], { encoding: 'utf8' });
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /^kreflens: /);
});
