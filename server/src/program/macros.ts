// The macros a file sees, as the lowering asks for them: which are worth expanding, and what an answer rests on.

import type { Knowledge } from '../kernel/schema.ts';
import type { MacroItem } from '../syntax/items.ts';
import { hashText } from './hash.ts';
import { byCodeUnit } from './store.ts';
import type { Symbols } from './symbols.ts';

export interface Macros {
  find(name: string, file: string): MacroItem | undefined;
  /**
   * True if the place that uses the macro should get its body instead: it takes a lock, counts a reference, yields
   * a field, an address or an outer object, or hands an argument on to a function. False for logging, min/max and
   * the like, and for what the knowledge describes under the macro's own name.
   */
  expands(name: string, file: string): boolean;
  /** All definitions, of whatever configuration, of the macros that a text can expand to; ordered by name. */
  reachable(text: string, file: string): Environment;
  release(file: string): void;
  clear(): void;
}

export interface Environment {
  macros(): readonly MacroItem[];
  /** Equal for equal macros, today and tomorrow: what a lowered text rests on besides itself. */
  readonly key: string;
}

interface Reach {
  readonly definitions: ReadonlyMap<string, readonly MacroItem[]>;
  readonly key: string;
}

/** Other macros that a macro's worth is looked for in. */
const effectDepth = 3;
/** As deep as the lowering expands. */
const expansionDepth = 5;


export function openMacros(symbols: Symbols, knowledge: Knowledge): Macros {
  const worth = new Map<string, Map<string, boolean>>();
  const reach = new Map<string, Map<string, Reach | undefined>>();
  const words = new WeakMap<MacroItem, readonly string[]>();
  const hashes = new WeakMap<MacroItem, string>();

  const find = (name: string, file: string): MacroItem | undefined => symbols.macro(name, file);

  function described(name: string): boolean {
    return knowledge.primitives.has(name) || knowledge.iterators.has(name) || knowledge.containers.has(name) || knowledge.guards.has(name);
  }

  function expands(name: string, file: string): boolean {
    const known = inner(worth, file);
    let answer = known.get(name);
    if (answer === undefined) known.set(name, (answer = judge(name, file)));
    return answer;
  }

  function judge(name: string, file: string): boolean {
    if (described(name)) return false;
    const macro = find(name, file);
    // The lowering does not choose by type: the macro's own name, as an unknown function's, then says more.
    if (macro === undefined || macro.body === '' || /^\(*\s*_Generic\b/.test(macro.body)) return false;
    if (macro.params === undefined) return isPlace(macro) || isRenamed(macro, file);
    return hasEffects(macro, file, effectDepth) || yieldsPlace(macro, file, effectDepth) || handsOn(macro, file, effectDepth);
  }

  /** A primitive with effects in the body or in the macros it uses. */
  function hasEffects(macro: MacroItem, file: string, depth: number): boolean {
    return calledIn(macro).some((name) => {
      const primitive = knowledge.primitives.get(name);
      if (primitive !== undefined) return (primitive.effects?.length ?? 0) > 0;
      return depth > 0 && nested(name, file, (inside) => hasEffects(inside, file, depth - 1));
    });
  }

  /**
   * The body is one expression for a field or an address, `(&(x)->lock)`, or goes to an outer object,
   * `container_of(d, struct foo, dev)`, be it in a statement expression.
   */
  function yieldsPlace(macro: MacroItem, file: string, depth: number): boolean {
    if (isVariadic(macro)) return false;
    if (isPlace(macro)) return true;
    return calledIn(macro).some((name) =>
      knowledge.containers.has(name) || (depth > 0 && isExpression(macro.body) && nested(name, file, (inside) => yieldsPlace(inside, file, depth - 1))));
  }

  /** `#define foo_register(x) __foo_register(x, THIS_MODULE)`: the function is what the caller really calls. */
  function handsOn(macro: MacroItem, file: string, depth: number): boolean {
    if (isVariadic(macro) || /\b(?:asm|__asm__)\b/.test(macro.body)) return false;
    return callsWithArguments(macro).some((name) => {
      if (find(name, file) !== undefined) return depth > 0 && nested(name, file, (inside) => handsOn(inside, file, depth - 1));
      return symbols.visible(name, 'prototype', file).length > 0 || symbols.visible(name, 'function', file).length > 0;
    });
  }

  function nested(name: string, file: string, test: (macro: MacroItem) => boolean): boolean {
    if (described(name)) return false;
    const macro = find(name, file);
    return macro?.params !== undefined && test(macro);
  }

  /** `#define foo_lock global_lock`: another name of a variable. */
  function isRenamed(macro: MacroItem, file: string): boolean {
    const name = /^\(*([A-Za-z_]\w*)\)*$/.exec(macro.body)?.[1];
    return name !== undefined && name !== macro.name && symbols.visible(name, 'variable', file).length > 0;
  }

  function wordsOf(macro: MacroItem): readonly string[] {
    let known = words.get(macro);
    if (known === undefined) words.set(macro, (known = identifiers(macro.body)));
    return known;
  }

  /** By content, so that a rescanned file's macros equal their former selves. */
  function hashOf(macro: MacroItem): string {
    let known = hashes.get(macro);
    if (known === undefined) hashes.set(macro, (known = hashText(`${macro.name}(${macro.params?.join() ?? '-'}) ${macro.body}`)));
    return known;
  }

  /** The definitions of that name and of those its expansion can use; undefined if it is no macro. */
  function reachOf(name: string, file: string): Reach | undefined {
    const known = inner(reach, file);
    if (!known.has(name)) {
      const found = new Map<string, readonly MacroItem[]>();
      let level = [name];
      for (let depth = 0; depth <= expansionDepth && level.length > 0; depth++) {
        const next: string[] = [];
        for (const each of level) {
          if (found.has(each)) continue;
          const definitions = symbols.visible(each, 'macro', file).map(({ item }) => item);
          if (definitions.length === 0) continue;
          found.set(each, definitions);
          if (isLookedInto(each, definitions, file)) next.push(...definitions.flatMap(wordsOf));
        }
        level = next;
      }
      const names = [...found.keys()].sort(byCodeUnit);
      const key = names.map((each) => `${(found.get(each) ?? []).map(hashOf).join('/')}${expands(each, file) ? '+' : ''}`).join();
      known.set(name, found.size === 0 ? undefined : { definitions: found, key: hashText(key) });
    }
    return known.get(name);
  }

  /** The lowering looks into what it expands, and into what may be a loop or an annotation: never a block. */
  function isLookedInto(name: string, definitions: readonly MacroItem[], file: string): boolean {
    if (described(name)) return false;
    return expands(name, file) || !definitions.every((macro) => /^\(*\s*(?:\{|do\b)/.test(macro.body));
  }

  function reachable(text: string, file: string): Environment {
    const used = identifiers(text).filter((name) => reachOf(name, file) !== undefined).sort(byCodeUnit);
    return {
      key: hashText(used.map((name) => reachOf(name, file)?.key).join()),
      macros() {
        const found = new Map<string, readonly MacroItem[]>();
        for (const name of used) for (const [each, definitions] of reachOf(name, file)?.definitions ?? []) found.set(each, definitions);
        return [...found.keys()].sort(byCodeUnit).flatMap((name) => found.get(name) ?? []);
      },
    };
  }

  return {
    find,
    expands,
    reachable,
    release(file) {
      worth.delete(file);
      reach.delete(file);
    },
    clear() {
      worth.clear();
      reach.clear();
    },
  };
}

function inner<T>(map: Map<string, Map<string, T>>, key: string): Map<string, T> {
  let known = map.get(key);
  if (known === undefined) map.set(key, (known = new Map()));
  return known;
}

/** Each once. Words of comments and strings are among them: more than needed, never less. */
function identifiers(text: string): string[] {
  return [...new Set(text.match(/[A-Za-z_]\w*/g) ?? [])];
}

function calledIn(macro: MacroItem): readonly string[] {
  return [...macro.body.matchAll(/([A-Za-z_]\w*)\s*\(/g)].map((call) => call[1] ?? '');
}

/** Names called in the body with a parameter of the macro somewhere in their arguments. */
function callsWithArguments(macro: MacroItem): readonly string[] {
  const names: string[] = [];
  for (const call of macro.body.matchAll(/([A-Za-z_]\w*)\s*\(/g)) {
    const open = call.index + call[0].length;
    const passed = new Set(identifiers(macro.body.slice(open, closing(macro.body, open))));
    if (call[1] !== undefined && macro.params?.some((param) => passed.has(param)) === true) names.push(call[1]);
  }
  return names;
}

/** Offset of the `)` that closes what was opened just before `from`; the text's end if none does. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return text.length;
}

function isVariadic(macro: MacroItem): boolean {
  return macro.params?.some((param) => param.endsWith('...')) ?? false;
}

/** No statement, block, string, pasting, or arithmetic over types. */
function isExpression(body: string): boolean {
  return !/[;{}"#?]|\b(?:typeof|__typeof__|sizeof|asm|__asm__|__builtin_\w+)\b/.test(body);
}

/** Names a field or an address: holds `->`, `.field`, or a unary `&`. */
function isPlace(macro: MacroItem): boolean {
  return isExpression(macro.body) && (/->|[\w)\]]\s*\.\s*[A-Za-z_]/.test(macro.body) || /(?:^|[(,])\s*&\s*[\w(]/.test(macro.body));
}
