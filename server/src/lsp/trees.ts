// The kernel trees that the open documents belong to, each with its engine.

import { dirname, isAbsolute, join } from 'node:path';

import { kernelTreeAbove, pathInTree } from '../ide/tree.ts';
import type { Files, Workspace } from '../ide/workspace.ts';
import type { World } from './world.ts';

export interface Tree {
  /** Absolute. */
  readonly root: string;
  readonly files: Files & { forget(): void };
  readonly workspace: Workspace;
  /** Counts the changes of any text of the tree: an answer of the same generation is still good. */
  generation: number;
}

/** A file as its tree's engine spells it. */
export interface Place {
  readonly tree: Tree;
  readonly file: string;
}

export interface Trees {
  /** `path` is absolute. */
  placeOf(path: string): Place;
  all(): readonly Tree[];
  setFolders(folders: readonly string[]): void;
}

/** `fixed`: the tree that the user's settings name. */
export function openTrees(world: World, fixed: string | undefined): Trees {
  const byRoot = new Map<string, Tree>();
  const rootOf = new Map<string, string>();
  let folders: readonly string[] = [];

  const findRoot = (folder: string): string =>
    (fixed !== undefined && !isAbsolute(pathInTree(fixed, folder)) ? fixed : undefined) ??
    kernelTreeAbove(world.kindOf, folder) ??
    folders.find((root) => !isAbsolute(pathInTree(root, folder))) ??
    folder;

  return {
    placeOf(path) {
      const folder = dirname(path);
      const root = rootOf.get(folder) ?? findRoot(folder);
      rootOf.set(folder, root);
      const tree = byRoot.get(root) ?? openTree(world, root);
      byRoot.set(root, tree);
      return { tree, file: pathInTree(root, path) };
    },
    all: () => [...byRoot.values()],
    setFolders(given) {
      // The innermost first, when workspace folders lie in each other.
      folders = [...given].sort((a, b) => b.length - a.length);
      rootOf.clear();
    },
  };
}

function openTree(world: World, root: string): Tree {
  const files = world.filesOf(root);
  return { root, files, workspace: world.openWorkspace(files, {}), generation: 0 };
}

export function absolutePath(tree: Tree, file: string): string {
  return isAbsolute(file) ? file : join(tree.root, file);
}
