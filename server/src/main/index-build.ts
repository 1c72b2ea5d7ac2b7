// Builds and refreshes a tree's index: what changed is scanned by workers, the rest comes from the store, and all is
// joined. The same tree gives the same bytes, cold or warm, whatever the number of workers.

import { readFileSync } from 'node:fs';

import { FACTS_SCHEMA } from '../index/facts.ts';
import { openIndex, openJoin } from '../index/join.ts';
import type { TreeIndex } from '../index/tree-index.ts';
import { knowledgeHash } from '../kernel/knowledge.ts';
import { type FolderAnswer, type FolderTask, openBlock } from './index-task.ts';
import { runPool, threadScript } from './pool.ts';
import { openStore, sha256, type Store } from './store.ts';
import { isFreshlyWritten, type ListedFile, listTree } from './tree-listing.ts';

export interface IndexRequest {
  /** Absolute, without symbolic links. */
  readonly tree: string;
  /** Folder of the store, absolute. */
  readonly cache: string;
  readonly jobs: number;
  say(line: string): void;
  /** Files looked at so far, and in all. */
  progress?(done: number, total: number): void;
  readonly signal?: AbortSignal;
  /** Milliseconds that a worker may spend on one file. */
  readonly patience?: number;
  /** The worker's script; the usual one if absent. */
  readonly worker?: URL;
}

export interface Built {
  readonly index: TreeIndex;
  /** The joined index: equal for equal trees. */
  readonly bytes: Uint8Array;
  /** Files read and scanned in this run. */
  readonly scanned: number;
}

export interface Shard {
  readonly parts: readonly ShardPart[];
}

export interface ShardPart {
  readonly key: string;
  readonly block: Uint8Array;
}

/** Folder -> how its facts were made. */
interface Manifest {
  readonly schema: string;
  readonly folders: Readonly<Record<string, FolderRecord>>;
  readonly joined: { readonly key: string; readonly integrity: string };
}

interface FolderRecord {
  readonly key: string;
  readonly integrity: string;
  /** Name and stamp of each file. */
  readonly files: readonly (readonly [string, string])[];
}

/** No C file of a kernel takes a second; a minute leaves room for a busy machine. */
const PATIENCE = 60_000;
/** Bytes of the store; about five kernels. */
const LARGEST_STORE = 400 * 1024 * 1024;

/** Blocks read while others are joined. */
const READ_AT_ONCE = 64;

const schema = `${FACTS_SCHEMA} ${knowledgeHash().slice(0, 16)}`;

/** undefined: stopped before the end. What was done till then is in the store. */
export async function buildIndex(given: IndexRequest): Promise<Built | undefined> {
  const request = { ...given, say: onceEach(given.say) };
  const { tree, signal } = request;
  const store = openStore(request.cache, request.say);
  const started = Date.now();
  const listing = listTree(tree);
  const manifest = manifestFrom(store.manifest(tree));
  const kept = new Map<string, FolderRecord>();
  for (const [folder, files] of listing) {
    const record = manifest?.folders[folder];
    if (record !== undefined && isUnchanged(record, files)) kept.set(folder, record);
  }
  const complete = manifest !== undefined && kept.size === listing.size && Object.keys(manifest.folders).length === listing.size;
  if (complete) {
    const built = opened(await store.getPromised(manifest.joined.integrity), 0);
    if (built !== undefined) return built;
  }

  const answers = await scanFolders(request, store, listing, manifest, [...listing.keys()].filter((folder) => !kept.has(folder)));
  if (signal?.aborted === true) return undefined;
  const keyOf = (folder: string): string => kept.get(folder)?.key ?? answers.get(folder)?.key ?? '';
  // Equal contents, equal keys: another tree may have been joined already.
  const isKept = [...answers.values()].every((answer) => answer.integrity !== undefined);
  const joinedKey = `joined ${schema} ${sha256([...listing.keys()].map(keyOf).join('\n')).slice(0, 40)}`;
  const known = isKept ? await store.get(joinedKey) : undefined;
  let bytes = known?.bytes;
  let integrity = known?.integrity;
  if (opened(bytes, 0) === undefined) {
    bytes = await joinFolders(request, store, listing, manifest, kept, answers);
    if (bytes === undefined) return undefined;
    integrity = isKept ? await store.put(joinedKey, bytes) : undefined;
  }
  if (integrity !== undefined) {
    const folders: Record<string, FolderRecord> = {};
    for (const [folder, files] of listing) {
      const answer = answers.get(folder);
      const record = answer?.integrity === undefined ? kept.get(folder) : recordOf(answer.key, answer.integrity, files, started);
      if (record !== undefined) folders[folder] = record;
    }
    store.putManifest(tree, { schema, folders, joined: { key: joinedKey, integrity } } satisfies Manifest);
    const needed = new Set([integrity, ...Object.values(folders).map((record) => record.integrity)]);
    if (store.size() > LARGEST_STORE) await store.shrink(LARGEST_STORE, needed);
  }
  return opened(bytes, [...answers.values()].reduce((sum, answer) => sum + answer.scanned, 0));
}

/** The facts of one part of the tree, for a machine that merges the parts. */
export async function buildShard(given: IndexRequest, shard: { readonly part: number; readonly parts: number }): Promise<Shard | undefined> {
  const request = { ...given, say: onceEach(given.say) };
  const store = openStore(request.cache, request.say);
  const listing = listTree(request.tree);
  const folders = [...listing.keys()].filter((_, index) => index % shard.parts === shard.part - 1);
  const answers = await scanFolders(request, store, listing, undefined, folders);
  if (request.signal?.aborted === true) return undefined;
  return { parts: folders.flatMap((folder) => answers.get(folder) ?? []).map(({ key, block }) => ({ key, block })) };
}

export function encodeShard(shard: Shard): string {
  const lines = shard.parts.map(({ key, block }) => `${key}\t${Buffer.from(block).toString('base64')}\n`);
  return `kreflens-shard ${schema}\n${lines.join('')}`;
}

/** A text instead: why the file is none. */
export function readShard(path: string): Shard | string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const [head, ...lines] = text.split('\n');
  if (head?.startsWith('kreflens-shard ') !== true) return 'not a shard of an index';
  if (head !== `kreflens-shard ${schema}`) return 'a shard of another version of kreflens';
  const parts: ShardPart[] = [];
  if (lines.pop() !== '') return 'the shard is cut short';
  for (const line of lines) {
    const [key = '', encoded = ''] = line.split('\t');
    const block = Buffer.from(encoded, 'base64');
    if (openBlock(block) === undefined) return 'the shard is damaged';
    parts.push({ key, block });
  }
  return { parts };
}

/** Puts shards into the store, so that a build finds them. */
export async function addShards(cache: string, shards: readonly Shard[], say: (line: string) => void): Promise<void> {
  const store = openStore(cache, say);
  for (const { parts } of shards) for (const { key, block } of parts) await store.put(key, block);
}

async function scanFolders(
  request: IndexRequest, store: Store, listing: ReadonlyMap<string, readonly ListedFile[]>, manifest: Manifest | undefined, folders: readonly string[],
): Promise<Map<string, FolderAnswer>> {
  const { tree } = request;
  const answers = new Map<string, FolderAnswer>();
  const total = folders.reduce((sum, folder) => sum + (listing.get(folder)?.length ?? 0), 0);
  let done = 0;
  if (total > 0) request.progress?.(0, total);
  const tasks = folders.map((folder): FolderTask => {
    const earlier = manifest?.folders[folder]?.integrity;
    return { tree, folder, files: (listing.get(folder) ?? []).map(({ name }) => name), ...(earlier === undefined ? {} : { earlier }), lost: {} };
  });
  await runPool<FolderTask, FolderAnswer>({
    script: request.worker ?? threadScript('index-worker'),
    options: { cache: store.folder },
    workers: request.jobs,
    // The largest first: no worker sits at one while the others have nothing left.
    tasks: tasks.sort((a, b) => b.files.length - a.files.length),
    patience: request.patience ?? PATIENCE,
    answered(task, answer) {
      answers.set(task.folder, answer);
      request.progress?.((done += task.files.length), total);
    },
    lost(task, part, why) {
      const file = task.files[part];
      // Not at a file: the machine is to blame, and trying the same again would not end.
      if (file === undefined || task.lost[file] !== undefined) {
        request.say(`the index lacks ${task.folder}: its worker ${why}`);
        return undefined;
      }
      return { ...task, lost: { ...task.lost, [file]: why === 'hung' ? 'the scanner took too long' : 'the scanner died' } };
    },
    said: request.say,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  return answers;
}

async function joinFolders(
  request: IndexRequest, store: Store, listing: ReadonlyMap<string, readonly ListedFile[]>, manifest: Manifest | undefined,
  kept: Map<string, FolderRecord>, answers: Map<string, FolderAnswer>,
): Promise<Uint8Array | undefined> {
  const join = openJoin();
  const missing: string[] = [];
  const blockOf = async (folder: string): Promise<Uint8Array | undefined> => {
    const record = kept.get(folder);
    return record === undefined ? answers.get(folder)?.block : store.getPromised(record.integrity);
  };
  const folders = [...listing.keys()];
  for (let at = 0; at < folders.length; at += READ_AT_ONCE) {
    const some = folders.slice(at, at + READ_AT_ONCE);
    const blocks = await Promise.all(some.map(blockOf));
    some.forEach((folder, index) => {
      const block = blocks[index];
      const pack = block === undefined ? undefined : openBlock(block);
      if (pack !== undefined) join.add(pack);
      else if (kept.has(folder)) missing.push(folder);
    });
  }
  const again = await scanFolders(request, store, listing, manifest, missing);
  if (request.signal?.aborted === true) return undefined;
  for (const [folder, answer] of again) {
    answers.set(folder, answer);
    kept.delete(folder);
    const pack = openBlock(answer.block);
    if (pack !== undefined) join.add(pack);
  }
  return join.finish();
}

function opened(bytes: Uint8Array | undefined, scanned: number): Built | undefined {
  const index = bytes === undefined ? undefined : openIndex(bytes);
  return bytes === undefined || index === undefined ? undefined : { index, bytes, scanned };
}

function manifestFrom(value: unknown): Manifest | undefined {
  const manifest = value as Manifest | undefined;
  return manifest?.schema === schema ? manifest : undefined;
}

function isUnchanged(record: FolderRecord, files: readonly ListedFile[]): boolean {
  return record.files.length === files.length && files.every(({ name, stamp }, index) => record.files[index]?.[0] === name && record.files[index]?.[1] === stamp);
}

function recordOf(key: string, integrity: string, files: readonly ListedFile[], started: number): FolderRecord {
  return { key, integrity, files: files.map((file) => [file.name, isFreshlyWritten(file, started) ? '' : file.stamp] as const) };
}

/** The main thread and every worker meet the same trouble. */
function onceEach(say: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    said.add(line);
    say(line);
  };
}
