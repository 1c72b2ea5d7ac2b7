// The C files of a tree with what tells, without reading them, that they did not change.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { compareText } from '../base/order.ts';
import { isLinkedFolder } from './linked-folders.ts';

export interface ListedFile {
  readonly name: string;
  /** Bytes, milliseconds, inode; as a text, because they are only ever compared. */
  readonly stamp: string;
}

/** Folder (relative to the tree, `` for itself) -> its C files by name; in order, folders without any left out. */
export function listTree(tree: string): ReadonlyMap<string, readonly ListedFile[]> {
  const found: [string, readonly ListedFile[]][] = [];
  const visit = (folder: string): void => {
    const files: ListedFile[] = [];
    for (const entry of entriesOf(join(tree, folder))) {
      const { name } = entry;
      if (entry.isDirectory() || (entry.isSymbolicLink() && isLinkedFolder(tree, join(tree, folder), name))) {
        // .git and the like.
        if (!name.startsWith('.')) visit(folder === '' ? name : `${folder}/${name}`);
      } else if (/\.[ch]$/.test(name) && (entry.isFile() || entry.isSymbolicLink())) {
        const stat = statOf(join(tree, folder, name));
        if (stat?.isFile() === true) files.push({ name, stamp: `${stat.size} ${stat.mtimeMs} ${stat.ino}` });
      }
    }
    if (files.length > 0) found.push([folder, files.sort((a, b) => compareText(a.name, b.name))]);
  };
  visit('');
  return new Map(found.sort(([a], [b]) => compareText(a, b)));
}

/** True if the file changed so lately that it may change again and keep its stamp: clocks of disks are coarse. */
export function isFreshlyWritten(file: ListedFile, now: number): boolean {
  return Number(file.stamp.split(' ')[1]) > now - 2000;
}

/** undefined: nothing there, as with a link that leads nowhere or to itself. */
function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
