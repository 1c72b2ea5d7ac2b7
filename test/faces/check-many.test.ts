// A check of many files: cut into parts and given to threads, its output is that of the files one by one, whatever the
// number of threads and the folder it is run from, and a file that kills its worker costs itself only.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { Finding } from '../../server/src/ide/finding.ts';
import type { ManyFiles } from '../../server/src/cli/host.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { checkMany } from '../../server/src/main/check-host.ts';
import { treeTest } from '../support/kernel-tree.ts';
import { folder, kernelTree, kreflens } from './command-line.ts';
import { likeVsCode, startEditor } from './editor-client.ts';

const server = ['--import', 'tsx', fileURLToPath(new URL('../../server/src/main/server.ts', import.meta.url)), '--stdio'];
const fixtures = fileURLToPath(new URL('../fixtures/finality/', import.meta.url));

/** Fixtures in three folders. */
function manyFiles(t: TestContext): string {
  const sources = readdirSync(fixtures).filter((name) => name.endsWith('.c')).slice(0, 40);
  const texts = sources.map((name, at) => [`drivers/${['one', 'one/two', 'three'][at % 3] ?? ''}/${name}`, readFileSync(join(fixtures, name), 'utf8')]);
  return folder(t, { ...kernelTree, ...Object.fromEntries(texts) });
}

async function ran(cwd: string, ...args: string[]): Promise<string> {
  const { status, out, err } = await kreflens(cwd, ['check', '--no-timing', ...args], { openWorkspace });
  assert.equal(status, 1, err);
  return out;
}

for (const format of ['json', 'mail', 'text']) {
  test(`${format}: the same bytes with one thread and with three, from the tree and from elsewhere`, async (t) => {
    const tree = manyFiles(t);
    const one = await ran(tree, '--format', format, '--jobs', '1', 'drivers');
    assert.ok(one.includes('final-put-outside-lookup-lock'));
    assert.equal(await ran(tree, '--format', format, '--jobs', '3', 'drivers'), one);
    assert.equal(await ran('/', '--format', format, '--jobs', '2', join(tree, 'drivers')), one);
    assert.equal(await ran(tree, '--format', format, '--jobs', '2', 'drivers/three', 'drivers/one', 'drivers'), one);
  });
}

test('many files are judged as one by one, and as with the text that standard input gives for one of them', async (t) => {
  const tree = manyFiles(t);
  const findingsOf = (out: string): readonly Finding[] => JSON.parse(out).findings as readonly Finding[];
  const all = findingsOf(await ran(tree, '--format', 'json', 'drivers'));
  const files = [...new Set(all.map(({ file }) => file))];
  const single = await Promise.all(files.map(async (file) => findingsOf(await ran(tree, '--format', 'json', file))));
  assert.deepEqual(all, single.flat());

  const [first = ''] = files;
  const readStdin = () => ({ ok: true, value: new TextEncoder().encode('int quiet;\n') }) as const;
  const typed = await kreflens(tree, ['check', '--format', 'json', '--stdin-path', first, '-', 'drivers'], { openWorkspace, readStdin });
  assert.deepEqual(findingsOf(typed.out), all.filter(({ file }) => file !== first));
});

test('a file that its worker does not survive is named in a gap, and the others are checked', { timeout: 60_000 }, async (t) => {
  const bad = readFileSync(join(fixtures, 'list-kref.bad.c'), 'utf8');
  const tree = folder(t, { ...kernelTree, 'a/bad.c': bad, 'a/die.c': bad, 'a/good.c': bad, 'b/hang.c': bad, 'b/zoo.c': bad });
  const reports = await checkMany(
    { tree, files: ['a/bad.c', 'a/die.c', 'a/good.c', 'b/hang.c', 'b/zoo.c'], texts: new Map(), asked: { choice: { rules: [], minConfidence: 'low' }, extra: 'none' } },
    2, { worker: new URL('./dying-worker.ts', import.meta.url), patience: 6000 },
  );
  const seen = reports.map(({ file, findings, gaps }) => [file, findings.length > 0, gaps.filter(({ kind }) => kind === 'budget').map(({ detail }) => detail)]);
  assert.deepEqual(seen.sort(), [
    ['a/bad.c', true, []], ['a/die.c', false, ['the analysis died']], ['a/good.c', true, []],
    ['b/hang.c', false, ['the analysis took too long']], ['b/zoo.c', true, []],
  ]);
});

/** Small ones, with more files than are worth no thread. */
const FOLDERS = ['drivers/base/firmware_loader', 'drivers/net/wireless/ath/carl9170'];

treeTest('6.12', 'real folders: the same bytes with one and two threads, and the findings that the server has', async (tree, t) => {
  const check = async (cwd: string, ...args: string[]): Promise<string> =>
    (await kreflens(cwd, ['check', '--no-timing', '--format', 'json', '--min-confidence', 'low', ...args], { openWorkspace })).out;
  const one = await check(tree, '--jobs', '1', ...FOLDERS);
  assert.equal(await check(join(tree, 'drivers/base'), '--jobs', '2', '../net/wireless/ath/carl9170', 'firmware_loader'), one);

  const findings = (JSON.parse(one).findings as readonly Finding[]).map((finding) => ({ ...finding, fixes: [] }));
  const editor = await startEditor(t, tree, { capabilities: likeVsCode, command: server, initializationOptions: { minConfidence: 'low' } });
  const shown: Finding[] = [];
  for (const path of FOLDERS.flatMap((each) => readdirSync(join(tree, each), { recursive: true, encoding: 'utf8' }).map((name) => `${each}/${name}`)).sort()) {
    if (!path.endsWith('.c')) continue;
    await editor.open(path, readFileSync(join(tree, path), 'utf8'));
    shown.push(...((await editor.pull(path)).items ?? []).map(({ data }) => data as Finding));
  }
  assert.deepEqual(shown, findings);
  assert.ok(findings.length > 0);
});

test('where no thread can be started the files are checked all the same', async (t) => {
  const tree = manyFiles(t);
  const plain = await ran(tree, '--format', 'json', '--jobs', '2', 'drivers');
  const alone = (run: ManyFiles, jobs: number | undefined) => checkMany(run, jobs, { worker: new URL('./missing-worker.ts', import.meta.url) });
  const { out } = await kreflens(tree, ['check', '--no-timing', '--format', 'json', 'drivers'], { openWorkspace, checkMany: alone });
  assert.equal(out, plain);
});
