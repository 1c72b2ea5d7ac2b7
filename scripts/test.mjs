// npm test [-- PATH...]: packages, typechecks and runs every test/**/*.test.ts (or those below PATH), then says what
// was skipped and how to enable it. With CI=true a skip is a failure. Closes with a line `N passed, N failed`.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const isCi = process.env.CI === 'true';

/** Where the scripts/ensure-*.sh put things unless told otherwise, and the variable that tells the tests. */
const cache = process.env.KREFLENS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kreflens-test');
const CACHED = {
  KREFLENS_TREE_6_1: join(cache, 'kernels', 'linux-source-6.1'),
  KREFLENS_TREE_6_12: join(cache, 'kernels', 'linux-source-6.12'),
  KREFLENS_EDITOR: join(cache, 'editor'),
};

/** In this order, one after the other: the heavy ones must not share two cores. Each file belongs to the first that matches. */
const GROUPS = [
  { folders: ['test/clients/'], concurrency: 1 },
  { folders: ['test/kernel/'], concurrency: 1 },
  { folders: ['test/editor/'], concurrency: 1 },
  { folders: ['test/'], concurrency: 2 },
];

const HOW_TO_ENABLE = `to enable what was skipped (Debian):
  kernel trees  scripts/ensure-kernels.sh, or set KREFLENS_TREE_6_1 and KREFLENS_TREE_6_12
  editor        scripts/ensure-editor.sh and apt-get install chromium, or set KREFLENS_EDITOR
  neovim        apt-get install neovim
  emacs         apt-get install emacs-nox elpa-eglot`;

const tally = { passed: 0, failed: 0, skipped: [], todo: 0 };
const env = environment();
const wanted = process.argv.slice(2).map(path => relative(root, join(process.cwd(), path)));

step('package', ['scripts/package.mjs']);
step('typecheck', [join('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '-p', '.']);
const all = testFiles();
if (all.length === 0) count({ file: 'test', path: 'no test file', kind: 'failed', detail: `nothing below ${wanted.join(' ') || 'test/'}` });
for (const { files, concurrency } of groupsOf(all)) await runTests(files, concurrency);
finish();

function environment() {
  const found = Object.entries(CACHED).filter(([name, path]) => process.env[name] === undefined && existsSync(path));
  return { ...process.env, ...Object.fromEntries(found) };
}

/** A step before the tests; it counts as one check. */
function step(name, args) {
  const start = Date.now();
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  count({ file: name, path: name, kind: status === 0 ? 'passed' : 'failed', detail: `exit status ${status}` });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds(Date.now() - start)})`);
}

function testFiles() {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts')).map(name => `test/${name}`)
    .filter(file => wanted.length === 0 || wanted.some(path => file === path || file.startsWith(`${path}/`)))
    .sort();
}

/** The light ones first: what they find is found early. */
function groupsOf(files) {
  const groups = GROUPS.map(({ concurrency }) => ({ files: [], concurrency }));
  for (const file of files) {
    groups[GROUPS.findIndex(({ folders }) => folders.some(folder => file.startsWith(folder)))].files.push(file);
  }
  const [light, ...heavy] = [groups.at(-1), ...groups.slice(0, -1)];
  return [light, ...heavy].filter(group => group.files.length > 0);
}

async function runTests(files, concurrency) {
  const ran = new Map(files.map(file => [file, { tests: 0, milliseconds: 0 }]));
  const child = spawn(process.execPath, [
    '--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, '--test-timeout=900000',
    '--test-reporter=./scripts/test-events.mjs', '--test-reporter-destination=stdout', ...files,
  ], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise(resolve => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.kind === 'said') {
      process.stderr.write(event.detail);
      continue;
    }
    const file = relative(root, event.file ?? event.path);
    const group = ran.get(file);
    // node:test reports a file without any test as one test that passed, named like the file.
    const isFileItself = event.path === file || event.path === join(root, file);
    if (isFileItself && event.kind === 'passed') continue;
    if (group !== undefined) {
      group.tests += 1;
      group.milliseconds += event.milliseconds;
    }
    count({ ...event, file });
  }
  const status = await ended;
  for (const [file, { tests, milliseconds }] of ran) {
    if (tests === 0) count({ file, path: 'ran no test', kind: 'failed', detail: 'the file has no test, or ended before its first one' });
    else console.log(`     ${file}: ${tests} in ${seconds(milliseconds)}`);
  }
  if (status !== 0 && tally.failed === 0) {
    count({ file: files.join(' '), path: 'node --test', kind: 'failed', detail: `exit status ${status}, though no test failed` });
  }
}

function count(event) {
  if (event.kind === 'skipped') tally.skipped.push(event);
  else tally[event.kind] += 1;
  if (event.kind === 'failed') console.log(`FAIL ${event.file}: ${event.path}\n${indent(event.detail)}`);
}

function finish() {
  if (tally.todo > 0) console.log(`${tally.todo} known to fail`);
  if (tally.skipped.length > 0) {
    console.log(`\n${tally.skipped.length} skipped:`);
    for (const { file, path, detail } of tally.skipped) console.log(`  ${file}: ${path}: ${detail}`);
    console.log(HOW_TO_ENABLE);
    if (isCi) {
      console.log('CI=true allows no skip: each counts as failed');
      tally.failed += tally.skipped.length;
    }
  }
  console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

function indent(text) {
  return String(text).split('\n').map(line => `     ${line}`).join('\n');
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
