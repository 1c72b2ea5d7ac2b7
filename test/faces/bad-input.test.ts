// What cannot be done is said in exactly one line on standard error, with status 2, and the rest is done: for every
// command, as the program that people start.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
let dist = '';
let tree = '';

const race = readFileSync(join(root, 'test/fixtures/finality/list-kref.bad.c'), 'utf8');
const put = race.split('\n').findIndex((line) => line.includes('kref_put(')) + 1;

before(() => {
  dist = mkdtempSync(join(tmpdir(), 'kreflens-dist-'));
  assert.equal(spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), dist], { encoding: 'utf8' }).status, 0);
  tree = mkdtempSync(join(tmpdir(), 'kreflens-bad-'));
  const files: Readonly<Record<string, string | Uint8Array>> = {
    Kconfig: '', 'include/linux/kref.h': '', 'race.c': race, 'fine.c': 'int f(void)\n{\n\treturn 0;\n}\n', 'notes.txt': 'text\n', 'empty/notes.txt': 'text\n',
    'binary.c': new Uint8Array([105, 0, 59]), 'latin.c': Buffer.from([...Buffer.from('int g(void)\n{\n\treturn 0; /* '), 0xe9, ...Buffer.from(' */\n}\n')]),
    'large.c': new Uint8Array(50 * 1024 * 1024).fill(32), 'oops.txt': 'BUG: x\nCall Trace:\n f+0x1/0x2\n', 'none.c': '',
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(tree, name, '..'), { recursive: true });
    writeFileSync(join(tree, name), content);
  }
  symlinkSync('loop.c', join(tree, 'loop.c'));
  symlinkSync('nowhere.c', join(tree, 'dangling.c'));
  spawnSync('mkfifo', [join(tree, 'pipe.c')]);
});
after(() => {
  rmSync(dist, { recursive: true, force: true });
  rmSync(tree, { recursive: true, force: true });
});

function kreflens(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(dist, 'cli.js'), ...args], {
    cwd: tree, input, encoding: 'utf8', timeout: 60_000, env: { ...process.env, XDG_CONFIG_HOME: join(tree, 'no-config') },
  });
  return { status, out: stdout, err: stderr };
}

const named: readonly (readonly [string, RegExp])[] = [
  ['missing.c', /missing\.c: no such file or folder$/],
  ['dangling.c', /dangling\.c: no such file or folder$/],
  ['loop.c', /loop\.c: a loop of symbolic links$/],
  ['binary.c', /binary\.c: binary, not (C|text)$/],
  ['large.c', /large\.c: larger than 16 MB$/],
  ['pipe.c', /pipe\.c: not a regular file$/],
  ['notes.txt', /notes\.txt: not C|no stack of a kernel in it$/],
  ['empty', /empty: (no C file in this folder|a folder, not a file)$/],
  ['', /'' is not a path$|is not FILE:LINE$|is not \[FILE:\]FUNCTION$/],
];

const takesFile: readonly (readonly [string, (file: string) => readonly string[]])[] = [
  ['check', (file) => ['check', file]],
  ['summary', (file) => ['summary', `${file}:f`]],
  ['race', (file) => ['race', `${file}:1`]],
  ['why', (file) => ['why', `${file}:1`]],
  ['fix', (file) => ['fix', `${file}:1`]],
  ['oops', (file) => ['oops', file]],
];

const others: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /no command given/],
  [['chekc', 'fine.c'], /unknown command 'chekc'/],
  [['check'], /missing required argument/],
  [['check', '--nope', 'fine.c'], /unknown option '--nope'/],
  [['check', '--rule', 'nope', 'fine.c'], /unknown rule 'nope'/],
  [['check', '--format', 'yaml', 'fine.c'], /'yaml' is invalid/],
  [['check', '--rule', 'double-lock', 'fine.c'], /rule 'double-lock' is not implemented yet$/],
  [['check', '--min-confidence', 'huge', 'fine.c'], /'huge' is invalid/],
  [['check', '--jobs', '0', 'fine.c'], /positive number/],
  [['check', '--tree', 'nowhere', 'fine.c'], /--tree nowhere: no such file or folder$/],
  [['check', '--tree', 'fine.c', 'fine.c'], /--tree fine\.c: not a folder$/],
  [['check', '--kconfig', 'nowhere', 'fine.c'], /--kconfig nowhere: no such file or folder$/],
  [['check', '--kconfig', 'notes.txt', 'fine.c'], /--kconfig notes\.txt: not a kernel \.config$/],
  [['check', '--kconfig', 'large.c', 'fine.c'], /--kconfig large\.c: larger than 16 MB$/],
  [['check', '--kconfig', 'empty', 'fine.c'], /--kconfig empty: no such file or folder$/],
  [['check', '--stdin-path', 'notes.txt', '-'], /--stdin-path notes\.txt: not C/],
  [['summary'], /missing required argument/],
  [['summary', 'fine.c:nobody'], /no function 'nobody' in fine\.c/],
  [['summary', 'x y'], /'x y' is not \[FILE:\]FUNCTION$/],
  [['race', 'fine.c'], /'fine\.c' is not FILE:LINE$/],
  [['race', 'fine.c:1'], /no finding/],
  [['why', 'fine.c:1'], /no put at fine\.c:1$/],
  [['fix', 'fine.c:1'], /no finding at fine\.c:1/],
  [['fix', `race.c:${put}`, '--fix', 'nope'], /no fix 'nope'/],
  [['fix', `race.c:${put}`, '--write'], /--write needs --fix/],
  [['oops'], /missing required argument/],
  [['oops', 'oops.txt', 'oops.txt'], /too many arguments/],
  [['oops', '--format', 'sarif', 'oops.txt'], /'sarif' is invalid/],
  [['diff'], /standard input: no patch in it$/],
  [['diff', 'notes.txt'], /'notes\.txt' is not REV\.\.REV; a patch goes to standard input$/],
  [['diff', 'a..b'], /'a': not a git repository$/],
  [['explain'], /missing required argument/],
  [['explain', 'nope'], /unknown rule 'nope'/],
  [['lsp'], /--stdio/],
];

function assertOneLine(args: readonly string[], message: RegExp): void {
  const ran = kreflens(args);
  assert.equal(ran.status, 2, ran.err);
  assert.equal(ran.out, '');
  assert.match(ran.err, /^kreflens: [^\n]+\n$/);
  assert.match(ran.err.trimEnd(), message);
}

for (const [command, args] of takesFile) {
  for (const [file, message] of named) {
    // A log may have any name.
    test(`${command} ${file === '' ? "''" : file}`, () => assertOneLine(args(file), message));
  }
}
for (const [args, message] of others) test(`kreflens ${args.join(' ')}`, () => assertOneLine(args, message));

test('the rest is done, with its own status outranked', () => {
  const ran = kreflens(['check', 'missing.c', 'race.c', 'binary.c']);
  assert.equal(ran.status, 2);
  assert.match(ran.out, /^race\.c:\d+:\d+: warning: /);
  assert.deepEqual(ran.err.split('\n').filter((line) => !line.includes(' in the analysis ')), [
    'kreflens: missing.c: no such file or folder', 'kreflens: binary.c: binary, not C', '',
  ]);
  const summaries = kreflens(['summary', 'fine.c:nobody', 'fine.c:f']);
  assert.equal(summaries.status, 2);
  assert.match(summaries.out, /^fine\.c:1: f\(\)/);
});

test('invalid UTF-8 and an empty file are no failure', () => {
  const latin = kreflens(['check', '--format', 'json', 'latin.c']);
  assert.equal(latin.status, 0, latin.err);
  assert.match(latin.out, /invalid UTF-8 was replaced/);
  assert.deepEqual(kreflens(['check', 'none.c']), { status: 0, out: '', err: '' });
  assert.equal(kreflens(['summary', 'latin.c:g']).status, 0);
});

test('facts of the user that are wrong are one line, and all else is done', (t) => {
  const folder = join(tree, 'no-config', 'kreflens');
  mkdirSync(folder, { recursive: true });
  t.after(() => rmSync(join(tree, 'no-config'), { recursive: true }));
  writeFileSync(join(folder, 'facts.json'), '{ "fact": 1 }');
  const ran = kreflens(['check', 'race.c']);
  assert.equal(ran.status, 2);
  assert.match(ran.err, /^kreflens: no-config\/kreflens\/facts\.json:1:3: 'fact' is not known here\n/);
  assert.match(ran.out, /^race\.c:/);
});
