// Which files that a file sees hold a name, nearest first.

import type { MacroItem } from '../syntax/items.ts';
import type { Includes } from './includes.ts';
import type { NamedItem, Store } from './store.ts';

export interface Found<T extends NamedItem> {
  readonly path: string;
  readonly item: T;
}

export interface Symbols {
  /** The file itself if it holds the name, then the headers it sees that do, in order of rank. */
  holding(name: string, file: string): readonly string[];
  /** All items of that name and kind that a file sees, the nearest file's first, each file's in order of appearance. */
  visible<K extends NamedItem['kind']>(name: string, kind: K, file: string): readonly Found<Extract<NamedItem, { kind: K }>>[];
  macro(name: string, file: string): MacroItem | undefined;
  release(file: string): void;
  clear(): void;
}

export function openSymbols(store: Store, includes: Includes): Symbols {
  const memo = new Map<string, Map<string, readonly string[]>>();

  function holding(name: string, file: string): readonly string[] {
    let names = memo.get(file);
    if (names === undefined) memo.set(file, (names = new Map()));
    let known = names.get(name);
    if (known === undefined) names.set(name, (known = search(name, file)));
    return known;
  }

  function search(name: string, file: string): readonly string[] {
    const { rank } = includes.closure(file);
    const headers: string[] = [];
    for (const path of store.holders(name)) {
      if (path !== file && rank.has(path) && store.file(path)?.names.has(name) === true) headers.push(path);
    }
    headers.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
    return store.file(file)?.names.has(name) === true ? [file, ...headers] : headers;
  }

  function visible<K extends NamedItem['kind']>(name: string, kind: K, file: string): readonly Found<Extract<NamedItem, { kind: K }>>[] {
    const found: Found<Extract<NamedItem, { kind: K }>>[] = [];
    for (const path of holding(name, file)) {
      for (const item of store.file(path)?.names.get(name) ?? []) {
        if (item.kind === kind) found.push({ path, item: item as Extract<NamedItem, { kind: K }> });
      }
    }
    return found;
  }

  /** The first file's; under #if the longest one there, because the others are the empty ones for an option that is off. */
  function macro(name: string, file: string): MacroItem | undefined {
    for (const path of holding(name, file)) {
      let best: MacroItem | undefined;
      for (const item of store.file(path)?.names.get(name) ?? []) {
        if (item.kind === 'macro' && (best === undefined || item.body.length > best.body.length)) best = item;
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }

  return { holding, visible, macro, release: (file) => memo.delete(file), clear: () => memo.clear() };
}
