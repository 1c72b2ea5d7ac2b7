// The benchmark of the whole-tree index: cold and warm, beside tree-sitter's bare parse of the same files on two threads.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** One file in so many is parsed, and the time scaled by bytes: all of them take minutes. */
const SAMPLE = 40;

/** `cli`: path of a built command line. The rows of a table: what, measured, to reach. */
export async function indexRows(cli, tree) {
  const cache = mkdtempSync(join(tmpdir(), 'kreflens-bench-'));
  try {
    const index = (...more) => run(cli, cache, 'index', '--tree', tree, '--jobs', '2', ...more);
    const cold = index('--stats');
    const warm = index();
    const value = (name) => new RegExp(`^${name} +([^,\\n]+)`, 'm').exec(cold.out)?.[1] ?? '?';
    const bare = await bareParse(tree);
    const ratio = cold.seconds / bare.seconds;
    return [
      ['whole tree', cold.out.split('\n')[0].replace(/, [\d.]+ s$/, ''), ''],
      ['cold', `${cold.seconds.toFixed(1)} s`, '360 s'],
      ['bare parse, 2 threads', `${bare.seconds.toFixed(1)} s (of ${bare.files} files, scaled to all ${Math.round(bare.bytes / 1e6)} MB)`, ''],
      ['cold / bare parse', ratio.toFixed(2), '3'],
      ['warm, nothing changed', `${warm.seconds.toFixed(1)} s`, '5 s'],
      ['memory, cold', value('memory'), '2500 MB'],
      ['store', value('store'), '400 MB'],
    ];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function run(cli, cache, ...args) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache } });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, out: stdout };
}

async function bareParse(tree) {
  // Tables of register numbers are not indexed either.
  const files = filesBelow(tree).filter(({ path }) => !path.includes('/drivers/gpu/drm/amd/include/'));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const sample = files.filter((_, at) => at % SAMPLE === 0);
  const start = performance.now();
  await Promise.all([0, 1].map((half) => parsed(sample.filter((_, at) => at % 2 === half).map(({ path }) => path))));
  const share = sample.reduce((sum, { size }) => sum + size, 0) / bytes;
  return { seconds: (performance.now() - start) / 1000 / share, files: sample.length, bytes };
}

function parsed(paths) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./bench-parse.mjs', import.meta.url), { workerData: paths });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : filesBelow(path);
    return entry.isFile() && /\.[ch]$/.test(entry.name) ? [{ path, size: statSync(path).size }] : [];
  });
}
