// npm test [-- PATH...]: packages, typechecks and runs every test/**/*.test.ts (or those below PATH), then says what
// was skipped and how to enable it. With CI=true a skip is a failure. Closes with a line `N passed, N failed`.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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

/** In this order, one after the other: what is timed must not share two cores with others. Each file belongs to the first that matches. */
const GROUPS = [
  { folders: ['test/clients/'], concurrency: 1 },
  { folders: ['test/kernel/'], concurrency: 2 },
  { folders: ['test/editor/'], concurrency: 1 },
  { folders: ['test/'], concurrency: 2 },
];

/** Milliseconds after which a test file is killed. */
const FILE_LIMIT = 30 * 60_000;

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

/** Each file in a process of its own, `concurrency` at a time; reported in the order in which they end. */
async function runTests(files, concurrency) {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await runFile(file);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function runFile(file) {
  const start = Date.now();
  const aside = mkdtempSync(join(tmpdir(), 'kreflens-test-'));
  const eventFile = join(aside, 'events');
  const child = spawn(process.execPath, [
    '--import', 'tsx', '--test-reporter=./scripts/test-events.mjs', `--test-reporter-destination=${eventFile}`, file,
  ], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: FILE_LIMIT, killSignal: 'SIGKILL' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { said += data; });
  const [status, signal] = await once(child, 'close');
  const text = existsSync(eventFile) ? readFileSync(eventFile, 'utf8') : '';
  rmSync(aside, { recursive: true, force: true });

  const ended = text.split('\n').filter(line => line !== '').map(line => JSON.parse(line));
  const tests = ended.filter(({ kind }) => kind !== 'end');
  const failedBefore = tally.failed;
  if (said !== '') process.stdout.write(said.endsWith('\n') ? said : `${said}\n`);
  for (const test of tests) count({ ...test, file });
  // A file without a test passes as far as node:test is concerned, and so does one that leaves in the middle.
  const how = signal === null ? `exit status ${status}` : signal;
  if (tests.length === 0) count({ file, path: 'ran no test', kind: 'failed', detail: how });
  else if (!ended.some(({ kind }) => kind === 'end')) count({ file, path: 'ended before its last test', kind: 'failed', detail: how });
  else if (status !== 0 && tally.failed === failedBefore) count({ file, path: 'no test failed, and yet', kind: 'failed', detail: how });
  const failed = tally.failed > failedBefore;
  console.log(`${failed ? 'FAIL' : 'ok  '} ${file}: ${tests.length} in ${seconds(Date.now() - start)}`);
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
