// Symbolic links to folders: which of them count as the folder they name.
//
// One that stands in the tree and leads out of it does, because a tree may be made of links to another's folders. All
// others are left out: inside the tree they show nothing new, and around the tree or behind such a link they form loops.

import { realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Of a link `name` in `folder`, where both folders are absolute; false for one that names no folder. */
export function isLinkedFolder(tree: string, folder: string, name: string): boolean {
  try {
    const target = realpathSync(join(folder, name));
    if (!statSync(target).isDirectory()) return false;
    const root = realpathSync(tree);
    return isWithin(root, realpathSync(folder)) && !isWithin(root, target) && !isWithin(target, root);
  } catch {
    return false;
  }
}

function isWithin(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`);
}
