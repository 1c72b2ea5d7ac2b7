// The settings' ways to the server, and what those do that change what is found or shown.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import type { Diagnostic } from 'vscode-languageserver-protocol';

import { folder, kernelTree } from '../faces/command-line.ts';
import { YARD, yard } from '../faces/yard.ts';
import { clients, vscode } from './clients.ts';
import { openSession, type LocalSession, type SessionOptions } from './session.ts';
import { initialize, open, startServer } from './wire.ts';

async function session(t: TestContext, files: Readonly<Record<string, string>>, options: SessionOptions, text = yard): Promise<{ editor: LocalSession; root: string }> {
  const root = folder(t, { ...kernelTree, [YARD]: yard, ...files });
  const editor = await openSession(root, options);
  t.after(() => editor.close());
  await editor.open(YARD, text);
  return { editor, root };
}

async function found(editor: LocalSession): Promise<readonly string[]> {
  const { items } = await editor.rpc.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri: editor.uri(YARD) } });
  return items.map(({ code, data }) => `${String(code)} in ${(data as { function: string }).function}()`);
}

const race = (name: string): string => `final-put-outside-lookup-lock in ${name}()`;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 250; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(condition.toString());
}

test('a client that answers questions is asked for its settings: after the start, and when it says they changed', async (t) => {
  let configuration: object | null = { minConfidence: 'high', inlayHints: { enabled: true } };
  const { editor } = await session(t, {}, { configuration: () => configuration });
  const hints = async () => (await editor.rpc.sendRequest<unknown[]>('textDocument/inlayHint', {
    textDocument: { uri: editor.uri(YARD) }, range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
  })).length;
  await until(async () => (await hints()) > 0);
  assert.ok(editor.requested.includes('workspace/inlayHint/refresh'));
  configuration = { inlayHints: { enabled: false } };
  await editor.rpc.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await until(async () => (await hints()) === 0);
  // A client without such a section answers null.
  configuration = null;
  await editor.rpc.sendNotification('workspace/didChangeConfiguration', { settings: {} });
  assert.equal(await hints(), 0);
});

test('clients are not asked what they did not say they can', async (t) => {
  for (const client of clients) {
    const { editor } = await session(t, {}, { capabilities: client.capabilities });
    await editor.rpc.sendNotification('workspace/didChangeConfiguration', { settings: { kreflens: { codeLens: { enabled: true } } } });
    const lenses = await editor.rpc.sendRequest<unknown[]>('textDocument/codeLens', { textDocument: { uri: editor.uri(YARD) } });
    assert.ok(lenses.length > 0);
    const may = [
      ...(client.capabilities.workspace?.codeLens?.refreshSupport === true ? ['workspace/codeLens/refresh'] : []),
      ...(client.capabilities.workspace?.inlayHint?.refreshSupport === true ? ['workspace/inlayHint/refresh'] : []),
      ...(client.capabilities.workspace?.diagnostics?.refreshSupport === true ? ['workspace/diagnostic/refresh'] : []),
    ];
    assert.deepEqual(editor.requested.filter((method) => !may.includes(method)), [], client.name);
  }
});

const branches = yard.replace('void boat_forget(struct boat *boat)\n{', '#ifdef CONFIG_CAREFUL\nvoid boat_forget(struct boat *boat)\n{\n\tboat_put(boat);\n}\n#else\nvoid boat_forget(struct boat *boat)\n{')
  .replace('\tkref_put(&boat->ref, boat_release);\n}\n\nint boat_visits', '\tkref_put(&boat->ref, boat_release);\n}\n#endif\n\nint boat_visits');

test('a .config settles the branches of #if, from the start and when it changes', async (t) => {
  const { editor, root } = await session(t, { '.config': 'CONFIG_CAREFUL=y\n' }, {}, branches);
  assert.deepEqual(await found(editor), [race('boat_forget')]);
  const set = (kconfig: string) => editor.rpc.sendNotification('workspace/didChangeConfiguration', { settings: { kreflens: { kconfig } } });
  await set('.config');
  assert.deepEqual(await found(editor), []);
  writeFileSync(join(root, '.config'), '# CONFIG_CAREFUL is not set\n');
  await editor.rpc.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('.config'), type: 2 }] });
  assert.deepEqual(await found(editor), [race('boat_forget')]);
  await set('absent.config');
  assert.deepEqual(await found(editor), [race('boat_forget')], 'all branches, as without');

  writeFileSync(join(root, '.config'), 'CONFIG_CAREFUL=y\n');
  const fresh = await openSession(root, { initializationOptions: { kconfig: '.config' } });
  t.after(() => fresh.close());
  await fresh.open(YARD, branches);
  assert.deepEqual(await found(fresh), []);
});

test('only changed: what a function did at the last commit is not brought up again', async (t) => {
  let head: string | undefined = yard;
  const { editor } = await session(t, {}, { initializationOptions: { onlyChanged: true }, world: { headText: () => head } });
  assert.deepEqual(await found(editor), []);
  let version = 1;
  const change = async (text: string): Promise<void> => editor.change(YARD, (version += 1), [{ text }]);

  await change(`/* moved */\n\n${yard.replaceAll('boat->visits', 'boat -> visits')}`);
  assert.deepEqual(await found(editor), [], 'moved and reformatted, to the same effect');

  await change(yard.replace('\tboat->visits = 0;\n', ''));
  assert.deepEqual(await found(editor), [], 'a counter is no effect');

  await change(yard.replace('\tboat_put_locked(boat);\n\tmutex_unlock(&boats_lock);', '\tmutex_unlock(&boats_lock);\n\tkref_put(&boat->ref, boat_release);'));
  assert.deepEqual(await found(editor), [race('boat_put')], 'new, and the old one in boat_forget() stays out');

  await change(yard.replace('int boat_visits', 'void boat_lose(struct boat *boat)\n{\n\tkref_put(&boat->ref, boat_release);\n}\n\nint boat_visits'));
  assert.deepEqual(await found(editor), [race('boat_lose')], 'a function that is new altogether');

  await change(yard);
  head = undefined;
  await change(`${yard}\n`);
  assert.deepEqual(await found(editor), [race('boat_forget')], 'no commit at hand: everything');
});

test('only changed, with the real server in a git repository', { skip: spawnSync('git', ['--version']).status === 0 ? false : 'no git' }, async (t) => {
  const root = folder(t, { ...kernelTree, [YARD]: yard });
  const git = (...args: string[]): void => {
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=n', '-c', 'user.email=e@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  git('init', '--quiet');
  const wire = await startServer(t, root);
  await initialize(wire, root, vscode.capabilities, { onlyChanged: true });
  open(wire, YARD, yard);
  const pulled = async (): Promise<number> => {
    const { result } = await wire.ask('textDocument/diagnostic', { textDocument: { uri: wire.uri(YARD) } });
    return (result as { items: Diagnostic[] }).items.length;
  };
  assert.equal(await pulled(), 1, 'nothing is committed: all of the file is new');

  git('add', '.');
  git('commit', '--quiet', '-m', 'yard');
  const other = await startServer(t, root);
  await initialize(other, root, vscode.capabilities, { onlyChanged: true });
  open(other, YARD, yard);
  const { result } = await other.ask('textDocument/diagnostic', { textDocument: { uri: other.uri(YARD) } });
  assert.deepEqual((result as { items: Diagnostic[] }).items, []);
});
