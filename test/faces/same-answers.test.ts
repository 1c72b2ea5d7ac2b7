// One engine, two faces: for every fixture the command line and the language server give the same findings.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { Finding } from '../../server/src/ide/finding.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { kernelTreeAbove } from '../../server/src/ide/tree.ts';
import { disk } from '../../server/src/main/disk.ts';
import { kreflens } from './command-line.ts';
import { likeVsCode, startEditor } from './editor-client.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const server = ['--import', 'tsx', fileURLToPath(new URL('../../server/src/main/server.ts', import.meta.url)), '--stdio'];

function cFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return cFiles(path);
      return entry.name.endsWith('.c') ? [path] : [];
    });
}

function treeOf(path: string): string {
  const folder = join(path, '..');
  const kindOf = (at: string) => {
    const stat = disk.stat(at);
    return stat.ok ? stat.value.kind : undefined;
  };
  return kernelTreeAbove(kindOf, folder) ?? folder;
}

const byTree = new Map<string, string[]>();
for (const path of cFiles(fixtures)) byTree.set(treeOf(path), [...(byTree.get(treeOf(path)) ?? []), path]);

for (const [tree, paths] of byTree) {
  test(`the same findings in ${relative(fixtures, tree)}`, async (t) => {
    const editor = await startEditor(t, tree, { capabilities: likeVsCode, command: server });
    for (const path of paths) {
      const file = relative(tree, path);
      const ran = await kreflens(tree, ['check', '--tree', '.', '--format', 'json', file], { openWorkspace });
      // Editors ask for fixes by themselves, one finding at a time.
      const printed = (JSON.parse(ran.out).findings as Finding[]).filter((finding) => finding.file === file).map((finding) => ({ ...finding, fixes: [] }));
      await editor.open(file, readFileSync(path, 'utf8'));
      const shown = ((await editor.pull(file)).items ?? []).map(({ data }) => data as Finding);
      assert.deepEqual(shown, printed, file);
      // The next file is judged as the command line judges it: with nothing else open.
      await editor.rpc.sendNotification('textDocument/didClose', { textDocument: { uri: editor.uri(file) } });
    }
  });
}

test('the demonstration\'s race is among them', async () => {
  const ran = await kreflens(join(fixtures, 'demo'), ['check', '.'], { openWorkspace });
  assert.equal(ran.status, 1, ran.err);
  assert.match(ran.out, /\[final-put-outside-lookup-lock\]/);
});

test('its fixes in JSON are those that the fix command lists', async () => {
  const tree = join(fixtures, 'demo');
  const ran = await kreflens(tree, ['check', '--format', 'json', '.'], { openWorkspace });
  const [finding] = JSON.parse(ran.out).findings as Finding[];
  assert.ok(finding !== undefined && finding.fixes.length > 0);
  const listed = await kreflens(tree, ['fix', '--list', `${finding.file}:${finding.range.start.line + 1}`], { openWorkspace });
  assert.deepEqual(finding.fixes.map(({ id, title }) => `${id}: ${title}`), listed.out.split('\n').filter((line) => /^\S/.test(line)));
});
