// Facts of one folder's files as one text: names once, facts as numbers into them. Equal facts, equal text.

import { compareText } from '../base/order.ts';
import type { FileFacts } from './facts.ts';

/** A folder's files, unfolded as far as the join needs it. Numbers are indexes into `names`. */
export interface Pack {
  /** Relative to the tree. */
  readonly folder: string;
  readonly names: readonly string[];
  /** In order of their names. */
  readonly files: readonly PackedFile[];
}

export type PackedFile = readonly [
  base: string,
  /** Name of the file's content. */
  hash: string,
  gap: string,
  /** name, flags, start, length, ... */
  functions: readonly number[],
  /** For each function. */
  calls: readonly (readonly number[])[],
  mentions: readonly number[],
  /** owner, field, value, ... */
  pointers: readonly number[],
  structs: readonly number[],
  /** struct, field, type, ... */
  embeddings: readonly number[],
  typedefs: readonly number[],
  macros: readonly number[],
  includes: readonly number[],
  exports: readonly number[],
];

export const STATIC = 1;
export const INLINE = 2;
export const WEAK = 4;

/** `facts` with the name of each file's content; all of one folder. */
export function encodePack(folder: string, facts: readonly { readonly facts: FileFacts; readonly hash: string }[]): string {
  const numbers = new Map<string, number>();
  const number = (name: string): number => {
    let known = numbers.get(name);
    if (known === undefined) numbers.set(name, (known = numbers.size));
    return known;
  };
  const numbered = (names: readonly string[]): readonly number[] => names.map(number);
  const files = [...facts].sort((a, b) => compareText(a.facts.path, b.facts.path)).map(({ facts: file, hash }): PackedFile => [
    file.path.slice(file.path.lastIndexOf('/') + 1),
    hash,
    file.gap ?? '',
    file.functions.flatMap((each) => [
      number(each.name), (each.isStatic ? STATIC : 0) | (each.isInline ? INLINE : 0) | (each.isWeak ? WEAK : 0), each.start, each.end - each.start,
    ]),
    file.functions.map((each) => numbered(each.calls)),
    numbered(file.mentions),
    file.pointers.flatMap((each) => [number(each.owner), number(each.field), number(each.value)]),
    numbered(file.structs),
    file.embeddings.flatMap((each) => [number(each.struct), number(each.field), number(each.type)]),
    numbered(file.typedefs),
    numbered(file.macros),
    numbered(file.includes),
    numbered(file.exports),
  ]);
  return JSON.stringify({ folder, names: [...numbers.keys()], files } satisfies Pack);
}

/** undefined: no text that `encodePack` made. */
export function readPack(text: string): Pack | undefined {
  try {
    const pack = JSON.parse(text) as Pack;
    return typeof pack.folder === 'string' && Array.isArray(pack.names) && Array.isArray(pack.files) ? pack : undefined;
  } catch {
    return undefined;
  }
}

export function pathIn(pack: Pack, file: PackedFile): string {
  return pack.folder === '' ? file[0] : `${pack.folder}/${file[0]}`;
}

/** The facts of a packed file, as they were. */
export function unpack(pack: Pack, file: PackedFile): FileFacts {
  const [, , gap, functions, calls, mentions, pointers, structs, embeddings, typedefs, macros, includes, exports] = file;
  const name = (number: number | undefined): string => pack.names[number ?? -1] ?? '';
  return {
    path: pathIn(pack, file),
    functions: calls.map((called, index) => {
      const [what, flags = 0, start = 0, length = 0] = functions.slice(4 * index, 4 * index + 4);
      return {
        name: name(what), isStatic: (flags & STATIC) !== 0, isInline: (flags & INLINE) !== 0, isWeak: (flags & WEAK) !== 0,
        start, end: start + length, calls: called.map(name),
      };
    }),
    mentions: mentions.map(name),
    pointers: triples(pointers, name).map(([owner, field, value]) => ({ owner, field, value })),
    structs: structs.map(name),
    embeddings: triples(embeddings, name).map(([struct, field, type]) => ({ struct, field, type })),
    typedefs: typedefs.map(name),
    macros: macros.map(name),
    includes: includes.map(name),
    exports: exports.map(name),
    ...(gap === '' ? {} : { gap }),
  };
}

function triples(numbers: readonly number[], name: (number: number | undefined) => string): readonly (readonly [string, string, string])[] {
  return Array.from({ length: numbers.length / 3 }, (_, at) => [name(numbers[3 * at]), name(numbers[3 * at + 1]), name(numbers[3 * at + 2])]);
}
