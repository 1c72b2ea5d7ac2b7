// `make C=1 CHECK="kreflens check"`: the compiler's arguments are passed over, the tree and the .config are the build's.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, kernelTree, kreflens } from './command-line.ts';

const racy = 'void drop(void)\n{\n\tbad_put(x);\n}\n';

/** As kbuild 6.12 calls the checker on x86, shortened. */
const flags = [
  '-D__linux__', '-Dlinux', '-D__STDC__', '-Dunix', '-D__unix__', '-Wbitwise', '-Wno-return-void', '-Wno-unknown-attribute', '--arch=x86', '-mlittle-endian', '-m64',
  '-Wp,-MMD,drivers/.a.o.d', '-nostdinc', '-I./arch/x86/include', '-I', './include', '-include', './include/linux/kconfig.h', '-D__KERNEL__',
  '-fmacro-prefix-map=./=', '-std=gnu11', '--param=allow-store-data-races=0', '--param', 'x=1', '-o', 'drivers/a.c', '-DKBUILD_BASENAME="a"', '-D', 'X=y.c',
];

test('the file is found among the flags, findings are printed, the build goes on', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/b.c': racy });
  const ran = await kreflens(root, ['check', ...flags, 'drivers/b.c']);
  assert.equal(ran.status, 0, ran.err);
  assert.match(ran.out, /^drivers\/b\.c:3:2: warning: /);
  assert.equal(ran.err, '');
});

test('O=: the tree is $srctree, the .config the output folder\'s', async (t) => {
  const root = folder(t, { 'linux/Kconfig': '', 'linux/include/linux/kref.h': '', 'linux/drivers/b.c': racy, 'build/.config': 'CONFIG_SAY=y\n', 'build/other': 'CONFIG_X=y\n' });
  const env = (more: Readonly<Record<string, string>> = {}) => ({ env: (name: string) => ({ srctree: '../linux', objtree: '.', ...more })[name] });
  const check = (change: Parameters<typeof kreflens>[2], ...args: string[]) => kreflens(`${root}/build`, ['check', ...flags, ...args, '../linux/drivers/b.c'], change);
  assert.match((await check(env())).out, /^drivers\/b\.c:3:2: [^]*only with CONFIG_SAY/);
  assert.doesNotMatch((await check(env({ KCONFIG_CONFIG: 'other' }))).out, /only with/);
  assert.doesNotMatch((await check(env({ KCONFIG_CONFIG: 'absent' }))).out, /only with/);
  assert.doesNotMatch((await check(env(), '--kconfig', 'other')).out, /only with/);
  const output = { env: (name: string) => ({ KBUILD_OUTPUT: `${root}/build` })[name] };
  assert.match((await kreflens(`${root}/linux`, ['check', ...flags, 'drivers/b.c'], output)).out, /only with CONFIG_SAY/);
});

test('own options may stand among the compiler\'s', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/b.c': racy });
  const ran = await kreflens(root, ['check', '--no-timing', ...flags, '--format', 'json', '--min-confidence=high', '--rule', 'final-put-outside-lookup-lock', 'drivers/b.c']);
  assert.equal(ran.status, 0, ran.err);
  assert.equal(JSON.parse(ran.out).findings.length, 1);
  assert.match((await kreflens(root, ['check', ...flags, '--rule', 'nope', 'drivers/b.c'])).err, /unknown rule 'nope'/);
});

test('--kbuild says so where no flag does', async (t) => {
  const root = folder(t, { ...kernelTree, 'drivers/b.c': racy });
  for (const args of [['--kbuild', 'drivers/b.c'], ['--kbuild', '--', '-DX', 'drivers/b.c']]) {
    const ran = await kreflens(root, ['check', ...args]);
    assert.equal(ran.status, 0, ran.err);
    assert.match(ran.out, /^drivers\/b\.c:3:2: /);
  }
  assert.equal((await kreflens(root, ['check', 'drivers/b.c'])).status, 1);
});

test('what cannot be checked stops the build', async (t) => {
  const root = folder(t, { ...kernelTree });
  for (const [args, message] of [
    [[...flags, 'drivers/none.c'], /^kreflens: drivers\/none\.c: no such file or folder\n$/],
    [flags, /^kreflens: no C file among the arguments of the compiler\n$/],
  ] as const) {
    const ran = await kreflens(root, ['check', ...args]);
    assert.equal(ran.status, 2);
    assert.match(ran.err, message);
  }
  assert.deepEqual(await kreflens(root, ['check', ...flags, 'arch/x86/entry.S']), { status: 0, out: '', err: '' });
});
