// What is read out of kernel logs: which stacks, what each is about, and which function each line names.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { stacksIn, type Frame } from '../../server/src/ide/crash/log.ts';
import { logText } from './logs.ts';

const short = (frame: Frame): string => `${frame.certain ? '' : '? '}${frame.function}${frame.module === undefined ? '' : ` [${frame.module}]`}`;
const stacks = (log: string): string[] => stacksIn(log).map(({ role, line, frames }) => `${role} at ${line}: ${frames.map(short).join(', ')}`);
const first = (line: string): Frame | undefined => stacksIn(`BUG: x\nCall Trace:\n${line}\n`)[0]?.frames[0];

test('a WARNING, an oops and a slub_debug report of 4.4', () => {
  assert.deepEqual(stacks(logText('warning-slub-4.4')), [
    'use at 2: dump_stack, warn_slowpath_common, warn_slowpath_null, kobject_get, shed_get [crate], crate_add [crate], ? trace_hardirqs_on, loader_start',
    'use at 16: entry_make, crate_publish [crate], crate_add [crate], loader_start',
    'allocation at 32: __slab_alloc, kmem_cache_alloc_trace, shed_get [crate], crate_add [crate]',
    'free at 37: __slab_free, kfree, shed_release [crate], kobject_release, kobject_put, crate_unlink [crate], crate_del [crate], loader_start',
  ]);
});

test('a KASAN report of 6.x, out of a syslog', () => {
  assert.deepEqual(stacks(logText('kasan-6.x')), [
    'use at 2: dump_stack_lvl, print_report, ? kasan_complete_mode_report_info, kasan_report, shed_get, crate_add, do_syscall_64',
    'allocation at 17: kasan_save_stack, shed_get',
    'free at 21: kasan_save_stack, __kasan_slab_free, kfree, kobject_cleanup, crate_del',
  ]);
});

test('a decoded refcount_t warning: the sentence above the WARNING is its title, each frame has a place', () => {
  const [stack, ...others] = stacksIn(logText('refcount-decoded'));
  assert.deepEqual(others, []);
  assert.equal(stack?.title, 'refcount_t: addition on 0; use-after-free.');
  assert.deepEqual(stack?.frames.map(({ function: name, source }) => `${name} ${source?.file}:${source?.line}`), [
    'refcount_warn_saturate lib/refcount.c:25', 'shed_get drivers/crate/crate.c:34', 'crate_add drivers/crate/crate.c:71', 'loader_start drivers/loader/loader.c:12',
  ]);
});

for (const [line, expected] of [
  [' f+0x1f/0x20', { function: 'f', line: 3, offset: 31, size: 32, certain: true }],
  [' ? f+0x1/0x2', { function: 'f', line: 3, offset: 1, size: 2, certain: false }],
  [' [<ffffffff81234567>] f.isra.12+0x1/0x2 [mod]', { function: 'f', line: 3, offset: 1, size: 2, certain: true, module: 'mod' }],
  [' f.part.0.constprop.3+0x1/0x2 [mod 0123456789abcdef]', { function: 'f', line: 3, offset: 1, size: 2, certain: true, module: 'mod' }],
  ['[<c0123456>] (g) from [<c0456789>] (f+0x1/0x2)', { function: 'f', line: 3, offset: 1, size: 2, certain: true }],
  [' g from f+0x1/0x2', { function: 'f', line: 3, offset: 1, size: 2, certain: true }],
  ['[c000000001234560] [c0000000004f1234] f+0x1/0x2', { function: 'f', line: 3, offset: 1, size: 2, certain: true }],
  [' f+0x1/0x2 drivers/a/b.c:12', { function: 'f', line: 3, offset: 1, size: 2, certain: true, source: { file: 'drivers/a/b.c', line: 12 } }],
  [' f drivers/a/b.c:12 [inline]', { function: 'f', line: 3, certain: true, source: { file: 'drivers/a/b.c', line: 12 } }],
  [' ? f (./include/linux/a.h:12 (discriminator 3)) mod', { function: 'f', line: 3, certain: false, module: 'mod', source: { file: 'include/linux/a.h', line: 12 } }],
  ['<4>[    1.000000][  T12]  f+0x1/0x2\r', { function: 'f', line: 3, offset: 1, size: 2, certain: true }],
  ['RAX: 0000000000000000 RBX: ffff888012345678', undefined],
  ['Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2', undefined],
] as const) {
  test(`the line ${JSON.stringify(line)}`, () => {
    assert.deepEqual(first(line), expected);
  });
}

test('a report that is printed twice is one', () => {
  const log = logText('refcount-decoded');
  assert.equal(stacksIn(log + log).length, 1);
});

test('a text without stacks has none', () => {
  assert.deepEqual(stacksIn('int main(void) { return 0; }\nWARNING: nothing follows\n'), []);
  assert.deepEqual(stacksIn(''), []);
});

test('no text takes long or throws', () => {
  const started = process.cpuUsage();
  for (const line of ['BUG: in '.repeat(1_000_000), `BUG: x\nCall Trace:\n${'a.'.repeat(4_000_000)}`, `BUG: x\n${' f+0x1/0x2'.repeat(800_000)}`, 'BUG: x\nCall Trace:\n'.repeat(200_000)]) stacksIn(line);
  const { user } = process.cpuUsage(started);
  assert.ok(user < 5_000_000, `${user} microseconds`);
  const piece = fc.constantFrom('BUG: ', 'WARNING: at ', 'Call Trace:', 'Freed by task 1:', 'INFO: Freed in ', ' f+0x1/0x2', ' ? ', ' g (a/b.c:1)', '[<', '>] ', '\n', ' ', 'RIP: ', '---[ end trace', '<TASK>', '\r', 'refcount_t: ');
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    for (const { frames } of stacksIn(pieces.join(''))) assert.ok(frames.length > 0);
  }), { seed: 1, numRuns: 500 });
});
