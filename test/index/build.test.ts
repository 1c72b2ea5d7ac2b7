// The index of a tree on disk: the same whatever was there before, and whatever happens to the store.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { indexInBackground } from '../../server/src/main/background-index.ts';
import { addShards, buildShard, encodeShard, readShard, type Shard } from '../../server/src/main/index-build.ts';
import { build, filesBelow, smallTree, temporary, write } from './trees.ts';

const FILES = 20;
const command = ['--import', 'tsx', fileURLToPath(new URL('../../server/src/main/cli.ts', import.meta.url))];

test('cold and warm, with one worker and with two: the same bytes; warm scans nothing', async (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  const cold = await build(tree, cache);
  assert.equal(cold.scanned, FILES);
  assert.deepEqual(cold.said, []);
  const warm = await build(tree, cache);
  assert.equal(warm.scanned, 0);
  assert.deepEqual(warm.bytes, cold.bytes);
  assert.deepEqual((await build(tree, temporary(t), { jobs: 2 })).bytes, cold.bytes);
});

test('an edit is found by stamp and content, and only that file is scanned', async (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  await build(tree, cache);
  write(tree, 'net/two.c', 'int net_two(int a)\n{\n\treturn lib_two(a);\n}\n', 1_700_000_100);
  const after = await build(tree, cache);
  assert.equal(after.scanned, 1);
  assert.deepEqual(after.callers('lib_two'), ['net/two.c']);
  assert.deepEqual(after.bytes, (await build(tree, temporary(t))).bytes);
  // Touched, not changed.
  write(tree, 'net/two.c', 'int net_two(int a)\n{\n\treturn lib_two(a);\n}\n', 1_700_000_200);
  assert.equal((await build(tree, cache)).scanned, 0);
  rmSync(join(tree, 'net'), { recursive: true });
  write(tree, 'new/file.c', 'int fresh(void)\n{\n\treturn shed_put(1);\n}\n');
  const moved = await build(tree, cache);
  assert.deepEqual(moved.bytes, (await build(tree, temporary(t))).bytes);
  assert.ok(moved.callers('shed_put').includes('new/file.c') && !moved.callers('shed_put').includes('net/one.c'));
});

test('a file written just now is looked at again, because its stamp may not tell the next change', async (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  const now = Math.floor(Date.now() / 1000);
  write(tree, 'mm/two.c', 'int mm_two(int a)\n{\n\treturn lib_one(a);\n}\n', now);
  await build(tree, cache);
  write(tree, 'mm/two.c', 'int mm_two(int a)\n{\n\treturn lib_two(a);\n}\n', now);
  assert.deepEqual((await build(tree, cache)).callers('lib_two'), ['mm/two.c']);
});

test('two worktrees of one project share', async (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  const first = await build(tree, cache);
  const copy = temporary(t);
  cpSync(tree, copy, { recursive: true });
  const second = await build(copy, cache);
  assert.equal(second.scanned, 0);
  assert.deepEqual(second.bytes, first.bytes);
});

for (const [what, damage] of Object.entries({
  'a truncated manifest': (cache: string) => each(cache, '/trees/', (path) => truncateSync(path, 40)),
  'a manifest of garbage': (cache: string) => each(cache, '/trees/', (path) => writeFileSync(path, 'garbage')),
  'truncated blocks': (cache: string) => each(cache, '/content-v2/', (path) => truncateSync(path, 10)),
  'blocks of garbage': (cache: string) => each(cache, '/content-v2/', (path) => writeFileSync(path, 'garbage')),
  'blocks that are gone': (cache: string) => each(cache, '/content-v2/', (path) => rmSync(path)),
})) {
  test(`${what}: one line, and the same answer; the next start is warm again`, async (t) => {
    const tree = smallTree(t);
    const cache = temporary(t);
    const before = await build(tree, cache);
    damage(cache);
    // Something changed, too, so that the blocks of the rest are needed.
    write(tree, 'mm/one.c', 'int mm_one(int a)\n{\n\treturn lib_two(a);\n}\n', 1_700_000_100);
    const after = await build(tree, cache, { jobs: 2 });
    assert.equal(after.said.length, 1, after.said.join('\n'));
    assert.match(after.said[0] ?? '', /is damaged/);
    assert.notDeepEqual(after.bytes, before.bytes);
    assert.deepEqual(after.bytes, (await build(tree, temporary(t))).bytes);
    const next = await build(tree, cache);
    assert.deepEqual([next.scanned, next.said], [0, []]);
    assert.deepEqual(next.bytes, after.bytes);
  });
}

test('a cache folder that cannot be written: one line, and the same answer', async (t) => {
  const tree = smallTree(t);
  const expected = await build(tree, temporary(t));
  const occupied = join(temporary(t), 'file');
  writeFileSync(occupied, '');
  const places = [join(occupied, 'kreflens')];
  // The superuser may write to what is read-only.
  if (process.getuid?.() !== 0) {
    places.push(temporary(t));
    chmodSync(places[1] ?? '', 0o500);
  }
  for (const cache of places) {
    const built = await build(tree, cache, { jobs: 2 });
    assert.equal(built.said.length, 1, built.said.join('\n'));
    assert.match(built.said[0] ?? '', /cannot be written/);
    assert.deepEqual(built.bytes, expected.bytes);
  }
});

test('a disk that fills up: one line, and the same answer; with room again it is kept', (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  const index = (limit: string) => {
    const script = `${limit} exec "$@"`;
    const ran = spawnSync('sh', ['-c', script, 'sh', process.execPath, ...command, 'index', '--tree', tree, '--stats'], {
      encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache, TSX_DISABLE_CACHE: '1' },
    });
    assert.equal(ran.status, 0, ran.stderr);
    return { digest: /^index .*, (\w+)$/m.exec(ran.stdout)?.[1], err: ran.stderr, out: ran.stdout };
  };
  // Files may grow to one block of 512 bytes: small ones are written, the joined index is not.
  const full = index('ulimit -f 1;');
  assert.match(full.err, /^kreflens: the store in .* cannot be written \(EFBIG\): nothing is kept\n$/);
  const room = index('');
  assert.equal(room.err, '');
  assert.ok(room.digest !== undefined && room.digest === full.digest);
  assert.match(index('').out, /\(0 scanned\)/);
});

test('killed at any moment, the next start gives the same answer without a word', async (t) => {
  const tree = smallTree(t);
  const expected = await build(tree, temporary(t));
  for (const delay of [300, 450, 600, 750]) {
    const cache = temporary(t);
    const child = spawn(process.execPath, [...command, 'index', '--tree', tree], { env: { ...process.env, XDG_CACHE_HOME: cache }, stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const after = await build(tree, join(cache, 'kreflens'));
    assert.deepEqual(after.said, []);
    assert.deepEqual(after.bytes, expected.bytes);
  }
});

test('two at once do not disturb each other', async (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  const both = await Promise.all([build(tree, cache), build(tree, cache)]);
  assert.deepEqual(both[0].bytes, both[1].bytes);
  assert.deepEqual([...both[0].said, ...both[1].said], []);
  const next = await build(tree, cache);
  assert.deepEqual([next.scanned, next.said], [0, []]);
});

test('a stopped run keeps what it did', async (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  const stop = new AbortController();
  const progress = (done: number): void => {
    if (done > 3) stop.abort();
  };
  await assert.rejects(build(tree, cache, { signal: stop.signal, progress }), /stopped/);
  const { scanned } = await build(tree, cache);
  assert.ok(scanned > 0 && scanned < FILES, `${scanned} scanned after the stop`);
});

test('a worker that dies or hangs is replaced, and its file named in a gap', async (t) => {
  const tree = smallTree(t);
  write(tree, 'fs/die.c', 'int fs_die(void)\n{\n\treturn shed_put(1);\n}\n');
  write(tree, 'net/hang.c', 'int net_hang(void)\n{\n\treturn shed_put(1);\n}\n');
  const cache = temporary(t);
  const built = await build(tree, cache, { worker: new URL('./failing-worker.ts', import.meta.url), patience: 3000, jobs: 2 });
  assert.deepEqual(built.gaps, [{ file: 'fs/die.c', detail: 'the scanner died' }, { file: 'net/hang.c', detail: 'the scanner took too long' }]);
  assert.ok(built.callers('shed_put').includes('fs/two.c'), 'the rest of the folder is there');
  // The next start, with a worker that survives them, has no gap.
  const next = await build(tree, cache);
  assert.deepEqual(next.gaps, []);
  assert.equal(next.scanned, 8, 'the two folders of the lost files');
  assert.ok(next.callers('shed_put').includes('net/hang.c'));
});

test('in the background: the same index, and a stop is no failure', async (t) => {
  const tree = smallTree(t);
  const cache = temporary(t);
  const stopped = indexInBackground(tree, assert.fail, () => undefined, cache);
  stopped.stop();
  await stopped.index;
  let files = 0;
  const index = await indexInBackground(tree, assert.fail, (done) => void (files = done), cache).index;
  assert.deepEqual(index?.callers('shed_put'), (await build(tree, temporary(t))).callers('shed_put'));
  assert.ok(files <= FILES);
});

test('four shards made apart and merged give the same bytes, and nothing is left to scan', async (t) => {
  const tree = smallTree(t);
  const whole = await build(tree, temporary(t));
  const shards: Shard[] = [];
  const folder = temporary(t);
  for (const part of [1, 2, 3, 4]) {
    const shard = await buildShard({ tree, cache: temporary(t), jobs: 1, say: assert.fail }, { part, parts: 4 });
    assert.ok(shard !== undefined && shard.parts.length > 0);
    const path = join(folder, `shard-${part}`);
    writeFileSync(path, encodeShard(shard));
    const read = readShard(path);
    assert.ok(typeof read === 'object');
    shards.push(read);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, -20));
    assert.match(String(readShard(path)), /cut short|damaged/);
  }
  const cache = temporary(t);
  await addShards(cache, shards.reverse(), assert.fail);
  const merged = await build(tree, cache);
  assert.equal(merged.scanned, 0);
  assert.deepEqual(merged.bytes, whole.bytes);
});

function each(cache: string, part: string, act: (path: string) => void): void {
  const files = filesBelow(cache).filter((path) => path.includes(part));
  assert.ok(files.length > 0);
  files.forEach(act);
}
