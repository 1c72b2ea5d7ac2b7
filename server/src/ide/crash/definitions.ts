// Where the functions of a stack are defined: known homes first, then a search through the tree's texts.

import type { Files } from '../../base/files.ts';
import { loadKnowledge } from '../../kernel/knowledge.ts';
import { scan } from '../../syntax/scan.ts';

export interface Definition {
  readonly file: string;
  /** The names that each function of the file calls. */
  readonly calls: ReadonlyMap<string, readonly string[]>;
}

/** By name; a name without an entry was not found. Several: static functions of one name, or one per configuration. */
export type Definitions = ReadonlyMap<string, readonly Definition[]>;

/** Folders of a kernel tree in which nothing is part of a kernel. */
const NOT_KERNEL = new Set(['Documentation/', 'LICENSES/', 'samples/', 'scripts/', 'tools/', 'usr/', 'certs/']);

/** `hints` are files where some of the names may be. Reads the whole tree if these do not suffice. */
export function findDefinitions(files: Files, names: ReadonlySet<string>, hints: Iterable<string>): Definitions {
  const found = new Map<string, Definition[]>();
  const looked = new Set<string>();
  const left = new Set(names);
  const look = (file: string): void => {
    if (looked.has(file)) return;
    looked.add(file);
    const text = files.read(file);
    if (text === undefined || ![...names].some((name) => text.includes(name))) return;
    const functions = scan(text).filter((item) => item.kind === 'function');
    const calls = new Map(functions.map((item) => [item.name, item.calls]));
    for (const name of calls.keys()) {
      if (!names.has(name)) continue;
      found.set(name, [...(found.get(name) ?? []), { file, calls }]);
      left.delete(name);
    }
  };
  for (const hint of hints) look(hint);
  const { homes } = loadKnowledge();
  for (const name of [...left].sort()) {
    const home = homes.get(name);
    if (home !== undefined) look(home);
  }
  if (left.size > 0) searchTree(files, left, look);
  return found;
}

function searchTree(files: Files, names: ReadonlySet<string>, look: (file: string) => void): void {
  const any = [...names].sort().map((name) => name.replace(/\$/g, '\\$')).join('|');
  const wanted = new RegExp(`^(?!\\s).*\\b(?:${any})\\(`, 'm');
  const called = new RegExp(`\\b(?:${any})\\(`);
  const visit = (folder: string): void => {
    for (const name of files.list(folder)) {
      const path = folder === '' ? name : `${folder}${name}`;
      if (name.endsWith('/')) {
        if (!name.startsWith('.') && !(folder === '' && NOT_KERNEL.has(name))) visit(path);
      } else if (name.endsWith('.c')) {
        const text = files.read(path);
        // A definition begins in the first column; the cheap test comes first.
        if (text !== undefined && called.test(text) && wanted.test(text)) look(path);
      }
    }
  };
  visit('');
}
