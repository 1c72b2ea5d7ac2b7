// The link phase: facts of all files joined by name into one block of bytes, and that block opened for questions.
// The same files give the same bytes, in whatever order they are added.

import { compareText } from '../base/order.ts';
import type { FileFacts } from './facts.ts';
import { encodePack, type Pack, pathIn, readPack, STATIC } from './pack.ts';
import type { IndexStats, TreeIndex } from './tree-index.ts';

export interface Join {
  add(pack: Pack): void;
  finish(): Uint8Array;
}

/** What is kept of a file until all names are known. Numbers are into `names`, which the files of a pack share. */
interface Added {
  readonly path: string;
  readonly names: Names;
  /** Functions that other files can call, and those that they cannot. */
  readonly defined: readonly number[];
  readonly own: ReadonlySet<number>;
  readonly called: readonly number[];
  readonly mentioned: readonly number[];
  /** owner, field, value, ... */
  readonly pointers: readonly number[];
}

interface Names {
  readonly spelled: readonly string[];
  /** Rank of each among the names that some file defines; -1: none does; -2: not looked for yet. */
  readonly ranks: Int32Array;
}

const MAGIC = 'kreflens-index\n';

export function openJoin(): Join {
  const added: Added[] = [];
  const totals = { functions: 0, calls: 0, structs: 0, typedefs: 0, macros: 0 };
  const gaps: { file: string; detail: string }[] = [];

  return {
    add(pack) {
      const names: Names = { spelled: pack.names, ranks: new Int32Array(pack.names.length).fill(-2) };
      for (const file of pack.files) {
        const [, , gap, functions, calls, mentioned, pointers, structs, , typedefs, macros] = file;
        const path = pathIn(pack, file);
        const inHeader = !path.endsWith('.c');
        const defined = new Set<number>();
        const own = new Set<number>();
        for (let at = 0; at < functions.length; at += 4) {
          const isCallable = inHeader || ((functions[at + 1] ?? 0) & STATIC) === 0;
          (isCallable ? defined : own).add(functions[at] ?? 0);
        }
        const called = new Set<number>();
        for (const list of calls) for (const name of list) called.add(name);
        added.push({ path, names, defined: [...defined], own, called: [...called], mentioned, pointers });
        totals.functions += calls.length;
        totals.calls += calls.reduce((sum, list) => sum + list.length, 0);
        totals.structs += structs.length;
        totals.typedefs += typedefs.length;
        totals.macros += macros.length;
        if (gap !== '') gaps.push({ file: path, detail: gap });
      }
    },

    finish() {
      added.sort((a, b) => compareText(a.path, b.path));
      gaps.sort((a, b) => compareText(a.file, b.file));
      // Most names of a tree are variables and numbers: only those of functions are looked for among them.
      const known = new Set<string>();
      for (const { names, defined } of added) for (const name of defined) known.add(names.spelled[name] ?? '');
      const sorted = [...known].sort(compareText);
      const ranks = new Map(sorted.map((name, rank) => [name, rank]));
      const rankOf = ({ spelled, ranks: found }: Names, name: number): number => {
        const rank = found[name] ?? -1;
        return rank === -2 ? (found[name] = ranks.get(spelled[name] ?? '') ?? -1) : rank;
      };

      const postings = (of: (file: Added) => readonly number[]): Uint8Array => {
        const lists: number[][] = sorted.map(() => []);
        added.forEach((file, index) => {
          for (const name of of(file)) {
            const rank = rankOf(file.names, name);
            if (rank !== -1) lists[rank]?.push(index);
          }
        });
        return packLists(lists);
      };

      const fields = new Map<string, number[]>();
      let pointerCount = 0;
      added.forEach(({ names, own, pointers }, index) => {
        for (let at = 0; at < pointers.length; at += 3) {
          const [owner = 0, field = 0, value = 0] = [pointers[at], pointers[at + 1], pointers[at + 2]];
          if (!own.has(value) && rankOf(names, value) === -1) continue;
          pointerCount++;
          const key = `${names.spelled[owner] ?? ''}.${names.spelled[field] ?? ''}`;
          const files = fields.get(key);
          if (files === undefined) fields.set(key, [index]);
          else if (files.at(-1) !== index) files.push(index);
        }
      });
      const keys = [...fields.keys()].sort(compareText);

      const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
      const stats: IndexStats = { files: added.length, ...totals, pointers: pointerCount, gaps };
      const sections = [
        encode(added.map((file) => file.path).join('\n')),
        encode(sorted.join('\n')),
        postings((file) => file.defined),
        postings((file) => file.called),
        postings((file) => file.mentioned),
        encode(keys.join('\n')),
        packLists(keys.map((key) => fields.get(key) ?? [])),
      ];
      return concatenated([encode(`${MAGIC}${JSON.stringify({ stats, lengths: sections.map((section) => section.length) })}\n`), ...sections]);
    },
  };
}

/** For few files, as tests have them. */
export function join(facts: readonly FileFacts[]): Uint8Array {
  const joined = openJoin();
  for (const file of facts) {
    const slash = file.path.lastIndexOf('/');
    const pack = readPack(encodePack(slash === -1 ? '' : file.path.slice(0, slash), [{ facts: file, hash: '' }]));
    if (pack !== undefined) joined.add(pack);
  }
  return joined.finish();
}

/** undefined: not what `finish` made. */
export function openIndex(bytes: Uint8Array): TreeIndex | undefined {
  const decoder = new TextDecoder();
  if (decoder.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) return undefined;
  const end = bytes.indexOf(10, MAGIC.length);
  let header: { readonly stats: IndexStats; readonly lengths: readonly number[] };
  try {
    header = JSON.parse(decoder.decode(bytes.subarray(MAGIC.length, end)));
  } catch {
    return undefined;
  }
  let at = end + 1;
  const [files, names, definitions, calls, mentions, keys, pointers] = header.lengths.map((length) => bytes.subarray(at, (at += length)));
  if (pointers === undefined || at !== bytes.length) return undefined;
  const lines = (section: Uint8Array | undefined): readonly string[] => (section === undefined || section.length === 0 ? [] : decoder.decode(section).split('\n'));
  const paths = lines(files);
  const known = new Set(paths);
  const filesIn = (section: Uint8Array | undefined, index: ReadonlyMap<string, number>) => {
    const lists = section === undefined ? () => [] : openLists(section, index.size);
    return (name: string): readonly string[] => {
      const rank = index.get(name);
      return rank === undefined ? [] : lists(rank).map((file) => paths[file] ?? '');
    };
  };
  const byName = new Map(lines(names).map((name, rank) => [name, rank]));
  const byKey = new Map(lines(keys).map((key, rank) => [key, rank]));
  const pointing = filesIn(pointers, byKey);
  return {
    definitions: filesIn(definitions, byName),
    callers: filesIn(calls, byName),
    mentions: filesIn(mentions, byName),
    pointers: (struct, field) =>
      [...new Set([...pointing(`${struct}.${field}`), ...pointing(`${struct}.`), ...pointing(`.${field}`)])].sort(compareText),
    has: (file) => known.has(file),
    stats: header.stats,
  };
}

/** Lists of rising numbers: the end of each within what follows (32 bits, little-endian), then the differences, 7 bits to a byte. */
function packLists(lists: readonly (readonly number[])[]): Uint8Array {
  const ends = new Uint8Array(4 * lists.length);
  const view = new DataView(ends.buffer);
  let body = new Uint8Array(1024);
  let length = 0;
  lists.forEach((list, index) => {
    let last = 0;
    for (const value of list) {
      if (length + 5 > body.length) {
        const larger = new Uint8Array(2 * body.length);
        larger.set(body);
        body = larger;
      }
      for (let rest = value - last; ; rest >>>= 7) {
        body[length++] = rest > 127 ? (rest & 127) | 128 : rest;
        if (rest <= 127) break;
      }
      last = value;
    }
    view.setUint32(4 * index, length, true);
  });
  return concatenated([ends, body.subarray(0, length)]);
}

function openLists(section: Uint8Array, count: number): (index: number) => readonly number[] {
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const from = 4 * count;
  return (index) => {
    const values: number[] = [];
    const end = from + view.getUint32(4 * index, true);
    let at = from + (index === 0 ? 0 : view.getUint32(4 * (index - 1), true));
    for (let value = 0; at < end; ) {
      let shift = 0;
      let byte = section[at++] ?? 0;
      let difference = byte & 127;
      while (byte > 127) {
        byte = section[at++] ?? 0;
        difference |= (byte & 127) << (shift += 7);
      }
      values.push((value += difference));
    }
    return values;
  };
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
