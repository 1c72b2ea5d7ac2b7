// What the tree's macros are to the parser: loops and scopes that a statement follows, and annotations that mean
// nothing to it. Learned from `#define`s, never from how a name looks: device_for_each_child() is a real function.

import type { MacroItem } from './items.ts';
import { CALL_ANNOTATIONS, LOOPS, QUALIFIERS, STORAGE, WORD_ANNOTATIONS } from './builtin.ts';
import { Char, isSpace } from './lex.ts';

export interface Catalogue {
  /** Macros that a statement follows: loops, and scopes such as scoped_guard(). */
  readonly loops: ReadonlySet<string>;
  /** Attributes without arguments: never part of an expression. */
  readonly annotations: ReadonlySet<string>;
  /** Attributes with arguments. */
  readonly callAnnotations: ReadonlySet<string>;
  /** Words that some configuration defines as nothing, or as a storage class: noise only where no expression can stand. */
  readonly emptyWords: ReadonlySet<string>;
  /** The same with arguments. */
  readonly emptyCalls: ReadonlySet<string>;
}

export const BUILTIN: Catalogue = {
  loops: new Set(LOOPS),
  annotations: new Set(WORD_ANNOTATIONS),
  callAnnotations: new Set(CALL_ANNOTATIONS),
  emptyWords: new Set(),
  emptyCalls: new Set(),
};

/** The catalogue `base` with what these definitions teach. The order of the definitions does not matter. */
export function learn(macros: Iterable<MacroItem>, base: Catalogue = BUILTIN): Catalogue {
  const loops = new Set(base.loops);
  /** Header macro at the end of a body -> the macros that would be loops if it is one. */
  const waiting = new Map<string, string[]>();
  const bodies = new Map<string, MacroItem[]>();
  for (const macro of macros) {
    const tail = openTail(macro);
    if (tail === true) loops.add(macro.name);
    else if (tail !== undefined) push(waiting, tail, macro.name);
    if (tail !== true && mayAnnotate(macro.body)) push(bodies, macro.name, macro);
    else if (macro.body !== '') bodies.set(macro.name, [...(bodies.get(macro.name) ?? []), SOMETHING_ELSE]);
  }
  const queue = [...loops];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const other of waiting.get(name) ?? []) {
      if (loops.has(other)) continue;
      loops.add(other);
      queue.push(other);
    }
  }
  return { loops, ...learnAnnotations(bodies, base) };
}

const SOMETHING_ELSE: MacroItem = { kind: 'macro', name: '', params: undefined, body: '0', span: { start: 0, end: 0 } };

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/**
 * Does a statement have to follow this macro? true: its body ends in the header of a loop or a condition. A name: it
 * does if that macro, with whose call the body ends, does. undefined: no.
 */
function openTail(macro: MacroItem): true | string | undefined {
  const { body } = macro;
  const last = body.charCodeAt(body.length - 1);
  if (last !== Char.Close) {
    if (body.endsWith('else') && /\belse$/.test(body)) return true;
    return macro.params === undefined && /^[a-z_]\w*$/.test(body) ? body : undefined;
  }
  let depth = 0;
  let at = body.length - 1;
  for (; at >= 0; at--) {
    const code = body.charCodeAt(at);
    if (code === Char.Close) depth++;
    else if (code === Char.Open && --depth === 0) break;
  }
  let end = at;
  while (end > 0 && isSpace(body.charCodeAt(end - 1))) end--;
  const word = /[A-Za-z_]\w*$/.exec(body.slice(Math.max(0, end - 80), end))?.[0];
  if (word === undefined || end - word.length < 0) return undefined;
  if (word === 'for' || word === 'if' || word === 'switch') return true;
  // `do { ... } while (0)` is a whole statement.
  if (word === 'while') return !/^(?:\(?\{)?\s*do\b/.test(body) ? true : undefined;
  if (macro.params === undefined) return undefined;
  const before = body.slice(0, end - word.length).trimEnd();
  // The call must stand as a statement of its own: at the beginning, or after a header, a block or a statement.
  return before === '' || /[;{})]$/.test(before) || /\belse$/.test(before) ? word : undefined;
}

/** Cheap first look: only words, literals, parentheses and commas. */
function mayAnnotate(body: string): boolean {
  return body === '' || (body.length < 300 && /^[A-Za-z_]\w*(?:\s|\(|$)/.test(body) && !/[;{}=?<>|&]|\breturn\b/.test(body.replace(/\(.*\)|"[^"]*"/g, '')));
}

function learnAnnotations(bodies: ReadonlyMap<string, readonly MacroItem[]>, base: Catalogue): Omit<Catalogue, 'loops'> {
  const annotations = new Set(base.annotations);
  const callAnnotations = new Set(base.callAnnotations);
  const emptyWords = new Set(base.emptyWords);
  const emptyCalls = new Set(base.emptyCalls);
  const known = new Map<string, Meaning>();

  /** What all definitions of a name together mean. */
  const meaning = (name: string): Meaning => {
    if (annotations.has(name) || callAnnotations.has(name)) return 'attribute';
    if (STORAGE.has(name) || QUALIFIERS.has(name)) return 'storage';
    const memo = known.get(name);
    if (memo !== undefined) return memo;
    known.set(name, 'other'); // a macro that names itself is no annotation
    const result = (bodies.get(name) ?? [SOMETHING_ELSE]).map((macro) => meaningOf(macro.body)).reduce(join);
    known.set(name, result);
    return result;
  };
  const meaningOf = (body: string): Meaning => {
    if (body === '') return 'nothing';
    let out: Meaning = 'nothing';
    let at = 0;
    const word = /\s*([A-Za-z_]\w*)\s*/y;
    while (at < body.length) {
      word.lastIndex = at;
      const found = word.exec(body);
      if (found === null) return 'other';
      at = word.lastIndex;
      const part = /^(?:asm|__asm__|_Pragma)$/.test(found[1]!) ? 'other' : meaning(found[1]!);
      if (part === 'other') return 'other';
      out = join(out, part);
      if (body.charCodeAt(at) === Char.Open) {
        let depth = 0;
        for (; at < body.length; at++) {
          const code = body.charCodeAt(at);
          if (code === Char.Open) depth++;
          else if (code === Char.Close && --depth === 0) break;
        }
        at++;
      }
    }
    return out;
  };

  for (const [name, macros] of bodies) {
    const what = meaning(name);
    if (what === 'other') continue;
    const isCall = macros.some((macro) => macro.params !== undefined);
    if (what === 'attribute') (isCall ? callAnnotations : annotations).add(name);
    else (isCall ? emptyCalls : emptyWords).add(name);
  }
  return { annotations, callAnnotations, emptyWords, emptyCalls };
}

type Meaning = 'nothing' | 'storage' | 'attribute' | 'other';

/** An attribute in one configuration and nothing in another is an attribute; something else in any of them wins. */
function join(a: Meaning, b: Meaning): Meaning {
  for (const meaning of ['other', 'attribute', 'storage'] as const) if (a === meaning || b === meaning) return meaning;
  return 'nothing';
}
