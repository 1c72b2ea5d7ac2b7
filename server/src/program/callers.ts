// Who calls a function by name, and whether its address is taken.

import type { FunctionRef } from './code.ts';
import type { Includes } from './includes.ts';
import { folderOf } from './paths.ts';
import type { Resolver } from './resolve.ts';
import { byCodeUnit, type SourceFile, type Store } from './store.ts';

export interface Callers {
  callers(ref: FunctionRef): readonly FunctionRef[];
  addressTaken(ref: FunctionRef): boolean;
  /** After a change of declarations, or of the files looked through. */
  clear(): void;
}

export function openCallers(store: Store, includes: Includes, resolver: Resolver, widened: () => readonly string[]): Callers {
  // Keyed by what was read, so that an edited file's indexes go with its former text.
  const callIndexes = new WeakMap<SourceFile, ReadonlyMap<string, readonly FunctionRef[]>>();
  const mentionIndexes = new WeakMap<SourceFile, ReadonlySet<string>>();

  const reaches = new Map<string, readonly string[]>();

  /** Files in which a call of the function is looked for, ordered. */
  function reach(ref: FunctionRef): readonly string[] {
    const inHeader = !ref.file.endsWith('.c');
    if (ref.item.isStatic && !inHeader) return [ref.file];
    let known = reaches.get(ref.file);
    if (known === undefined) {
      const files = new Set([ref.file, ...store.sources(folderOf(ref.file)), ...includes.closure(ref.file).quoted, ...widened()]);
      reaches.set(ref.file, (known = [...files].sort(byCodeUnit)));
    }
    return known;
  }

  function callers(ref: FunctionRef): readonly FunctionRef[] {
    const found: FunctionRef[] = [];
    for (const path of reach(ref)) {
      const source = store.file(path);
      if (source === undefined) continue;
      const calling = callsOf(source).get(ref.name);
      if (calling === undefined) continue;
      // Another file may mean its own static function by that name.
      const meant = resolver.resolve(ref.name, path);
      if (meant === ref || (meant === undefined && !ref.item.isStatic)) found.push(...calling);
    }
    return found;
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
    return reach(ref).some((path) => {
      const source = store.file(path);
      if (source === undefined) return false;
      let mentions = mentionIndexes.get(source);
      if (mentions === undefined) mentionIndexes.set(source, (mentions = mentioned(source.text)));
      return mentions.has(ref.name);
    });
  }

  return { callers, addressTaken, clear: () => reaches.clear() };
}

/**
 * Names that stand where a value does, and are not called there: in an initialiser, an argument, an assignment.
 * EXPORT_SYMBOL(x) makes a name known to modules and stores no pointer to it.
 */
function mentioned(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const code = withoutComments(text);
  const words = /[A-Za-z_]\w*/g;
  let before = '';
  for (let word = words.exec(code); word !== null; word = words.exec(code)) {
    const after = firstAfter(code, words.lastIndex);
    const previous = lastBefore(code, word.index);
    const isValue = (previous !== '' && '=,(&{?:!|)'.includes(previous)) || (before === 'return' && previous === 'n');
    const exported = previous === '(' && before.startsWith('EXPORT_SYMBOL');
    if (isValue && !exported && after !== '' && ',;)}:?'.includes(after)) names.add(word[0]);
    before = word[0];
  }
  return names;
}

function firstAfter(text: string, from: number): string {
  for (let at = from; at < text.length; at++) if (!isSpace(text.charCodeAt(at))) return text[at] ?? '';
  return '';
}

function lastBefore(text: string, from: number): string {
  for (let at = from - 1; at >= 0; at--) if (!isSpace(text.charCodeAt(at))) return text[at] ?? '';
  return '';
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** The same length, with comments, strings and character constants blank. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\.|[^'\\\n])+'/g, (part) => ' '.repeat(part.length));
}
