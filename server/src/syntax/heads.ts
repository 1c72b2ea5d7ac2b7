// What a run of tokens at file level declares or defines. A *head* is the tokens up to `;` or `{`, with everything
// in parentheses, brackets and braces folded into one token each.

import type { Span } from '../base/span.ts';
import type { IncludeItem, Item, VariableItem } from './items.ts';
import {
  CALL_ANNOTATIONS, DEFINITION_MACROS, KEYWORDS, NOT_DEFINING, QUALIFIERS, STORAGE, TYPEOF, TYPE_FIRST, TYPE_WORDS, WORD_ANNOTATIONS,
} from './builtin.ts';
import type { DefinitionMacro } from './builtin.ts';
import { Char, isSpace, isWordStart, Kind, tokenise, wordEnd } from './lex.ts';

/** What a declaration makes. */
export type PlacedItem = Exclude<Item, IncludeItem>;

export interface HeadToken {
  readonly kind: 'word' | 'group' | 'index' | 'braces' | 'text' | 'mark';
  readonly start: number;
  readonly end: number;
  /** The word itself, or the mark's character; empty for the others. */
  readonly text: string;
}

export interface Named {
  readonly name: string;
  readonly nameSpan: Span;
  /** Index in the head of the parameter list's group; of the macro's arguments for a definition macro. */
  readonly group: number;
  /** The head is a macro call that stands for the whole signature. */
  readonly macro?: DefinitionMacro | true;
}

const annotationCalls: ReadonlySet<string> = new Set(CALL_ANNOTATIONS);
const annotationWords: ReadonlySet<string> = new Set(WORD_ANNOTATIONS);
const isAnnotation = (word: string): boolean => annotationCalls.has(word) || annotationWords.has(word);
const isAggregate = (word: string): boolean => word === 'struct' || word === 'union' || word === 'enum';

/** No lower-case letter and at least one upper-case one: by convention a macro. */
const isUpper = (word: string): boolean => /^[A-Z0-9_]*[A-Z][A-Z0-9_]*$/.test(word);

export function definitionMacro(name: string): DefinitionMacro | undefined {
  const bare = name.replace(/\d+$/, '');
  return DEFINITION_MACROS.find((macro) => macro.macro === bare);
}

/** Words of a macro call's arguments that stand alone between commas: `a` and `c` of `(a, b *, c)`. */
function plainArguments(text: string, group: HeadToken): readonly (Span | undefined)[] {
  const found: (Span | undefined)[] = [];
  const tokens = tokenise(text, group.start + 1, group.end - 1);
  let depth = 0;
  let words = 0;
  let last: Span | undefined;
  const close = (): void => {
    found.push(words === 1 ? last : undefined);
    words = 0;
    last = undefined;
  };
  for (let i = 0; i < tokens.kinds.length; i++) {
    const start = tokens.starts[i]!;
    const code = text.charCodeAt(start);
    if (tokens.kinds[i] === Kind.Mark) {
      if (code === Char.Open || code === Char.OpenIndex || code === Char.OpenBrace) depth++;
      if (code === Char.Close || code === Char.CloseIndex || code === Char.CloseBrace) depth--;
      if (code === Char.Comma && depth === 0) {
        close();
        continue;
      }
    }
    words += tokens.kinds[i] === Kind.Word && depth === 0 ? 1 : 2;
    last = { start, end: tokens.ends[i]! };
  }
  if (words > 0 || found.length > 0) close();
  return found;
}

/** The name inside `(*name)`, `(* const name[3])`, `(*name(int x))`, or `(name)`; `call` when its own parameters follow it in there. */
function innerName(text: string, group: HeadToken): { readonly span: Span; readonly call: boolean; readonly pointer: boolean } | undefined {
  let at = group.start + 1;
  let pointer = false;
  let span: Span | undefined;
  while (at < group.end) {
    const code = text.charCodeAt(at);
    if (code === Char.Star && span === undefined) pointer = true;
    else if (isWordStart(code)) {
      const end = wordEnd(text, at);
      const word = text.slice(at, end);
      if (!QUALIFIERS.has(word) && !isAnnotation(word)) span = { start: at, end };
      at = end;
      continue;
    } else if (code === Char.Open && span === undefined) {
      // (*(*name)(int)): the name is deeper.
    } else if (!isSpace(code)) break;
    at++;
  }
  if (span === undefined) return undefined;
  return { span, call: text.charCodeAt(at) === Char.Open, pointer };
}

/**
 * The function that a head (without `=`) names, if it has the shape of a signature: which of its groups is the
 * parameter list decides. undefined when nothing in it looks like one.
 */
export function functionName(text: string, head: readonly HeadToken[]): Named | undefined {
  let typed = false;
  let best: Named | undefined;
  let macro: Named | undefined;
  for (let i = 0; i < head.length; i++) {
    const token = head[i]!;
    if (token.kind === 'mark' && token.text === '*') typed = true;
    if (token.kind === 'mark' && token.text === ';') break;
    if (token.kind === 'word') {
      const next = head[i + 1];
      if (next?.kind !== 'group') {
        if (!STORAGE.has(token.text) && !QUALIFIERS.has(token.text) && !annotationWords.has(token.text)) typed = true;
        continue;
      }
      if (TYPEOF.has(token.text)) typed = true;
      if (annotationCalls.has(token.text) || TYPEOF.has(token.text)) {
        i++;
        continue;
      }
      if (TYPE_WORDS.has(token.text)) typed = true;
      if (KEYWORDS.has(token.text)) continue;
      const declarator = innerName(text, next);
      if (declarator?.pointer === true && declarator.call) {
        // u16 (*name(int a))[3] {
        typed = true;
        continue;
      }
      const named = { name: token.text, nameSpan: { start: token.start, end: token.end }, group: i + 1 };
      if (typed) {
        // void __section_macro(x) name(int a): the second one is the name, unless it is an annotation after the list.
        if (best === undefined || (best.name.startsWith('__') && !token.text.startsWith('_') && head[i - 1]?.kind !== 'group')) best = named;
      } else macro ??= named;
      i++;
      continue;
    }
    if (token.kind === 'group' && best === undefined) {
      const inner = innerName(text, token);
      const next = head[i + 1];
      if (inner === undefined || !typed) continue;
      const named = { name: text.slice(inner.span.start, inner.span.end), nameSpan: inner.span, group: i };
      if (inner.call && inner.pointer) best = named;
      else if (!inner.pointer && next?.kind === 'group') best = { ...named, group: i + 1 };
    }
  }
  if (best !== undefined) return throughMacro(text, head, best);
  if (macro === undefined) return undefined;
  const known = definitionMacro(macro.name);
  if (known === undefined && !isUpper(macro.name)) return macro;
  const first = plainArguments(text, head[macro.group]!)[0];
  if (first === undefined) return { ...macro, macro: true };
  return { ...macro, name: `${known?.prefix ?? ''}${text.slice(first.start, first.end)}`, nameSpan: first, macro: known ?? true };
}

/** `int BPF_PROG(name, int a)`, `static int FNAME(name)(int a)`: the macro's first argument is the name. */
function throughMacro(text: string, head: readonly HeadToken[], named: Named): Named {
  if (!isUpper(named.name)) return named;
  const first = plainArguments(text, head[named.group]!)[0];
  if (first === undefined) return named;
  const name = text.slice(first.start, first.end);
  if (KEYWORDS.has(name)) return named;
  const group = head[named.group + 1]?.kind === 'group' ? named.group + 1 : named.group;
  return { name, nameSpan: first, group };
}

/** True if the `{` after this head opens the body of a struct, union or enum. */
export function isAggregateHead(head: readonly HeadToken[]): boolean {
  const keyword = head.findIndex((token) => token.kind === 'word' && isAggregate(token.text));
  if (keyword === -1) return false;
  let names = 0;
  for (let i = keyword + 1; i < head.length; i++) {
    const token = head[i]!;
    const called = head[i + 1]?.kind === 'group';
    if (token.kind === 'mark' && token.text === ':') return names > 0;
    if (token.kind !== 'word') return false;
    if (called) {
      if (!annotationCalls.has(token.text) && !(isUpper(token.text) && names === 0)) return false;
      i++;
      if (isUpper(token.text)) names++;
    } else if (!annotationWords.has(token.text)) names++;
  }
  return names <= 2;
}

/** True for `name(...)`, `static name(...)`: a macro call in place of a declaration. */
export function isMacroCall(head: readonly HeadToken[]): boolean {
  const n = head.length;
  if (n < 2 || head[n - 1]!.kind !== 'group' || head[n - 2]!.kind !== 'word') return false;
  if (KEYWORDS.has(head[n - 2]!.text)) return false;
  return head.slice(0, n - 2).every((token) => token.kind === 'word' && (STORAGE.has(token.text) || QUALIFIERS.has(token.text) || annotationWords.has(token.text)));
}

export const isAnnotationWord = isAnnotation;

/**
 * K&R: `int f(a, b) int a; char *b;`. True if the tokens after the parameter list declare one of the bare names in
 * it, so that the `;` at hand belongs to the signature.
 */
export function isOldStyle(text: string, head: readonly HeadToken[]): boolean {
  const last = head.at(-1);
  if (last === undefined || last.kind === 'group' || !head.some((token) => token.kind === 'group')) return false;
  const named = functionName(text, head);
  if (named === undefined || named.macro !== undefined || named.group === head.length - 1) return false;
  const group = head[named.group]!;
  const after = head.slice(named.group + 1);
  const word = after.findLast((token) => token.kind === 'word');
  if (word === undefined || after.length < 2) return false;
  return plainArguments(text, group).some((span) => span !== undefined && text.slice(span.start, span.end) === word.text);
}

/** Items of a declaration that ended with `;` (at `end`, exclusive). `nested`: named structs found inside its braces. */
export function declarationItems(text: string, head: readonly HeadToken[], end: number, nested: readonly PlacedItem[]): readonly PlacedItem[] {
  const first = head[0];
  if (first === undefined) return [];
  const span = { start: first.start, end };
  const isTypedef = head.some((token) => token.kind === 'word' && token.text === 'typedef');
  const braces = head.findIndex((token) => token.kind === 'braces');
  const assigned = head.findIndex((token) => token.kind === 'mark' && token.text === '=');
  const aggregate = braces !== -1 && (assigned === -1 || braces < assigned) && isAggregateHead(head.slice(0, braces));
  const items: PlacedItem[] = [];
  const typedefName = isTypedef ? declaredNames(text, aggregate ? head.slice(braces + 1) : head, aggregate)[0] : undefined;
  if (aggregate) {
    const keyword = head.findIndex((token) => token.kind === 'word' && isAggregate(token.text));
    const kind = head[keyword]!.text;
    const tag = head.slice(keyword + 1, braces).find((token, i, rest) => token.kind === 'word' && !isAnnotation(token.text) && rest[i + 1]?.kind !== 'group');
    const name = tag !== undefined ? `${kind} ${tag.text}` : typedefName?.name;
    if (kind !== 'enum' && name !== undefined) items.push({ kind: 'struct', name, span });
    items.push(...nested);
  }
  if (isTypedef) {
    if (typedefName !== undefined) items.push({ kind: 'typedef', name: typedefName.name, span });
    return items;
  }
  const rest = aggregate ? head.slice(braces + 1) : head;
  if (rest.length === 0) return items;
  const isStatic = head.some((token) => token.kind === 'word' && token.text === 'static');
  const value = rest.findIndex((token) => token.kind === 'braces' || (token.kind === 'mark' && token.text === '='));
  const plain = value === -1 ? rest : rest.slice(0, value);
  if (!aggregate && isMacroCall(plain)) {
    const variable = macroVariable(text, plain, span, isStatic, head);
    if (variable !== undefined) items.push(variable);
    return items;
  }
  if (!aggregate && assigned === -1) {
    const named = functionName(text, rest);
    if (named !== undefined) {
      if (named.macro === undefined) items.push({ kind: 'prototype', name: named.name, span });
      return items;
    }
  }
  for (const declared of declaredNames(text, rest, aggregate)) {
    items.push({ kind: 'variable', name: declared.name, span, nameSpan: declared.span, isStatic, hasBraces: declared.hasBraces });
  }
  return items;
}

function macroVariable(text: string, call: readonly HeadToken[], span: Span, isStatic: boolean, head: readonly HeadToken[]): VariableItem | undefined {
  const macro = call[call.length - 2]!.text;
  if (!isStatic && (!isUpper(macro) || NOT_DEFINING.some((prefix) => macro.startsWith(prefix)))) return undefined;
  const args = plainArguments(text, call[call.length - 1]!);
  const typeFirst = TYPE_FIRST.some((prefix) => macro.startsWith(prefix));
  const at = args[typeFirst || args[0] === undefined ? 1 : 0];
  if (at === undefined) return undefined;
  const name = text.slice(at.start, at.end);
  if (KEYWORDS.has(name)) return undefined;
  return { kind: 'variable', name, span, nameSpan: at, isStatic, hasBraces: head.some((token) => token.kind === 'braces'), definedBy: macro };
}

interface Declared {
  readonly name: string;
  readonly span: Span;
  readonly hasBraces: boolean;
}

/** The names that a declaration without parameter lists declares. `typed`: the tokens begin after the type. */
function declaredNames(text: string, tokens: readonly HeadToken[], typed: boolean): readonly Declared[] {
  const out: Declared[] = [];
  let hasType = typed;
  let at = 0;
  while (at < tokens.length) {
    const words: HeadToken[] = [];
    let inner: Span | undefined;
    let hasBraces = false;
    let initialiser = false;
    let closed = false;
    for (; at < tokens.length; at++) {
      const token = tokens[at]!;
      if (token.kind === 'mark' && token.text === ',') break;
      if (initialiser) {
        if (token.kind === 'braces') hasBraces = true;
      } else if (token.kind === 'mark' && (token.text === '=' || token.text === ':')) initialiser = true;
      else if (token.kind === 'index') closed = closed || words.length > 0;
      else if (token.kind === 'group') {
        const before = tokens[at - 1];
        if (before?.kind === 'word' && (isAnnotation(before.text) || !hasType)) {
          if (words.at(-1) === before) words.pop();
          if (TYPEOF.has(before.text)) hasType = true;
        } else inner ??= innerName(text, token)?.span;
      } else if (token.kind === 'word' && !closed) {
        const previous = tokens[at - 1];
        if (previous?.kind === 'word' && isAggregate(previous.text)) hasType = true;
        else if (isAggregate(token.text) || STORAGE.has(token.text) || QUALIFIERS.has(token.text) || isAnnotation(token.text) || TYPEOF.has(token.text)) continue;
        else if (TYPE_WORDS.has(token.text)) hasType = true;
        else words.push(token);
      }
    }
    at++;
    // Without a type word or a tag the first word is the type's name.
    if (!hasType && words.length > (inner === undefined ? 1 : 0)) words.shift();
    hasType = true;
    let word = words.at(-1);
    if (word !== undefined && word.text.startsWith('__') && words.length > 1 && !words.at(-2)!.text.startsWith('__')) word = words.at(-2);
    const span = inner ?? (word === undefined ? undefined : { start: word.start, end: word.end });
    if (span !== undefined) out.push({ name: text.slice(span.start, span.end), span, hasBraces });
  }
  return out;
}
