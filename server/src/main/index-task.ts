// What the index's main thread and its workers say to each other, and the work itself: one folder's facts.

import { gunzipSync, gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { emptyFacts, factsOf, FACTS_SCHEMA, type FileFacts } from '../index/facts.ts';
import { encodePack, readPack, unpack } from '../index/pack.ts';
import { knowledgeHash } from '../kernel/knowledge.ts';
import { largestRead } from './disk.ts';
import { sha256, type Store } from './store.ts';

export interface FolderTask {
  /** Absolute. */
  readonly tree: string;
  /** Relative to the tree. */
  readonly folder: string;
  /** Names of its C files. */
  readonly files: readonly string[];
  /** The block that holds the folder's facts as they were: what did not change since is taken from there. */
  readonly earlier?: string;
  /** Files that a worker did not survive, with what is said of them. */
  readonly lost: Readonly<Record<string, string>>;
}

export interface FolderAnswer {
  readonly folder: string;
  readonly key: string;
  /** Of the block in the store; undefined: not kept. */
  readonly integrity: string | undefined;
  /** Hash of each file's content, in the order of the task's files; empty: could not be read. */
  readonly hashes: readonly string[];
  /** The block: a compressed pack. */
  readonly block: Uint8Array;
  /** Files scanned, not found in the store. */
  readonly scanned: number;
}

/** Makes a folder's facts, or finds them in the store. `reached` is told of each file before it is looked at. */
export async function folderFacts(task: FolderTask, store: Store, reached: (file: number) => void): Promise<FolderAnswer> {
  const { tree, folder, files, lost } = task;
  const contents = files.map((name) => readBytes(join(tree, folder, name)));
  const hashes = contents.map((bytes) => (bytes === undefined ? '' : sha256(bytes).slice(0, 40)));
  const key = packKey(folder, files.map((name, index) => `${name} ${hashes[index] ?? ''}`));
  const isWhole = Object.keys(lost).length === 0;
  if (isWhole) {
    const known = await store.get(key);
    if (known !== undefined && openBlock(known.bytes) !== undefined) {
      return { folder, key, integrity: known.integrity, hashes, block: known.bytes, scanned: 0 };
    }
  }
  const earlier = task.earlier === undefined ? new Map<string, FileFacts>() : factsByContent(await store.getPromised(task.earlier));
  let scanned = 0;
  const facts = files.map((name, index) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    const bytes = contents[index];
    const hash = hashes[index] ?? '';
    const same = earlier.get(`${name} ${hash}`);
    if (same !== undefined) return { facts: same, hash };
    const why = lost[name];
    if (why !== undefined) return { facts: emptyFacts(path, why), hash };
    if (bytes === undefined) return { facts: emptyFacts(path, 'cannot be read'), hash };
    reached(index);
    scanned++;
    return { facts: factsOf(path, decoder.decode(bytes)), hash };
  });
  const block = gzipSync(encodePack(folder, facts), { level: 1 });
  // What killed a worker may have been the machine: it is tried again the next time.
  const integrity = isWhole ? await store.put(key, block) : undefined;
  return { folder, key, integrity, hashes, block, scanned };
}

const decoder = new TextDecoder('utf-8');

/** Equal for equal contents, whatever the tree. */
export function packKey(folder: string, files: readonly string[]): string {
  return `facts ${FACTS_SCHEMA} ${knowledgeHash().slice(0, 16)} ${folder} ${sha256(files.join('\n')).slice(0, 40)}`;
}

/** undefined: damaged. */
export function openBlock(block: Uint8Array): ReturnType<typeof readPack> {
  try {
    return readPack(gunzipSync(block).toString('utf8'));
  } catch {
    return undefined;
  }
}

function factsByContent(block: Uint8Array | undefined): Map<string, FileFacts> {
  const pack = block === undefined ? undefined : openBlock(block);
  return new Map(pack?.files.map((file) => [`${file[0]} ${file[1]}`, unpack(pack, file)]));
}

function readBytes(path: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(path);
    return bytes.length > largestRead ? undefined : bytes;
  } catch {
    return undefined;
  }
}
