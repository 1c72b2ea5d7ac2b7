// The kernel trees that the open documents belong to, each with its engine.

import { dirname, isAbsolute, join } from 'node:path';

import type { WholeTree } from '../ide/around.ts';
import { parseKconfig } from '../ide/kconfig.ts';
import { kernelTreeAbove, pathInTree } from '../ide/tree.ts';
import type { Files, Workspace, WorkspaceOptions } from '../ide/workspace.ts';
import type { World } from './world.ts';

export interface Tree {
  /** Absolute. */
  readonly root: string;
  readonly files: Files & { forget(): void };
  /** Another one after the `.config` changed. */
  workspace: Workspace;
  /** What is known of all files of the tree, once they were indexed: callers elsewhere are found by it. Findings never rest on it. */
  whole?: WholeTree | undefined;
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
  /** Workspace folders, absolute. Documents that are open stay in the tree they are in. */
  changeFolders(added: readonly string[], removed: readonly string[]): void;
  /** The `.config` that settles the #if branches, relative to each tree; empty: none. Texts of open documents have to be told anew. */
  setKconfig(path: string): void;
  /** A second engine on the tree, with the disk's texts. */
  openEngine(tree: Tree): Workspace;
}

/** `fixed`: the tree that the user's settings name. `log` is told of a `.config` that is none. */
export function openTrees(world: World, fixed: string | undefined, log: (message: string) => void): Trees {
  const byRoot = new Map<string, Tree>();
  const rootOf = new Map<string, string>();
  let folders: readonly string[] = [];
  let kconfig = '';

  const optionsFor = (files: Files): WorkspaceOptions => {
    if (kconfig === '') return {};
    const text = files.read(kconfig);
    const options = text === undefined ? undefined : parseKconfig(text);
    if (options !== undefined) return { kconfig: options };
    log(`the setting kconfig: ${kconfig} ${text === undefined ? 'cannot be read' : 'is not a kernel .config'}`);
    return {};
  };

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
      const tree = byRoot.get(root) ?? openTree(root);
      byRoot.set(root, tree);
      return { tree, file: pathInTree(root, path) };
    },
    all: () => [...byRoot.values()],
    changeFolders(added, removed) {
      const gone = new Set(removed);
      // The innermost first, when workspace folders lie in each other.
      folders = [...new Set([...folders, ...added])].filter((folder) => !gone.has(folder)).sort((a, b) => b.length - a.length);
      rootOf.clear();
    },
    openEngine: ({ files }) => openEngine(files),
    setKconfig(path) {
      kconfig = path;
      for (const tree of byRoot.values()) {
        tree.files.forget();
        tree.workspace = openEngine(tree.files);
        tree.generation += 1;
      }
    },
  };

  function openTree(root: string): Tree {
    const files = world.filesOf(root);
    return { root, files, workspace: openEngine(files), generation: 0 };
  }

  function openEngine(files: Files): Workspace {
    return world.openWorkspace(files, optionsFor(files));
  }
}

export function absolutePath(tree: Tree, file: string): string {
  return isAbsolute(file) ? file : join(tree.root, file);
}
