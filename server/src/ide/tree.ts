// Which kernel tree a path belongs to, and how the path is spelled inside it.

import { dirname, isAbsolute, join, relative, sep } from 'node:path';

/** What stands at an absolute path; undefined: nothing. */
export type KindOf = (path: string) => 'file' | 'folder' | 'special' | undefined;

function looksLikeKernelTree(kindOf: KindOf, folder: string): boolean {
  return kindOf(join(folder, 'Kconfig')) === 'file' && kindOf(join(folder, 'include', 'linux')) === 'folder';
}

/** The nearest of `folder` (absolute) and its parents that has `Kconfig` and `include/linux/`. */
export function kernelTreeAbove(kindOf: KindOf, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (looksLikeKernelTree(kindOf, at)) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** The path relative to the tree with `/`; unchanged (absolute) outside of it. The tree itself is the empty string. */
export function pathInTree(tree: string, path: string): string {
  const inside = relative(tree, path);
  const outside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside ? path : inside.split(sep).join('/');
}

/** The deepest folder that holds all of these absolute folders. */
export function commonFolder(folders: readonly string[]): string {
  const [first, ...rest] = folders;
  let common = first ?? sep;
  while (rest.some((folder) => isAbsolute(pathInTree(common, folder)))) common = dirname(common);
  return common;
}
