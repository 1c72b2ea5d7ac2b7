// The store on disk: blocks by the hash of their content (cacache), and for each tree a manifest of what it is made of.
// Whatever is wrong with it costs time and one line on standard error, never an answer.

import cacache from 'cacache';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Store {
  /** Absolute. */
  readonly folder: string;
  /** undefined: not there, or damaged. */
  get(key: string): Promise<Block | undefined>;
  /** As `get`, for a block that a manifest promises: that it is gone counts as damage. */
  getPromised(integrity: string): Promise<Uint8Array | undefined>;
  /** The block's integrity; undefined: could not be kept. */
  put(key: string, bytes: Uint8Array): Promise<string | undefined>;
  /** The tree's manifest, as it was put; undefined: none, or damaged. */
  manifest(tree: string): unknown;
  putManifest(tree: string, manifest: unknown): void;
  /** Removes the blocks longest unused until at most `most` bytes are left; those in `needed` (integrities) stay. */
  shrink(most: number, needed: ReadonlySet<string>): Promise<void>;
  /** Bytes of all blocks and manifests. */
  size(): number;
}

export interface Block {
  readonly integrity: string;
  readonly bytes: Uint8Array;
}

/** `say` gets at most one line for each kind of trouble. */
export function openStore(folder: string, say: (line: string) => void): Store {
  const blocks = join(folder, 'blocks');
  const manifests = join(folder, 'trees');
  const said = new Set<string>();
  let writable = true;

  const once = (kind: string, line: string): void => {
    if (said.has(kind)) return;
    said.add(kind);
    say(line);
  };
  const damaged = (): void => once('damaged', `the store in ${folder} is damaged: what is missing is made anew`);
  const unwritable = (error: unknown): void => {
    writable = false;
    once('unwritable', `the store in ${folder} cannot be written (${codeOf(error)}): nothing is kept`);
  };

  async function load(integrity: string): Promise<Uint8Array | undefined> {
    try {
      return await cacache.get.byDigest(blocks, integrity);
    } catch {
      damaged();
      // What is there would stay: a block is only written where there is none.
      await cacache.rm.content(blocks, integrity).catch(() => undefined);
      return undefined;
    }
  }

  const manifestPath = (tree: string): string => join(manifests, `${sha256(tree).slice(0, 32)}.json`);

  return {
    folder,
    async get(key) {
      const entry = await cacache.get.info(blocks, key).catch(() => null);
      const bytes = entry === null ? undefined : await load(entry.integrity);
      return entry === null || bytes === undefined ? undefined : { integrity: entry.integrity, bytes };
    },
    getPromised: load,
    async put(key, bytes) {
      if (!writable) return undefined;
      try {
        return String(await cacache.put(blocks, key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
      } catch (error) {
        unwritable(error);
        return undefined;
      }
    },
    manifest(tree) {
      let text: string;
      try {
        text = readFileSync(manifestPath(tree), 'utf8');
      } catch (error) {
        if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error))) damaged();
        return undefined;
      }
      const end = text.indexOf('\n');
      try {
        if (text.slice(0, end) === sha256(text.slice(end + 1))) return JSON.parse(text.slice(end + 1)) as unknown;
      } catch {
        // Said below.
      }
      damaged();
      return undefined;
    },
    putManifest(tree, manifest) {
      if (!writable) return;
      const path = manifestPath(tree);
      const body = JSON.stringify(manifest);
      // Another name first: a reader, or the next start after a crash, sees the old one or the new one.
      const unfinished = `${path}.${process.pid}`;
      try {
        mkdirSync(manifests, { recursive: true });
        writeFileSync(unfinished, `${sha256(body)}\n${body}`);
        renameSync(unfinished, path);
      } catch (error) {
        rmSync(unfinished, { force: true });
        unwritable(error);
      }
    },
    async shrink(most, needed) {
      if (!writable) return;
      try {
        const entries = Object.values(await cacache.ls(blocks)).sort((a, b) => a.time - b.time);
        let bytes = entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
        for (const entry of entries) {
          if (bytes <= most) break;
          if (needed.has(entry.integrity)) continue;
          await cacache.rm.entry(blocks, entry.key);
          await cacache.rm.content(blocks, entry.integrity);
          bytes -= entry.size ?? 0;
        }
      } catch (error) {
        unwritable(error);
      }
    },
    size: () => sizeOf(folder),
  };
}

/** Removes the store. True if there was one. Throws what the disk says. */
export function removeStore(folder: string): boolean {
  const present = statSync(folder, { throwIfNoEntry: false }) !== undefined;
  rmSync(folder, { recursive: true, force: true });
  return present;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isDirectory()) return stat?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
