// The texts the program has read and what each holds at its top level, read once and on demand.

import type { Files } from '../base/files.ts';
import type { FunctionItem, IncludeItem, Item } from '../syntax/items.ts';
import { scan } from '../syntax/scan.ts';
import type { FunctionRef } from './code.ts';
import type { Kconfig } from './choice.ts';
import { refuted } from './choice.ts';
import { baseOf, folderOf, inside } from './paths.ts';

export type NamedItem = Exclude<Item, IncludeItem>;

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Without the functions that the known configuration leaves out. */
  readonly items: readonly Item[];
  readonly names: ReadonlyMap<string, readonly NamedItem[]>;
  readonly includes: readonly IncludeItem[];
  readonly functions: readonly FunctionRef[];
  refOf(item: FunctionItem): FunctionRef;
}

export interface Store {
  /** undefined: absent or unreadable. */
  file(path: string): SourceFile | undefined;
  /** As `file`, for a text that is only looked through: not scanned unless it was before. */
  text(path: string): string | undefined;
  /** The text, if it has been read before. */
  held(path: string): string | undefined;
  exists(path: string): boolean;
  /** Files of a folder that end in `.c`, in order of their names. */
  sources(folder: string): readonly string[];
  /** Names in a folder, sorted; folders with a trailing `/`. */
  list(folder: string): Iterable<string>;
  /** Says that other files include this one. */
  offer(path: string): void;
  /** Names of the files offered so far that hold a name; a superset. */
  holders(name: string): readonly string[];
  /** Replaces a text (undefined: what `Files` has, read anew). Says how much other files' answers depended on it. */
  setText(path: string, text: string | undefined): Change;
  /** Files whose text was set, and so may differ from what others know of them. */
  changed(): readonly string[];
  /** Drops what was read; it is read again when asked for. */
  release(path: string): void;
}

/** `bodies`: nothing but the insides of functions changed. */
export type Change = 'nothing' | 'bodies' | 'declarations';

/** A reference keeps its identity as long as the definition's own text stays the same, wherever edits push it. */
type MutableRef = { -readonly [K in keyof FunctionRef]: FunctionRef[K] };

const noHolders: readonly string[] = [];

export function openStore(files: Files, kconfig: Kconfig | undefined): Store {
  const overlay = new Map<string, string>();
  const scanned = new Map<string, SourceFile | undefined>();
  const texts = new Map<string, string | undefined>();
  const listings = new Map<string, ReadonlySet<string>>();
  const changed = new Set<string>();
  const offered = new Set<string>();
  const holders = new Map<string, string[]>();

  function listing(folder: string): ReadonlySet<string> {
    let names = listings.get(folder);
    if (names === undefined) {
      const all = new Set(files.list(folder));
      for (const path of overlay.keys()) if (folderOf(path) === folder) all.add(baseOf(path));
      names = new Set([...all].sort(byCodeUnit));
      listings.set(folder, names);
    }
    return names;
  }

  function text(path: string): string | undefined {
    if (!texts.has(path)) texts.set(path, overlay.get(path) ?? files.read(path));
    return texts.get(path);
  }

  function file(path: string): SourceFile | undefined {
    const known = scanned.get(path);
    return known !== undefined || scanned.has(path) ? known : remember(path, undefined);
  }

  function remember(path: string, previous: SourceFile | undefined): SourceFile | undefined {
    const content = text(path);
    const source = content === undefined ? undefined : readSource(path, content, kconfig, previous);
    scanned.set(path, source);
    if (source !== undefined && offered.has(path)) hold(source, previous !== undefined);
    return source;
  }

  function offer(path: string): void {
    if (offered.has(path)) return;
    offered.add(path);
    const source = scanned.get(path);
    if (source !== undefined) hold(source, false);
  }

  function hold(source: SourceFile, again: boolean): void {
    for (const name of source.names.keys()) {
      const known = holders.get(name);
      if (known === undefined) holders.set(name, [source.path]);
      else if (!again || !known.includes(source.path)) known.push(source.path);
    }
  }

  return {
    file,
    text,
    held: (path) => texts.get(path),
    exists: (path) => overlay.has(path) || listing(folderOf(path)).has(baseOf(path)),
    sources: (folder) =>
      [...listing(folder)].filter((name) => name.endsWith('.c')).map((name) => inside(folder, name)),
    list: listing,
    offer,
    holders: (name) => holders.get(name) ?? noHolders,
    changed: () => [...changed],
    release(path) {
      scanned.delete(path);
      texts.delete(path);
    },
    setText(path, content) {
      changed.add(path);
      if (content !== undefined && content === overlay.get(path)) return 'nothing';
      const wasRead = scanned.has(path) || texts.has(path);
      const previous = scanned.get(path);
      const before = wasRead ? text(path) : undefined;
      const existed = listings.get(folderOf(path))?.has(baseOf(path));
      if (content === undefined) overlay.delete(path);
      else overlay.set(path, content);
      listings.delete(folderOf(path));
      texts.delete(path);
      const after = text(path);
      const appeared = existed !== undefined && existed !== listing(folderOf(path)).has(baseOf(path));
      if (!wasRead) return appeared ? 'declarations' : 'nothing';
      if (before === after && !appeared) return 'nothing';
      // Looked through but never scanned: some answer may rest on what the text did not mention.
      if (!scanned.has(path)) return 'declarations';
      const next = remember(path, previous);
      if (appeared || previous === undefined || next === undefined) return 'declarations';
      return declarations(previous) === declarations(next) ? 'bodies' : 'declarations';
    },
  };
}

function readSource(
  path: string, text: string, kconfig: Kconfig | undefined, previous: SourceFile | undefined,
): SourceFile {
  const all = scan(text);
  const items = kconfig === undefined
    ? all
    : all.filter((item) => item.kind !== 'function' || !refuted(item.config, kconfig));
  const includes: IncludeItem[] = [];
  const refs = new Map<FunctionItem, FunctionRef>();
  const reusable = previous === undefined ? undefined : reusableRefs(previous);
  for (const item of items) {
    if (item.kind === 'include') includes.push(item);
    if (item.kind !== 'function') continue;
    const old = reusable?.get(identity(item, text))?.shift();
    if (old !== undefined) old.item = item;
    refs.set(item, old ?? { file: path, name: item.name, item });
  }
  let names: ReadonlyMap<string, readonly NamedItem[]> | undefined;
  return {
    path, text, items, includes, functions: [...refs.values()],
    // Of most source files only the functions are asked for.
    get names() {
      return (names ??= namesOf(items));
    },
    refOf: (item) => refs.get(item) ?? { file: path, name: item.name, item },
  };
}

function namesOf(items: readonly Item[]): ReadonlyMap<string, readonly NamedItem[]> {
  const names = new Map<string, NamedItem[]>();
  for (const item of items) {
    if (item.kind === 'include') continue;
    const known = names.get(item.name);
    if (known === undefined) names.set(item.name, [item]);
    else known.push(item);
  }
  return names;
}

function reusableRefs(previous: SourceFile): Map<string, MutableRef[]> {
  const refs = new Map<string, MutableRef[]>();
  for (const ref of previous.functions) {
    const key = identity(ref.item, previous.text);
    const known = refs.get(key);
    if (known === undefined) refs.set(key, [ref]);
    else known.push(ref);
  }
  return refs;
}

function identity(item: FunctionItem, text: string): string {
  return `${item.name}\n${text.slice(item.span.start, item.span.end)}`;
}

/** Everything of a file that other functions' answers can depend on: all but the insides of its functions. */
function declarations(source: SourceFile): string {
  const { text } = source;
  return source.items.map((item) => {
    switch (item.kind) {
      case 'include':
        return `i ${item.quoted ? 'q' : 'a'} ${item.path}`;
      case 'macro':
        return `m ${item.name}(${item.params?.join() ?? '-'}) ${item.body}`;
      case 'function':
        return `f ${text.slice(item.span.start, item.bodySpan.start)} ${item.config.join()}`;
      default:
        return `${item.kind} ${text.slice(item.span.start, item.span.end)}`;
    }
  }).join('\n');
}

export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
