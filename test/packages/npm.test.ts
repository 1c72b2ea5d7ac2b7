// The command line's package for npm: its contents are held by npm-contents.txt, which UPDATE_GOLDEN=1 writes anew; and
// installed from the file alone, into an empty folder and with no registry at hand, it gives the answers of the repository's.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import manifest from '../../package.json' with { type: 'json' };
import { root } from './vsix.ts';

const golden = new URL('npm-contents.txt', import.meta.url);
const tarball = join(root, `dist/kreflens-cli-${manifest.version}.tgz`);
const isWindows = process.platform === 'win32';

let project = '';
const inPackage = (path: string): string => join(project, 'node_modules/kreflens', path);

before(() => {
  project = mkdtempSync(join(tmpdir(), 'kreflens-npm-'));
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  execFileSync('npm', ['install', '--offline', '--silent', '--no-audit', '--no-fund', '--cache', join(project, '.cache'), tarball], { cwd: project, shell: isWindows });
});
after(() => rmSync(project, { recursive: true, force: true }));

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

test('it holds what is listed, and nothing else', () => {
  const listing = filesIn(inPackage('')).map((path) => `${path}\n`).join('');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, listing);
  assert.equal(listing, readFileSync(golden, 'utf8'));
  assert.ok(statSync(tarball).size <= 10 * 1024 * 1024);
});

test('it needs no other package, and runs nothing when it is installed', () => {
  assert.deepEqual(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.')), ['kreflens']);
  const { name, version, bin, private: isPrivate, ...rest } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'));
  assert.deepEqual([name, version, bin, isPrivate], ['kreflens', manifest.version, manifest.bin, undefined]);
  assert.deepEqual(Object.keys(rest).sort(), ['description', 'engines', 'keywords', 'license', 'type']);
  assert.doesNotMatch(rest.description, /%/);
});

test('the licence of every package that it brings along', () => {
  const notices = readFileSync(inPackage('dist/third-party.txt'), 'utf8');
  const brought = readdirSync(inPackage('dist/node_modules'));
  assert.ok(brought.length >= 4);
  assert.deepEqual(brought.filter((name) => !new RegExp(`^${name} \\d[\\w.-]*: [A-Z]`, 'm').test(notices)), []);
});

for (const parser of ['', 'wasm']) {
  test(`npx kreflens gives the answers of the repository's${parser === '' ? '' : ', with the WebAssembly parser, too'}`, () => {
    const options = { cwd: project, encoding: 'utf8', env: { ...process.env, KREFLENS_PARSER: parser } } as const;
    const args = ['check', '--no-timing', '--format', 'json', join(root, 'test/fixtures/finality/locked-put.bad.c')];
    const theirs = spawnSync('npx', ['--no-install', 'kreflens', ...args], { ...options, shell: isWindows });
    const ours = spawnSync(process.execPath, ['--import', 'tsx', join(root, 'server/src/main/cli.ts'), ...args], { ...options, cwd: root });
    assert.equal(theirs.status, 1, theirs.stderr);
    assert.equal(JSON.parse(theirs.stdout).findings.length, 1);
    assert.equal(theirs.stdout, ours.stdout);
    assert.equal(theirs.stderr.includes('WebAssembly parser'), parser === 'wasm', theirs.stderr);
  });
}

test('its sample has the race, and a rule its page', () => {
  const kreflens = (...args: readonly string[]): string => spawnSync(process.execPath, [inPackage('dist/cli.js'), ...args], { cwd: project, encoding: 'utf8' }).stdout;
  assert.match(kreflens('check', inPackage('dist/sample')), /\[final-put-outside-lookup-lock\]/);
  assert.match(kreflens('explain', 'ref-leak'), /^# ref-leak\n/);
});
