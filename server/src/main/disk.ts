// The real disk, as the engine and the command line see it.

import {
  closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync, writeFileSync, type Dirent,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';

import type { Host, Kind, Result, Stat } from '../cli/host.ts';
import type { Files } from '../ide/workspace.ts';
import { isLinkedFolder } from './linked-folders.ts';

/**
 * Files of a tree (an absolute folder). Only listings are remembered: texts are the engine's to keep. `forget` drops
 * them, after something on the disk changed.
 */
export interface DiskFiles extends Files {
  /** Absolute. */
  readonly root: string;
  forget(): void;
}

/** The root of such files; undefined for others. */
export function rootOf(files: Files): string | undefined {
  return 'root' in files && typeof files.root === 'string' ? files.root : undefined;
}

/** Bytes; larger ones read as absent: no C file is. */
export const largestRead = 64 * 1024 * 1024;

const decoder = new TextDecoder('utf-8');

export function diskFiles(root: string): DiskFiles {
  const listings = new Map<string, readonly string[]>();
  const locate = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  return {
    root,
    read(path) {
      return readText(locate(path));
    },
    list(folder) {
      const full = locate(folder);
      const known = listings.get(full);
      if (known !== undefined) return known;
      // Most of what is asked for on the way through include paths is absent: asking first is cheaper than an error.
      const names = existsSync(full) ? listFolder(full, root) : undefined;
      const listing = names?.ok ? names.value : [];
      listings.set(full, listing);
      return listing;
    },
    forget: () => listings.clear(),
  };
}

/** One for all files: a fresh buffer for each costs more than the reading. */
let buffer = new Uint8Array(1024 * 1024);

function readText(path: string): string | undefined {
  let file: number | undefined;
  try {
    // Without blocking: it may be a pipe that nobody writes to.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > largestRead) return undefined;
    if (stat.size >= buffer.length) buffer = new Uint8Array(2 * stat.size);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count) count = readSync(file, buffer, length, buffer.length - length, null);
    return decoder.decode(buffer.subarray(0, length));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export const disk: Pick<Host, 'stat' | 'real' | 'listFolder' | 'readBytes' | 'writeText'> = {
  stat: (path): Result<Stat> =>
    attempt(() => {
      const stat = statSync(path);
      const kind: Kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'special';
      return { kind, size: stat.isFile() ? stat.size : 0 };
    }),
  real(path) {
    const real = attempt(() => realpathSync(path));
    return real.ok ? real.value : path;
  },
  listFolder,
  readBytes: (path) => attempt(() => readFileSync(path)),
  writeText: (path, text) =>
    attempt(() => {
      // Through a link to the file itself, so that a tree made of links keeps them.
      writeFileSync(realpathSync(path), text);
      return true;
    }),
};

function listFolder(path: string, tree: string): Result<readonly string[]> {
  return attempt(() => {
    const names = readdirSync(path, { withFileTypes: true }).flatMap((entry) => nameOf(path, entry, tree));
    return names.sort();
  });
}

/** Links to files count as files, links to folders only where they lead out of the tree. */
function nameOf(folder: string, entry: Dirent, tree: string): readonly string[] {
  if (entry.isDirectory()) return [`${entry.name}/`];
  if (entry.isFile()) return [entry.name];
  if (!entry.isSymbolicLink()) return [];
  const target = disk.stat(join(folder, entry.name));
  if (target.ok && target.value.kind === 'file') return [entry.name];
  return isLinkedFolder(tree, folder, entry.name) ? [`${entry.name}/`] : [];
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'a folder',
  ELOOP: 'a loop of symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

function attempt<T>(act: () => T): Result<T> {
  try {
    return { ok: true, value: act() };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { ok: false, why: reasons[code] ?? `cannot be read (${code})` };
  }
}
