// The index as the command line asks for it: with a progress bar, stopped by Ctrl-C, from the user's store.

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import type { IndexHost } from '../cli/host.ts';
import { cacheFolder } from './cache-folder.ts';
import { addShards, buildIndex, buildShard, encodeShard, readShard, type Shard } from './index-build.ts';
import type { IndexRequest } from './index-build.ts';
import { openProgress } from './progress.ts';
import { openStore, removeStore, sha256 } from './store.ts';

/** More workers than this only wait for the main thread. */
const MOST_JOBS = 8;

export const indexHost: IndexHost = {
  build: (tree, jobs) =>
    stoppable(tree, jobs, async (request) => {
      const built = await buildIndex(request);
      if (built === undefined) return undefined;
      return { index: built.index, digest: sha256(built.bytes), scanned: built.scanned, bytes: built.bytes };
    }),
  shard: (tree, jobs, shard) =>
    stoppable(tree, jobs, async (request) => {
      const built = await buildShard(request, shard);
      return built === undefined ? undefined : encodeShard(built);
    }),
  async addShards(paths) {
    const shards: Shard[] = [];
    for (const path of paths) {
      const shard = readShard(path);
      if (typeof shard === 'string') return { ok: false, why: `${path}: ${shard}` };
      shards.push(shard);
    }
    await addShards(cacheFolder(), shards, say);
    return { ok: true, value: true };
  },
  clean() {
    try {
      return { ok: true, value: removeStore(cacheFolder()) };
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) };
    }
  },
  get folder() {
    return cacheFolder();
  },
  storeSize: () => openStore(cacheFolder(), say).size(),
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  write(path, text) {
    try {
      writeFileSync(path, text);
      return { ok: true, value: true };
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) };
    }
  },
};

function say(line: string): void {
  process.stderr.write(`kreflens: ${line}\n`);
}

async function stoppable<T>(tree: string, jobs: number | undefined, act: (request: IndexRequest) => Promise<T | undefined>): Promise<T | undefined> {
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  const progress = openProgress('indexing', process.stderr);
  try {
    return await act({
      tree, cache: cacheFolder(), jobs: Math.min(jobs ?? availableParallelism(), MOST_JOBS), say, signal: stop.signal,
      progress: (done, total) => progress.at(done, total),
    });
  } finally {
    progress.stop();
    process.off('SIGINT', onInterrupt);
  }
}
