// The contract of `kreflens check`: what is read, what is said, and the exit status.

import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { folder, kernelTree, kreflens } from './command-line.ts';

const clean = 'int fine(void) { return 0; }\n';
const racy = 'void drop(void)\n{\n\tbad_put(x);\n}\n';

/** Exactly one line on standard error that matches, and status 2. */
function assertRefused({ status, err }: { status: number; err: string }, message: RegExp): void {
  assert.equal(status, 2, err);
  assert.match(err, /^kreflens: [^\n]*\n$/);
  assert.match(err, message);
}

function heads(out: string): string[] {
  return out.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
}

test('status 0 and no output for clean code, 1 for findings', async (t) => {
  const root = folder(t, { 'clean.c': clean, 'racy.c': racy });
  assert.deepEqual(await kreflens(root, ['check', 'clean.c']), { status: 0, out: '', err: '' });
  const found = await kreflens(root, ['check', 'racy.c']);
  assert.equal(found.status, 1);
  assert.deepEqual(heads(found.out), [
    "racy.c:3:2: warning: last put of 'x' outside 'items_lock', held by find() to find it [final-put-outside-lookup-lock]",
  ]);
});

const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no command', [], /no command given/],
  ['an unknown command', ['chekc'], /unknown command 'chekc'/],
  ['no path', ['check'], /missing required argument/],
  ['an unknown option', ['check', '--frobnicate', 'clean.c'], /unknown option '--frobnicate'/],
  ['an unknown format', ['check', '--format', 'yaml', 'clean.c'], /'yaml' is invalid/],
  ['an unknown confidence', ['check', '--min-confidence', 'huge', 'clean.c'], /'huge' is invalid/],
  ['an unknown rule', ['check', '--rule', 'no-such', 'clean.c'], /unknown rule 'no-such'/],
  ['a bad number of jobs', ['check', '--jobs', '0', 'clean.c'], /positive number/],
  ['a missing file', ['check', 'missing.c'], /missing\.c: no such file or folder/],
  ['a binary file', ['check', 'binary.c'], /binary\.c: binary, not C/],
  ['a file that is not C', ['check', 'notes.txt'], /notes\.txt: not C/],
  ['a folder without C', ['check', 'empty'], /empty: no C file/],
  ['a missing tree', ['check', '--tree', 'nowhere', 'clean.c'], /--tree nowhere: no such file or folder/],
  ['a file as tree', ['check', '--tree', 'notes.txt', 'clean.c'], /--tree notes\.txt: not a folder/],
  ['a missing .config', ['check', '--kconfig', 'no.config', 'clean.c'], /--kconfig no\.config: no such file/],
  ['a .config that is none', ['check', '--kconfig', 'notes.txt', 'clean.c'], /notes\.txt: not a kernel \.config/],
  ['--stdin-path without -', ['check', '--stdin-path', 'a.c', 'clean.c'], /--stdin-path needs/],
  ['a --stdin-path that is not C', ['check', '--stdin-path', 'notes.txt', '-'], /--stdin-path notes\.txt: not C/],
  ['lsp without a transport', ['lsp'], /--stdio/],
];

for (const [what, args, message] of refusals) {
  test(`refuses ${what} in one line`, async (t) => {
    const root = folder(t, { 'clean.c': clean, 'binary.c': new Uint8Array([65, 0, 66]), 'notes.txt': 'not C\n', 'empty/readme': '' });
    assertRefused(await kreflens(root, args), message);
  });
}

test('a failing argument outranks findings, and the rest is still done', async (t) => {
  const root = folder(t, { 'racy.c': racy });
  const ran = await kreflens(root, ['check', 'missing.c', 'racy.c']);
  assertRefused(ran, /missing\.c/);
  assert.equal(heads(ran.out).length, 1);
});

test('an unknown rule beside a known one: the known one is still checked', async (t) => {
  const root = folder(t, { 'racy.c': racy });
  const ran = await kreflens(root, ['check', '--rule', 'no-such', '--rule', 'final-put-outside-lookup-lock', 'racy.c']);
  assertRefused(ran, /no-such/);
  assert.equal(heads(ran.out).length, 1);
});

test('a file larger than 16 MB is refused when named, a gap when found', async (t) => {
  const root = folder(t, { 'd/large.c': new Uint8Array(16 * 1024 * 1024 + 1).fill(32), 'd/racy.c': racy });
  assertRefused(await kreflens(root, ['check', 'd/large.c']), /larger than 16 MB/);
  const ran = await kreflens(root, ['check', 'd', '--format', 'json']);
  assert.equal(ran.status, 1);
  assert.deepEqual(JSON.parse(ran.out).gaps, [{ file: 'large.c', line: 1, kind: 'parse', detail: 'larger than 16 MB' }]);
});

test('a folder with nothing but unusable files still gives a report with its gaps', async (t) => {
  const root = folder(t, { 'd/binary.c': new Uint8Array([0]) });
  const ran = await kreflens(root, ['check', 'd', '--format', 'json']);
  assert.equal(ran.status, 0);
  assert.equal(JSON.parse(ran.out).gaps[0].detail, 'binary, not C');
});

test('an unreadable file and an unreadable folder are said', async (t) => {
  const root = folder(t, { 'a.c': clean, 'd/racy.c': racy, 'd/closed/b.c': clean });
  const denied = { ok: false, why: 'permission denied' } as const;
  const { disk } = await import('../../server/src/main/disk.ts');
  const change = {
    readBytes: (path: string) => (path.endsWith('/a.c') ? denied : disk.readBytes(path)),
    listFolder: (path: string, tree: string) => (path.replace(/\/$/, '').endsWith('/closed') ? denied : disk.listFolder(path, tree)),
  };
  assertRefused(await kreflens(root, ['check', 'a.c'], change), /a\.c: permission denied/);
  const ran = await kreflens(root, ['check', 'd'], change);
  assertRefused(ran, /closed: permission denied/);
  assert.equal(heads(ran.out).length, 1);
});

test('folders are walked in one order, links to folders are not followed, each file is checked once', async (t) => {
  const root = folder(t, { 'b/z.c': racy, 'b/a.c': racy, 'a.c': racy, 'b/c.h': racy, 'b-c.c': racy });
  symlinkSync('..', join(root, 'b', 'loop'));
  const ran = await kreflens(root, ['check', 'b', '.', 'a.c']);
  assert.deepEqual(heads(ran.out).map((line) => line.split(':')[0]), ['a.c', 'b-c.c', 'b/a.c', 'b/z.c']);
});

test('a tree made of links to the folders of another is walked as if they were its own', async (t) => {
  const other = folder(t, { 'drivers/x/racy.c': racy, 'include/linux/kref.h': '', Kconfig: '' });
  const root = folder(t, { 'own/racy.c': racy });
  for (const name of ['drivers', 'include', 'Kconfig']) symlinkSync(join(other, name), join(root, name));
  // Loops: behind the link, around the tree, out of the tree and back, and to itself.
  symlinkSync('..', join(other, 'drivers/x/up'));
  symlinkSync(root, join(other, 'drivers/x/back'));
  symlinkSync(join(root, '..'), join(root, 'own/around'));
  symlinkSync(join(root, 'own'), join(root, 'again'));
  symlinkSync('itself', join(root, 'itself'));
  symlinkSync('itself.c', join(root, 'itself.c'));
  const files = ['drivers/x/racy.c', 'own/racy.c'];
  const ran = await kreflens(root, ['check', '.']);
  assert.deepEqual(heads(ran.out).map((line) => line.split(':')[0]), files);
  const { diskFiles } = await import('../../server/src/main/disk.ts');
  const { listTree } = await import('../../server/src/main/tree-listing.ts');
  assert.deepEqual(['', 'drivers/x', 'own'].map((name) => diskFiles(root).list(name)), [
    ['Kconfig', 'drivers/', 'include/', 'own/'], ['racy.c'], ['racy.c'],
  ]);
  const listed = [...listTree(root)].flatMap(([name, found]) => found.map((file) => `${name}/${file.name}`));
  assert.deepEqual(listed, [files[0], 'include/linux/kref.h', files[1]]);
});

test('invalid UTF-8 is replaced and leaves a gap in its line', async (t) => {
  const bytes = Buffer.concat([Buffer.from('int a;\n/* '), Buffer.from([0xe9]), Buffer.from(' */ bad_put(x);\n')]);
  const root = folder(t, { 'latin.c': bytes });
  const ran = await kreflens(root, ['check', '--format', 'json', 'latin.c']);
  assert.equal(ran.status, 1);
  assert.deepEqual(JSON.parse(ran.out).gaps, [{ file: 'latin.c', line: 2, kind: 'parse', detail: 'invalid UTF-8 was replaced' }]);
});

test('gaps are counted on standard error in the text form', async (t) => {
  const root = folder(t, { 'half.c': 'half {' });
  const ran = await kreflens(root, ['check', 'half.c']);
  assert.deepEqual(ran, { status: 0, out: '', err: 'kreflens: 1 gap in the analysis (1 parse); --format json lists them\n' });
});

test('paths are relative to the nearest kernel tree, absolute outside of it', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/x/racy.c': racy, 'drivers/x/Kconfig': '' });
  const outside = folder(t, { 'other.c': racy });
  const ran = await kreflens(join(root, 'drivers'), ['check', 'x/racy.c', join(outside, 'other.c')]);
  assert.deepEqual(heads(ran.out).map((line) => line.split(':')[0]).sort(), [join(outside, 'other.c'), 'drivers/x/racy.c'].sort());
});

test('without a kernel tree, paths are relative to the folder of PATH', async (t) => {
  const root = folder(t, { 'a/racy.c': racy, 'b/racy.c': racy });
  assert.match((await kreflens(root, ['check', 'a/racy.c'])).out, /^racy\.c:/);
  assert.match((await kreflens(root, ['check', 'a'])).out, /^racy\.c:/);
  assert.match((await kreflens(root, ['check', 'a', 'b'])).out, /^a\/racy\.c:[^]*\nb\/racy\.c:/);
  assert.match((await kreflens(root, ['check', '--tree', '.', 'a'])).out, /^a\/racy\.c:/);
});

test('a path as the output prints it is found in the named tree', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/racy.c': racy });
  const elsewhere = folder(t, {});
  assert.match((await kreflens(elsewhere, ['check', '--tree', root, 'drivers/racy.c'])).out, /^drivers\/racy\.c:3:2:/);
});

test('a tree that is named through a symbolic link is the same tree', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/racy.c': racy });
  const elsewhere = folder(t, {});
  symlinkSync(root, join(elsewhere, 'link'));
  const link = join(elsewhere, 'link');
  assert.match((await kreflens(root, ['check', '--tree', link, 'drivers/racy.c'])).out, /^drivers\/racy\.c:/);
  assert.match((await kreflens(link, ['check', '--tree', root, 'drivers'])).out, /^drivers\/racy\.c:/);
});

test('standard input stands for --stdin-path', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/a.c': clean });
  const readStdin = () => ({ ok: true, value: Buffer.from(racy) }) as const;
  assert.match((await kreflens(root, ['check', '--stdin-path', 'drivers/a.c', '-'], { readStdin })).out, /^drivers\/a\.c:3:2:/);
  assert.match((await kreflens(root, ['check', '-'], { readStdin })).out, /^<stdin>:3:2:/);
  assertRefused(await kreflens(root, ['check', '-']), /standard input: not given/);
});

test('low confidence is left out unless asked for, preview rules unless named', async (t) => {
  const root = folder(t, { 'a.c': 'bad_put(a); bad_put_medium(b); bad_put_low(c); bad_put_preview(d);\n' });
  const count = async (...args: string[]) => heads((await kreflens(root, ['check', 'a.c', ...args])).out).length;
  assert.equal(await count(), 2);
  assert.equal(await count('--min-confidence', 'high'), 1);
  assert.equal(await count('--min-confidence', 'low'), 3);
  assert.equal(await count('--rule', 'double-lock'), 1);
  assert.equal(await count('--rule', 'ref-leak'), 0);
});

test('--kconfig reaches the engine', async (t) => {
  const root = folder(t, { 'a.c': racy, '.config': '# a comment\nCONFIG_SAY=y\n# CONFIG_OTHER is not set\nCONFIG_NAME="x"\n' });
  assert.match((await kreflens(root, ['check', 'a.c', '--kconfig', '.config'])).out, /only with CONFIG_SAY/);
  assert.doesNotMatch((await kreflens(root, ['check', 'a.c'])).out, /only with/);
});

test('the same bytes from run to run, with --no-timing also in JSON', async (t) => {
  const root = folder(t, { 'a.c': racy, 'b.c': racy });
  let clock = 0;
  const now = () => (clock += 17);
  for (const format of ['text', 'json', 'sarif', 'github', 'gitlab', 'junit', 'mail']) {
    const once = await kreflens(root, ['check', '.', '--format', format, '--no-timing'], { now });
    const again = await kreflens(root, ['check', 'b.c', 'a.c', '.', '--format', format, '--no-timing'], { now });
    assert.equal(once.status, 1);
    assert.equal(again.out, once.out, format);
  }
  assert.equal(JSON.parse((await kreflens(root, ['check', 'a.c', '--format', 'json'], { now })).out).stats.milliseconds, 17);
  assert.equal('milliseconds' in JSON.parse((await kreflens(root, ['check', 'a.c', '--format', 'json', '--no-timing'])).out).stats, false);
});
