// What one file tells the rest of the tree: its functions, whom they call, whose address it takes, its tables, types,
// macros and includes. A pure function of the file's text, so that it can be computed anywhere and kept by content.

import type { FunctionItem, Item, StructItem, VariableItem } from '../syntax/items.ts';
import { scan } from '../syntax/scan.ts';
import { mentionedIn } from './mentions.ts';

/** Counts changes of what facts hold or how they are found: facts of another schema are made anew. */
export const FACTS_SCHEMA = 1;

export interface FunctionFact {
  readonly name: string;
  readonly isStatic: boolean;
  readonly isInline: boolean;
  readonly isWeak: boolean;
  /** UTF-16 code units from the file's start: the whole definition. */
  readonly start: number;
  readonly end: number;
  /** Names called in the body, each once, sorted. */
  readonly calls: readonly string[];
}

/** `value` is assigned to `field`, in a table or by a statement. */
export interface PointerFact {
  /** `struct foo`, if the table's own declaration says so; empty: nested deeper, or found out by types only. */
  readonly owner: string;
  readonly field: string;
  readonly value: string;
}

/** A struct holds another one by value. */
export interface EmbeddingFact {
  readonly struct: string;
  readonly field: string;
  readonly type: string;
}

export interface FileFacts {
  /** Relative to the tree. */
  readonly path: string;
  readonly functions: readonly FunctionFact[];
  /** Names that stand as values: of functions, and of anything else. Sorted. */
  readonly mentions: readonly string[];
  readonly pointers: readonly PointerFact[];
  readonly structs: readonly string[];
  readonly embeddings: readonly EmbeddingFact[];
  readonly typedefs: readonly string[];
  readonly macros: readonly string[];
  /** As spelled, a quoted one with its quotes. */
  readonly includes: readonly string[];
  /** Names in EXPORT_SYMBOL() and its kin. */
  readonly exports: readonly string[];
  /** Why there is nothing more: the file was not looked into. */
  readonly gap?: string;
}

/** A header larger than this (UTF-16 code units) that has no brace is a table of register numbers. */
const largestBraceless = 64 * 1024;
const BRACELESS = 'macros only, no function: not scanned';

/** Never fails. */
export function factsOf(path: string, text: string): FileFacts {
  if (text.length > largestBraceless && path.endsWith('.h') && !text.includes('{')) return emptyFacts(path, BRACELESS);
  const items = scan(text);
  const of = <K extends Item['kind']>(kind: K) => items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
  const structs = of('struct');
  return {
    path,
    functions: of('function').map((item) => functionFact(item, text)),
    mentions: sorted(mentionedIn(text)),
    pointers: [...of('variable').filter((item) => item.hasBraces).flatMap((item) => tablePointers(item, text)), ...assignedPointers(text)],
    structs: sorted(structs.map((item) => item.name)),
    embeddings: structs.flatMap((item) => embeddingsIn(item, text)),
    typedefs: sorted(of('typedef').map((item) => item.name)),
    macros: sorted(of('macro').map((item) => item.name)),
    includes: of('include').map((item) => (item.quoted ? `"${item.path}"` : item.path)),
    exports: sorted([...text.matchAll(/^[ \t]*EXPORT_SYMBOL\w*\s*\(\s*(\w+)/gm)].map((match) => match[1] ?? '')),
  };
}

export function emptyFacts(path: string, gap: string): FileFacts {
  return {
    path, functions: [], mentions: [], pointers: [], structs: [], embeddings: [], typedefs: [], macros: [], includes: [], exports: [], gap,
  };
}

/** A gap that says nothing is missing: such a header holds no function. */
export function isHarmless(gap: string): boolean {
  return gap === BRACELESS;
}

function functionFact(item: FunctionItem, text: string): FunctionFact {
  const { name, isStatic, isInline, calls, span } = item;
  return { name, isStatic, isInline, isWeak: /\b__weak\b/.test(text.slice(span.start, item.bodySpan.start)), start: span.start, end: span.end, calls };
}

/** `static const struct foo x = { .open = bar, [2] = { .read = &baz } };`: deeper than one struct the owner is open. */
function tablePointers(item: VariableItem, text: string): readonly PointerFact[] {
  const head = text.slice(item.span.start, item.nameSpan.start);
  const owner = /\b((?:struct|union)\s+\w+)[\s\w]*$/.exec(head)?.[1]?.replace(/\s+/, ' ') ?? '';
  const whole = text.slice(item.nameSpan.end, item.span.end);
  const found: PointerFact[] = [];
  // Braces around a field: 1 in a plain table, 2 in an element of an array.
  const fields = /^\s*\[/.test(whole) ? 2 : 1;
  let depth = 0;
  let designators = 0;
  for (const match of whole.matchAll(/[{}]|\.\s*([A-Za-z_]\w*)(?:\s*\[[^\]]*\])?\s*(?:=\s*(?:\([^()]*\)\s*)?&?\s*([A-Za-z_]\w*)\s*(?=[,}]))?/g)) {
    const { 0: all, 1: field, 2: value, index: at } = match;
    if (all === '{') depth++;
    else if (all === '}') depth--;
    else if (field !== undefined) {
      designators++;
      // `.ops.open = f`: what stands before the last dot is another struct.
      const nested = /[\w\]]/.test(whole[at - 1] ?? '');
      if (value !== undefined) found.push({ owner: !nested && depth === fields ? owner : '', field, value });
    }
  }
  if (designators > 0 || owner === '') return found;
  // By position: which field is which only the struct's definition tells.
  return [...whole.matchAll(/[{,]\s*(?:\([^()]*\)\s*)?&?\s*([A-Za-z_]\w*)\s*(?=[,}])/g)].map((match) => ({ owner, field: '', value: match[1] ?? '' }));
}

/** `x->ops.release = foo;` */
function assignedPointers(text: string): readonly PointerFact[] {
  return [...text.matchAll(/(?:->|\.)\s*(\w+)\s*=\s*&?\s*([A-Za-z_]\w*)\s*;/g)].map((match) => ({ owner: '', field: match[1] ?? '', value: match[2] ?? '' }));
}

/** Members by value, of the kind `struct foo name;` or `struct foo name[2];`. */
function embeddingsIn(item: StructItem, text: string): readonly EmbeddingFact[] {
  const body = text.slice(item.span.start, item.span.end);
  return [...body.slice(body.indexOf('{') + 1).matchAll(/(?:^|[;{}])\s*((?:struct|union)\s+\w+)\s+(\w+)\s*(?:\[[^\]]*\]\s*)*;/g)]
    .map((match) => ({ struct: item.name, field: match[2] ?? '', type: (match[1] ?? '').replace(/\s+/, ' ') }));
}

function sorted(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort();
}
