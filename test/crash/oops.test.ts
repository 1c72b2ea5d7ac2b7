// `kreflens oops`: the race behind a crash log, and what is said of the rest of the log.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { crash } from '../../server/src/ide/crash/crash.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { folder, kreflens as run } from '../faces/command-line.ts';
import { KERNEL_VERSIONS, treeTest } from '../support/kernel-tree.ts';
import { diskFiles, overlayFiles } from '../support/memory-files.ts';
import { BASE_HEADER, CLASS, CORE, state } from '../support/states.ts';
import { logText } from './logs.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const oops = (args: readonly string[], cwd = here) => run(cwd, ['oops', '--tree', `${here}tree`, ...args], { openWorkspace });

test('a slub_debug log: the free is the put, the WARNING the lookup, the oops comes after it', async () => {
  const ran = await oops(['logs/warning-slub-4.4.txt']);
  assert.equal(ran.status, 1, ran.err);
  const lines = ran.out.split('\n');
  assert.match(lines[0] ?? '', /^drivers\/crate\/crate\.c:62:2: warning: last put of 'c->shed' outside 'sheds_lock', .* \[final-put-outside-lookup-lock\]$/);
  assert.deepEqual(lines.filter((line) => line.startsWith('    logs/')), [
    '    logs/warning-slub-4.4.txt:2: this use is the lookup: shed_get() at line 11 (WARNING: CPU: 1 PID: 1893 at include/linux/kref.h:47 kobject_get+0x4a/0x60())',
    '    logs/warning-slub-4.4.txt:16: this use comes after the lookup, which crate_add() at line 24 calls (BUG: unable to handle kernel paging request at 6b6b6b6b6b6b6bab)',
    '    logs/warning-slub-4.4.txt:37: this free is the put: crate_unlink() at line 43 (INFO: Freed in shed_release+0x25/0x30 [crate] age=3 cpu=0 pid=1890)',
  ]);
  assert.match(ran.out, /^logs\/warning-slub-4\.4\.txt: note: not defined in this tree: __slab_free, /m);
});

test('the put is found though the compiler inlined its function into the caller', async () => {
  const ran = await oops(['logs/kasan-6.x.txt']);
  assert.match(ran.out, /:21: this free may be the put: crate_del\(\) at line 26 /);
  assert.match(ran.out, /:2: this use may be the lookup: shed_get\(\) at line 11 /);
});

test('JSON: stacks by number, the finding as `check` prints it', async () => {
  const ran = await oops(['--format', 'json', 'logs/warning-slub-4.4.txt']);
  const parsed = JSON.parse(ran.out);
  assert.deepEqual(Object.keys(parsed), ['schema', 'tool', 'log', 'stacks', 'matches', 'sharesLookup', 'unmatched', 'unknown', 'checked', 'unchecked', 'left']);
  assert.equal(parsed.matches.length, 1);
  assert.equal(parsed.matches[0].finding.rule, 'final-put-outside-lookup-lock');
  assert.deepEqual(parsed.matches[0].stacks.map((match: { stack: number; is: string }) => [parsed.stacks[match.stack].role, match.is]),
    [['use', 'lookup'], ['use', 'after-lookup'], ['free', 'put']]);
  assert.deepEqual(parsed.checked, ['drivers/crate/crate.c', 'drivers/loader/loader.c']);
  assert.deepEqual(await oops(['--format', 'json', 'logs/warning-slub-4.4.txt']), ran, 'the same bytes from run to run');
});

test('stacks that went elsewhere are said not to be explained', async (t) => {
  const cwd = folder(t, { 'log.txt': 'BUG: KASAN: slab-use-after-free in crate_publish+0x1/0x2\nCall Trace:\n crate_publish+0x1/0x2\n crate_add+0x1/0x9\n\nFreed by task 1:\n kfree+0x1/0x2\n entry_remove+0x1/0x2\n crate_del+0x1/0x2\n' });
  const ran = await oops(['log.txt'], cwd);
  assert.equal(ran.status, 0, ran.err);
  assert.equal(ran.out, `log.txt:1: note: no finding explains 'BUG: KASAN: slab-use-after-free in crate_publish+0x1/0x2': crate_publish <- crate_add
log.txt:6: note: no finding explains 'Freed by task 1:': kfree <- entry_remove <- crate_del
log.txt: note: not defined in this tree: entry_remove, kfree
`);
});

test('standard input is a log, too', async () => {
  const ran = await run(here, ['oops', '--tree', 'tree', '-'], { openWorkspace, readStdin: () => ({ ok: true, value: Buffer.from(logText('refcount-decoded')) }) });
  assert.equal(ran.status, 1);
  assert.match(ran.out, /^ {4}-:2: this use is the lookup: shed_get\(\) at line 9 /m);
});

for (const [what, args, message] of [
  ['no log', [], /missing required argument/],
  ['a log that is not there', ['nowhere.txt'], /nowhere\.txt: no such file or folder/],
  ['a folder', ['d'], /d: a folder, not a file/],
  ['a binary file', ['binary'], /binary: binary, not text/],
  ['a large file', ['large'], /large: larger than 16 MB/],
  ['a text without a stack', ['d/a.c'], /d\/a\.c: no stack of a kernel in it/],
  ['a bad tree', ['--tree', 'nowhere', 'log.txt'], /--tree nowhere: no such file/],
] as const) {
  test(`refuses ${what} in one line`, async (t) => {
    const root = folder(t, { 'd/a.c': 'int a;\n', binary: new Uint8Array([0, 1]), large: new Uint8Array(50 * 1024 * 1024).fill(10), 'log.txt': logText('kasan-6.x') });
    const ran = await run(root, ['oops', ...args]);
    assert.equal(ran.status, 2);
    assert.equal(ran.out, '');
    assert.match(ran.err, /^kreflens: [^\n]*\n$/);
    assert.match(ran.err, message);
  });
}

for (const version of KERNEL_VERSIONS) {
  treeTest(version, 'the crash of 2016: the free is the put of device_del(), the WARNING the lookup', (root) => {
    const tree = diskFiles(root);
    const shipped = new Map([CORE, BASE_HEADER, CLASS].map((path) => [path, tree.read(path) ?? ''] as const));
    const files = overlayFiles(state('B', shipped).files, tree);
    const { explained, unexplained } = crash(files, openWorkspace(files, {}), logText('glue-4.4'));
    const [best] = explained;
    assert.equal(`${best?.finding.rule} in ${best?.finding.function}()`, 'final-put-outside-lookup-lock in device_del()');
    assert.deepEqual(best?.matches.map(({ stack, what, frames }) => `${stack.role} is ${what}: ${frames.map((frame) => frame.function).join(', ')}`), [
      'use is lookup: get_device_parent, kobject_get', 'use is after-lookup: device_add', 'free is put: device_del, kobject_del, kobject_put',
    ]);
    assert.deepEqual(unexplained, []);
  });
}
