// Who calls a function by name, and whether its address is taken.

import { mentionedIn } from '../index/mentions.ts';
import type { TreeIndex } from '../index/tree-index.ts';
import type { FunctionRef } from './code.ts';
import type { Includes } from './includes.ts';
import { folderOf } from './paths.ts';
import type { Resolver } from './resolve.ts';
import { byCodeUnit, type SourceFile, type Store } from './store.ts';

export interface Callers {
  callers(ref: FunctionRef): readonly FunctionRef[];
  addressTaken(ref: FunctionRef): boolean;
  /** See `Code.relatives`. */
  relatives(fromFile: string, words: readonly (readonly string[])[]): readonly FunctionRef[];
  /** After a change of declarations, or of the files looked through. */
  clear(): void;
}

/** Of a function called from more files than this the near callers are known only: kfree() has 15,000. */
const maxFiles = 50;

export function openCallers(
  store: Store, includes: Includes, resolver: Resolver, widened: () => readonly string[], index: TreeIndex | undefined,
): Callers {
  // Keyed by what was read, so that an edited file's indexes go with its former text.
  const callIndexes = new WeakMap<SourceFile, ReadonlyMap<string, readonly FunctionRef[]>>();
  const mentionIndexes = new WeakMap<SourceFile, ReadonlySet<string>>();

  const reaches = new Map<string, readonly string[]>();
  const spoken = new Map<string, { readonly text: string; readonly names: Map<string, boolean> }>();

  /** Files in which a call of the function is looked for, ordered. */
  function reach(ref: FunctionRef): readonly string[] {
    return isLocal(ref) ? [ref.file] : around(ref.file);
  }

  /** A file, the others of its folder, and the headers that are its own: ordered. */
  function around(file: string): readonly string[] {
    let known = reaches.get(file);
    if (known === undefined) {
      const files = new Set([file, ...store.sources(folderOf(file)), ...includes.closure(file).quoted, ...widened()]);
      reaches.set(file, (known = [...files].sort(byCodeUnit)));
    }
    return known;
  }

  function relatives(fromFile: string, words: readonly (readonly string[])[]): readonly FunctionRef[] {
    const groups = words.map((group) => group.map((word) => new RegExp(`\\b${word}\\b`)));
    return around(fromFile).filter((path) => path !== fromFile).flatMap((path) => {
      const text = store.text(path);
      if (text === undefined || !words.some((group) => group.every((word) => text.includes(word)))) return [];
      return (store.file(path)?.functions ?? []).filter(({ item }) => {
        const own = text.slice(item.span.start, item.span.end);
        return groups.some((group) => group.every((word) => word.test(own)));
      });
    });
  }

  /** As `reach`, where an index knows better. */
  function calling(ref: FunctionRef): readonly string[] {
    const far = isLocal(ref) ? undefined : index?.callers(ref.name);
    return far === undefined || far.length > maxFiles ? reach(ref) : [...new Set([...far, ref.file, ...store.changed(), ...widened()])].sort(byCodeUnit);
  }

  function callers(ref: FunctionRef): readonly FunctionRef[] {
    const found: FunctionRef[] = [];
    for (const path of calling(ref)) {
      const source = speaking(path, ref.name);
      if (source === undefined) continue;
      const refs = callsOf(source).get(ref.name);
      if (refs === undefined) continue;
      // Another file may mean its own static function by that name.
      const meant = resolver.resolve(ref.name, path);
      if (meant === ref || (meant === undefined && !ref.item.isStatic)) found.push(...refs);
    }
    return found;
  }

  /** The file, if its text speaks of the name at all: to look through a text is far cheaper than to read it. */
  function speaking(path: string, name: string): SourceFile | undefined {
    const text = store.text(path);
    if (text === undefined) return undefined;
    let known = spoken.get(path);
    if (known?.text !== text) spoken.set(path, (known = { text, names: new Map() }));
    let speaks = known.names.get(name);
    if (speaks === undefined) known.names.set(name, (speaks = text.includes(name)));
    return speaks ? store.file(path) : undefined;
  }

  function callsOf(source: SourceFile): ReadonlyMap<string, readonly FunctionRef[]> {
    let index = callIndexes.get(source);
    if (index === undefined) {
      const made = new Map<string, FunctionRef[]>();
      for (const ref of source.functions) {
        for (const name of ref.item.calls) {
          const known = made.get(name);
          if (known === undefined) made.set(name, [ref]);
          else known.push(ref);
        }
      }
      callIndexes.set(source, (index = made));
    }
    return index;
  }

  function addressTaken(ref: FunctionRef): boolean {
    if (index === undefined || isLocal(ref)) return reach(ref).some((path) => mentions(path, ref.name));
    const changed = store.changed();
    return index.mentions(ref.name).some((path) => !changed.includes(path)) || [...changed, ...widened()].some((path) => mentions(path, ref.name));
  }

  function mentions(path: string, name: string): boolean {
    const source = speaking(path, name);
    if (source === undefined) return false;
    let names = mentionIndexes.get(source);
    if (names === undefined) mentionIndexes.set(source, (names = mentionedIn(source.text)));
    return names.has(name);
  }

  return { callers, addressTaken, relatives, clear: () => reaches.clear() };
}

/** No other file can mean it. */
function isLocal(ref: FunctionRef): boolean {
  return ref.item.isStatic && ref.file.endsWith('.c');
}
