// From a called name to the definition it reaches.

import type { TreeIndex } from '../index/tree-index.ts';
import type { Knowledge } from '../kernel/schema.ts';
import type { FunctionItem } from '../syntax/items.ts';
import type { FunctionRef } from './code.ts';
import { isWeak, preferred } from './choice.ts';
import { baseOf, folderOf, inside } from './paths.ts';
import { byCodeUnit, type SourceFile, type Store } from './store.ts';
import type { Symbols } from './symbols.ts';

export interface Resolver {
  resolve(name: string, fromFile: string): FunctionRef | undefined;
  /** The same, where the file itself or a header it includes has the definition: no other source file is looked into. */
  resolveNear(name: string, fromFile: string): FunctionRef | undefined;
  /** The definition of a name in one file. */
  definitionIn(path: string, name: string, linkage: 'any' | 'extern'): FunctionRef | undefined;
  /** After a change inside bodies of a file: which definition is reached is as before, but it may be a new object. */
  forgetRefs(file: string): void;
  release(file: string): void;
  /** After a change of declarations. */
  clear(): void;
}

/** How far below the tree's root source files are looked for by name: drivers/usb/core/hub.c is three folders down. */
const searchDepth = 3;
/** Their files are not linked into the kernel, or are looked for by architecture (arch). */
const noSources: ReadonlySet<string> = new Set(['Documentation/', 'LICENSES/', 'arch/', 'include/', 'rust/', 'samples/', 'scripts/', 'tools/']);
const defaultArch = 'arch/x86/';
const maxCandidates = 200;

interface TreeNames {
  /** Plain stem of a source file's name -> its paths. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** What stands before a dash of such a stem (`foo` and `foo-bar` of foo-bar-baz.c) -> paths. */
  readonly begun: ReadonlyMap<string, readonly string[]>;
  /** Plain stem of a folder's name -> its paths. */
  readonly folders: ReadonlyMap<string, readonly string[]>;
}

export function openResolver(store: Store, symbols: Symbols, knowledge: Knowledge, withConfig: boolean, index: TreeIndex | undefined): Resolver {
  const answers = new Map<string, Map<string, FunctionRef | undefined>>();
  const nearAnswers = new Map<string, Map<string, FunctionRef | undefined>>();
  const folderIndexes = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const treeNames = new Map<string, TreeNames>();
  // By header and the caller's folder: candidates; by name as well: the file that was found.
  const likeHeaders = new Map<string, { readonly candidates: readonly string[]; readonly found: Map<string, string | undefined> }>();

  function resolve(name: string, fromFile: string): FunctionRef | undefined {
    let names = answers.get(fromFile);
    if (names === undefined) answers.set(fromFile, (names = new Map()));
    if (!names.has(name)) names.set(name, search(name, fromFile));
    return names.get(name);
  }

  function resolveNear(name: string, fromFile: string): FunctionRef | undefined {
    let names = nearAnswers.get(fromFile);
    if (names === undefined) nearAnswers.set(fromFile, (names = new Map()));
    if (!names.has(name)) names.set(name, searchNear(name, fromFile));
    return names.get(name);
  }

  function search(name: string, fromFile: string): FunctionRef | undefined {
    const near = resolveNear(name, fromFile);
    if (near !== undefined) return near;
    if (index === undefined) return inFolder(folderOf(fromFile), name) ?? atHome(name) ?? byDeclaration(name, fromFile);
    return byIndex(index, name, fromFile);
  }

  function searchNear(name: string, fromFile: string): FunctionRef | undefined {
    const own = definitionIn(fromFile, name, 'any');
    if (own !== undefined) return own;
    for (const path of symbols.holding(name, fromFile)) {
      const source = store.file(path);
      if (source === undefined || path === fromFile) continue;
      const found = inlineOf(source, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Of several definitions of a name the same folder's counts, then its home's, then the nearest one that is linked with the caller. */
  function byIndex(tree: TreeIndex, name: string, fromFile: string): FunctionRef | undefined {
    const folder = folderOf(fromFile);
    const all = [...new Set([...tree.definitions(name), ...store.changed()])].filter((path) => path.endsWith('.c') && path !== fromFile);
    const home = knowledge.homes.get(name);
    const ranks = new Map(all.map((path) => [path, folderOf(path) === folder ? 0 : path === home ? 1 : isLinkedWith(path, fromFile) ? 2 : 3]));
    const near = nearTo(fromFile);
    const candidates = all.filter((path) => ranks.get(path) !== 3).sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0) || near(a, b));
    return firstStrong(candidates, name);
  }

  /**
   * A header that both declares a function and defines it inline holds the empty stub for an option that is off;
   * then the external one is meant, unless a known configuration has left only the stub.
   */
  function inlineOf(source: SourceFile, name: string): FunctionRef | undefined {
    const items = source.names.get(name) ?? [];
    const bodies = items.filter((item): item is FunctionItem => item.kind === 'function');
    const best = preferred(bodies, source.text);
    if (best === undefined) return undefined;
    const declared = items.some((item) => item.kind === 'prototype' && !/^\s*static\b/.test(source.text.slice(item.span.start, item.span.end)));
    if (declared && !(withConfig && best.config.length > 0)) return undefined;
    return source.refOf(best);
  }

  function definitionIn(path: string, name: string, linkage: 'any' | 'extern'): FunctionRef | undefined {
    const source = store.file(path);
    if (source === undefined) return undefined;
    const bodies = (source.names.get(name) ?? []).filter(
      (item): item is FunctionItem => item.kind === 'function' && (linkage === 'any' || !item.isStatic),
    );
    const best = preferred(bodies, source.text);
    return best === undefined ? undefined : source.refOf(best);
  }

  function inFolder(folder: string, name: string): FunctionRef | undefined {
    return firstStrong(folderIndex(folder).get(name) ?? [], name);
  }

  /** What may be external functions of a folder's source files: name -> the files that seem to define it. */
  function folderIndex(folder: string): ReadonlyMap<string, readonly string[]> {
    let index = folderIndexes.get(folder);
    if (index === undefined) {
      const made = new Map<string, string[]>();
      for (const path of store.sources(folder)) {
        for (const name of headsIn(store.text(path) ?? '')) {
          const paths = made.get(name);
          if (paths === undefined) made.set(name, [path]);
          else paths.push(path);
        }
      }
      folderIndexes.set(folder, (index = made));
    }
    return index;
  }

  function firstStrong(paths: Iterable<string>, name: string): FunctionRef | undefined {
    let weak: FunctionRef | undefined;
    for (const path of paths) {
      const found = definitionIn(path, name, 'extern');
      if (found === undefined) continue;
      if (!isWeak(found.item, store.file(path)?.text ?? '')) return found;
      weak ??= found;
    }
    return weak;
  }

  function atHome(name: string): FunctionRef | undefined {
    const home = knowledge.homes.get(name);
    return home === undefined || !store.exists(home) ? undefined : definitionIn(home, name, 'extern');
  }

  function byDeclaration(name: string, fromFile: string): FunctionRef | undefined {
    for (const { path: header } of symbols.visible(name, 'prototype', fromFile)) {
      if (!header.endsWith('.h')) continue;
      const folder = folderOf(header);
      const isPublic = /^(?:arch\/[^/]+\/)?include\//.test(header);
      const near = isPublic ? undefined : inFolder(folder, name) ?? inFolder(folderOf(folder), name);
      const found = near ?? inSourceLike(header, name, fromFile);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * Looks in source files called like the header (foo.h: foo.c, foocore.c, then foo_bar.c), and in those of folders
   * called like it; of each kind the nearest to the caller first.
   */
  function inSourceLike(header: string, name: string, fromFile: string): FunctionRef | undefined {
    const key = `${header}\n${folderOf(fromFile)}`;
    let known = likeHeaders.get(key);
    if (known === undefined) likeHeaders.set(key, (known = { candidates: likeHeader(header, fromFile), found: new Map() }));
    if (!known.found.has(name)) {
      known.found.set(name, firstStrong(mentioning(known.candidates, name), name)?.file);
    }
    const path = known.found.get(name);
    return path === undefined ? undefined : definitionIn(path, name, 'extern');
  }

  function* mentioning(paths: readonly string[], name: string): Generator<string> {
    for (const path of paths) if (store.text(path)?.includes(`${name}(`) === true) yield path;
  }

  function likeHeader(header: string, fromFile: string): readonly string[] {
    const arch = /^arch\/[^/]+\//.exec(fromFile)?.[0] ?? defaultArch;
    let tree = treeNames.get(arch);
    if (tree === undefined) treeNames.set(arch, (tree = readTreeNames(store, arch)));
    const stem = plainStem(baseOf(header), '.h');
    const near = nearTo(fromFile);
    const exact = [...(tree.sources.get(stem) ?? []), ...(tree.sources.get(`${stem}core`) ?? [])];
    const begun = [...(tree.begun.get(stem) ?? [])];
    const folders = (tree.folders.get(stem) ?? []).flatMap((folder) => [folder, inside(folder, 'core')]).sort(near);
    const candidates = [...exact.sort(near), ...begun.sort(near), ...folders.flatMap((folder) => store.sources(folder))];
    return [...new Set(candidates.slice(0, maxCandidates))];
  }

  function forgetRefs(file: string): void {
    for (const names of [...answers.values(), ...nearAnswers.values()]) {
      for (const [name, ref] of names) if (ref?.file === file) names.delete(name);
    }
  }

  return {
    resolve,
    resolveNear,
    definitionIn,
    forgetRefs,
    release(file) {
      answers.delete(file);
      nearAnswers.delete(file);
      forgetRefs(file);
    },
    clear() {
      answers.clear();
      nearAnswers.clear();
      folderIndexes.clear();
      treeNames.clear();
      likeHeaders.clear();
    },
  };
}

/** kobject_uevent.c and kobject-uevent.c are alike. */
function plainStem(name: string, ending: string): string {
  return name.slice(0, -ending.length).replaceAll('_', '-');
}

/** More leading folders in common first, an architecture's own last, then the shorter path, then by name. */
function nearTo(fromFile: string): (a: string, b: string) => number {
  const parts = folderOf(fromFile).split('/');
  const common = (path: string): number => {
    const other = path.split('/');
    let count = 0;
    while (count < parts.length && parts[count] === other[count]) count++;
    return count;
  };
  const isArch = (path: string): number => (path.startsWith('arch/') ? 1 : 0);
  return (a, b) => common(b) - common(a) || isArch(a) - isArch(b) || a.split('/').length - b.split('/').length || byCodeUnit(a, b);
}

/**
 * Names before a parenthesis on lines that begin in the first column: all functions a source file defines, and more.
 * Much cheaper than reading the file; who is told a name still looks.
 */
function headsIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [line] of text.matchAll(/^[A-Za-z_].*\(/gm)) {
    for (const [, name] of line.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)) if (name !== undefined) names.add(name);
  }
  return names;
}

function readTreeNames(store: Store, arch: string): TreeNames {
  const sources = new Map<string, string[]>();
  const begun = new Map<string, string[]>();
  const folders = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, name: string, path: string): void => {
    const known = map.get(name);
    if (known === undefined) map.set(name, [path]);
    else known.push(path);
  };
  const walk = (folder: string, depth: number): void => {
    for (const name of store.list(folder)) {
      if (name.endsWith('.c')) {
        const stem = plainStem(name, '.c');
        const path = inside(folder, name);
        add(sources, stem, path);
        for (let dash = stem.indexOf('-'); dash !== -1; dash = stem.indexOf('-', dash + 1)) add(begun, stem.slice(0, dash), path);
        continue;
      }
      if (!name.endsWith('/') || (folder === '' && noSources.has(name))) continue;
      const path = inside(folder, name.slice(0, -1));
      add(folders, plainStem(name, '/'), path);
      if (depth < searchDepth) walk(path, depth + 1);
    }
  };
  walk('', 0);
  walk(arch.slice(0, -1), 2);
  return { sources, begun, folders };
}

/** False for programs of their own (tools, samples), seen from elsewhere, and for other architectures than the caller's. */
function isLinkedWith(path: string, fromFile: string): boolean {
  const top = path.slice(0, path.indexOf('/') + 1);
  if (top === 'arch/') return path.startsWith(/^arch\/[^/]+\//.exec(fromFile)?.[0] ?? defaultArch);
  return !noSources.has(top) || fromFile.startsWith(top);
}
