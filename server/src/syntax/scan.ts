// Finds the top-level items of a kernel source or header by tokens alone. Fast enough to run over a whole tree, and
// robust on text that is being typed: counting braces is right for whole text; where it fails, a closing brace in
// column 0 ends the function, so that one broken function does not cost the others.

import type { FunctionItem, Item } from './items.ts';
import { conditionOf } from './conditions.ts';
import {
  declarationItems, functionName, isAggregateHead, isAnnotationWord, isMacroCall, isOldStyle,
} from './heads.ts';
import type { HeadToken, PlacedItem } from './heads.ts';
import { KEYWORDS } from './builtin.ts';
import {
  branchEnd, Char, commentEnd, directiveAt, isDigit, isSpace, isWordStart, numberEnd, opensLine, quotedEnd, tokenise, wordEnd,
} from './lex.ts';
import type { Directive } from './lex.ts';

/** One `#if` that is open at the place of reading. */
interface Conditional {
  /** Atoms of the branch at hand. */
  readonly atoms: readonly string[];
  /** Atoms that hold in the branches still to come. */
  readonly otherwise: readonly string[];
  /** A branch that is certainly taken was seen: those still to come are dead. */
  readonly decided: boolean;
  /** Opened within a signature, a body or braces: the branches still to come are alternatives to text already read. */
  readonly inside: boolean;
  /** Braces are not counted: this branch is such an alternative. */
  readonly muted: boolean;
}

interface Scanner {
  readonly text: string;
  /** In order of discovery: a macro defined inside a body comes before the function. */
  readonly found: { readonly start: number; readonly item: Item }[];
  conditionals: readonly Conditional[];
  muted: boolean;
  /** Set once counting braces failed: column 0 decides from here on. */
  resync: boolean;
}

/** Top-level items in order of their start. Never fails. */
export function scan(text: string): readonly Item[] {
  const scanner: Scanner = { text, found: [], conditionals: [], muted: false, resync: false };
  let head: HeadToken[] = [];
  let at = 0;
  const flush = (end: number): void => {
    for (const item of declarationItems(text, head, end, head.length === 0 ? [] : nestedStructs(text, head))) add(scanner, item);
    head = [];
  };
  const last = (): number => head.at(-1)?.end ?? at;

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) at++;
    else if (isWordStart(code)) {
      const end = wordEnd(text, at);
      const word = text.slice(at, end);
      if (head.length > 0 && startsLine(text, at) && startsItem(word, head)) flush(last());
      head.push({ kind: 'word', start: at, end, text: word });
      at = end;
    } else if (code === Char.Slash) at = Math.max(commentEnd(text, at), at + 1);
    else if (code === Char.Semicolon) {
      at++;
      if (isOldStyle(text, head)) head.push({ kind: 'mark', start: at - 1, end: at, text: ';' });
      else flush(at);
    } else if (code === Char.Open || code === Char.OpenIndex) {
      const end = blockEnd(scanner, at, undefined);
      if (end === undefined) at++;
      else {
        head.push({ kind: code === Char.Open ? 'group' : 'index', start: at, end, text: '' });
        at = end;
      }
    } else if (code === Char.OpenBrace) {
      const brace = openBrace(scanner, head, at);
      if (brace.kind === 'braces') head.push({ kind: 'braces', start: at, end: brace.end, text: '' });
      else {
        if (brace.kind === 'function') flush(last());
        head = [];
        if (brace.kind === 'function') add(scanner, brace.item);
      }
      at = brace.end;
    } else if (code === Char.Hash && opensLine(text, at)) {
      const directive = directiveAt(text, at);
      if (isMacroCall(head) && (directive.name.startsWith('if') || !signatureContinues(text, directive))) flush(last());
      at = topDirective(scanner, directive, head.length > 0);
    } else if (code === Char.CloseBrace) {
      // Left over from a body that ended early, or from extern "C".
      flush(last());
      at++;
    } else if (code === Char.Quote || code === Char.Apostrophe) {
      const end = quotedEnd(text, at);
      head.push({ kind: 'text', start: at, end, text: '' });
      at = end;
    } else if (isDigit(code)) at = numberEnd(text, at);
    else {
      // A designated initialiser at file level belongs to a macro pair (MACHINE_START ... MACHINE_END).
      if (code === Char.Dot && isMacroCall(head)) {
        flush(last());
        at = nextLineWord(text, at);
        continue;
      }
      head.push({ kind: 'mark', start: at, end: at + 1, text: text[at]! });
      at++;
    }
  }
  flush(last());
  const { found } = scanner;
  if (found.some((one, i) => i > 0 && one.start < found[i - 1]!.start)) found.sort((a, b) => a.start - b.start);
  return found.map((one) => one.item);
}

function add(scanner: Scanner, item: PlacedItem): void {
  scanner.found.push({ start: item.span.start, item });
}

const startsLine = (text: string, at: number): boolean => at === 0 || text.charCodeAt(at - 1) === Char.Newline;

/** A word in column 0 begins a new item after a macro call without `;`, and always if it is a storage class. */
function startsItem(word: string, head: readonly HeadToken[]): boolean {
  if (word === 'static' || word === 'extern' || word === 'typedef') return true;
  return isMacroCall(head) && !isAnnotationWord(word);
}

/** The place of the next line that begins with a word in column 0. */
function nextLineWord(text: string, at: number): number {
  for (let line = text.indexOf('\n', at); line !== -1; line = text.indexOf('\n', line + 1)) {
    if (isWordStart(text.charCodeAt(line + 1)) || text.charCodeAt(line + 1) === Char.Hash) return line + 1;
  }
  return text.length;
}

/** After the conditional that `directive` belongs to comes a body: the macro call before it is a signature. */
function signatureContinues(text: string, directive: Directive): boolean {
  let at = directive.end;
  if (directive.name !== 'endif') {
    let next: Directive | undefined = directive;
    while (next !== undefined && next.name !== 'endif') next = branchEnd(text, next.end);
    if (next === undefined) return false;
    at = next.end;
  }
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) at++;
    else if (code === Char.Slash && commentEnd(text, at) > at) at = commentEnd(text, at);
    else return code === Char.OpenBrace;
  }
  return false;
}

type Brace =
  | { readonly kind: 'braces'; readonly end: number }
  | { readonly kind: 'function'; readonly end: number; readonly item: FunctionItem }
  | { readonly kind: 'junk'; readonly end: number };

const inlineWords: ReadonlySet<string> = new Set(['inline', '__inline', '__inline__', '__always_inline', '__forceinline']);

/** Decides what the `{` at `at` opens, and reads to its end. Takes the signature's tokens off `head`. */
function openBrace(scanner: Scanner, head: HeadToken[], at: number): Brace {
  const { text } = scanner;
  const from = head.findLastIndex((token) => token.kind === 'braces') + 1;
  const tail = from === 0 ? head : head.slice(from);
  // `define_machine(x) { .name = ... };`: a macro call that ends in an assignment.
  const assigned = tail.some((token) => token.kind === 'mark' && token.text === '=') || (isMacroCall(tail) && opensDesignators(text, at));
  if (!assigned && tail.length > 0 && !isAggregateHead(tail)) {
    if (tail.some((token) => token.kind === 'text') && tail[0]!.text === 'extern') return { kind: 'junk', end: at + 1 };
    const named = functionName(text, tail);
    if (named !== undefined && !KEYWORDS.has(named.name)) {
      const { conditionals, muted, resync } = scanner;
      const config = conditionals.length === 0 ? [] : [...new Set(conditionals.flatMap((conditional) => conditional.atoms))];
      const end = blockEnd(scanner, at, undefined) ?? text.length;
      let isStatic = false;
      let isInline = false;
      for (let i = 0; i < named.group; i++) {
        if (tail[i]!.text === 'static') isStatic = true;
        else if (inlineWords.has(tail[i]!.text)) isInline = true;
      }
      const { start } = tail[0]!;
      let calls: readonly string[] | undefined;
      head.length = from;
      return {
        kind: 'function',
        end,
        item: {
          kind: 'function',
          name: named.name,
          span: { start, end },
          nameSpan: named.nameSpan,
          bodySpan: { start: at, end },
          isStatic,
          isInline,
          // Most functions of most files are never asked.
          get calls() {
            return (calls ??= callsIn({ text, found: [], conditionals, muted, resync }, at));
          },
          config,
        },
      };
    }
  }
  const end = blockEnd(scanner, at, undefined) ?? text.length;
  return { kind: assigned || isAggregateHead(tail) ? 'braces' : 'junk', end };
}

/** Names called in the block that opens at `at`, each once, sorted. `scanner`: as it was before the block. */
function callsIn(scanner: Scanner, at: number): readonly string[] {
  const calls = new Set<string>();
  blockEnd(scanner, at, calls);
  return [...calls].sort();
}

/** The first thing in the braces is `.field =`. */
function opensDesignators(text: string, at: number): boolean {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === Char.Slash && commentEnd(text, i) > i) i = commentEnd(text, i) - 1;
    else if (!isSpace(code)) return code === Char.Dot;
  }
  return false;
}

/**
 * `at` is at an opening bracket: the offset after its partner. Collects the names of calls on the way. When the text
 * ends first, reads again by columns: a body ends at a `}` in column 0, parentheses before a brace in column 0.
 * undefined when that does not help either.
 */
function blockEnd(scanner: Scanner, at: number, calls: Set<string> | undefined): number | undefined {
  const { conditionals, muted, resync } = scanner;
  const known = scanner.found.length;
  const found = readBlock(scanner, at, calls);
  if (found !== undefined || resync) return found;
  scanner.conditionals = conditionals;
  scanner.muted = muted;
  scanner.resync = true;
  scanner.found.length = known;
  calls?.clear();
  return readBlock(scanner, at, calls);
}

function readBlock(scanner: Scanner, start: number, calls: Set<string> | undefined): number | undefined {
  const { text, resync } = scanner;
  const open = text.charCodeAt(start);
  const close = open === Char.OpenBrace ? Char.CloseBrace : open === Char.Open ? Char.Close : Char.CloseIndex;
  const length = text.length;
  let depth = 1;
  let at = start + 1;
  while (at < length) {
    if (calls === undefined) at = skipPlain(text, at);
    const code = text.charCodeAt(at);
    if (isWordStart(code)) {
      const end = wordEnd(text, at);
      let next = end;
      while (text.charCodeAt(next) === Char.Space || text.charCodeAt(next) === Char.Tab) next++;
      if (text.charCodeAt(next) === Char.Open) {
        const name = text.slice(at, end);
        if (!KEYWORDS.has(name)) calls?.add(name);
      }
      at = end;
    } else if (code === close) {
      at++;
      if (resync && startsLine(text, at - 1) && close === Char.CloseBrace) return at;
      if (!scanner.muted && --depth === 0) return at;
    } else if (code === open) {
      if (!scanner.muted) depth++;
      at++;
    } else if (code === Char.Slash) at = Math.max(commentEnd(text, at), at + 1);
    else if (code === Char.Quote || code === Char.Apostrophe) at = quotedEnd(text, at);
    else if (code === Char.Hash && opensLine(text, at)) at = innerDirective(scanner, directiveAt(text, at));
    else if (isDigit(code)) at = numberEnd(text, at);
    else {
      if (resync && close !== Char.CloseBrace && (code === Char.OpenBrace || code === Char.CloseBrace) && startsLine(text, at)) return at;
      at++;
    }
  }
  return undefined;
}

/** 1 for what is a bracket, or begins a comment, a literal or a directive. */
const structural = new Uint8Array(128);
for (const character of '()[]{}"\'/#') structural[character.charCodeAt(0)] = 1;

/** The next such character from `at` on, or the text's end. */
function skipPlain(text: string, at: number): number {
  const length = text.length;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code < 128 && structural[code] === 1) break;
    at++;
  }
  return at;
}

/** A directive between items, or within a signature (`pending`). Returns where to read on. */
function topDirective(scanner: Scanner, directive: Directive, pending: boolean): number {
  if (definition(scanner, directive)) return directive.end;
  if (directive.name.startsWith('el') && (pending || scanner.conditionals.at(-1)?.inside === true)) return skipAlternatives(scanner, directive);
  return conditional(scanner, directive, pending, false);
}

/** `#define` and `#include` are items wherever they stand. */
function definition(scanner: Scanner, directive: Directive): boolean {
  const { start, end } = directive;
  if (directive.name === 'define') {
    const macro = /^(\w+)(?:\(([^)]*)\))?\s*([^]*)$/.exec(directive.rest);
    const params = macro?.[2]?.split(',').map((name) => name.trim()).filter((name) => name !== '');
    if (macro !== null) add(scanner, { kind: 'macro', name: macro[1]!, params, body: macro[3]!, span: { start, end } });
    return true;
  }
  if (directive.name !== 'include' && directive.name !== 'include_next') return false;
  const include = /^(?:"([^"]*)"|<([^>]*)>)/.exec(directive.rest);
  const path = include?.[1] ?? include?.[2];
  if (path !== undefined) scanner.found.push({ start, item: { kind: 'include', path, quoted: include?.[1] !== undefined } });
  return true;
}

/** A directive within a body, braces or parentheses: the first live branch counts, its alternatives are only read for calls. */
function innerDirective(scanner: Scanner, directive: Directive): number {
  return definition(scanner, directive) ? directive.end : conditional(scanner, directive, true, true);
}

/** Drops the branches that follow: of a signature or a body the first branch was already read. */
function skipAlternatives(scanner: Scanner, directive: Directive): number {
  let next: Directive | undefined = directive;
  while (next !== undefined && next.name !== 'endif') next = branchEnd(scanner.text, next.end);
  return next === undefined ? scanner.text.length : conditional(scanner, next, false, false);
}

/** Keeps the stack of open conditionals, and skips branches that are dead whatever the configuration. */
function conditional(scanner: Scanner, directive: Directive, inside: boolean, mute: boolean): number {
  const stack = scanner.conditionals;
  const top = stack.at(-1);
  let current: Directive | undefined = directive;
  if (directive.name.startsWith('if')) {
    const condition = conditionOf(directive.name, directive.rest);
    scanner.conditionals = [...stack, { atoms: condition.yes, otherwise: condition.no, decided: condition.constant === true, inside, muted: false }];
    if (condition.constant === false) {
      current = branchEnd(scanner.text, directive.end);
      return current === undefined ? directive.end : conditional(scanner, current, inside, false);
    }
  } else if (directive.name === 'endif') {
    scanner.conditionals = stack.slice(0, -1);
  } else if (directive.name.startsWith('el') && top !== undefined) {
    const condition = directive.name === 'else' ? { yes: [], no: [], constant: true } : conditionOf(directive.name, directive.rest);
    scanner.conditionals = [...stack.slice(0, -1), {
      atoms: [...top.otherwise, ...condition.yes],
      otherwise: [...top.otherwise, ...condition.no],
      decided: top.decided || condition.constant === true,
      inside: top.inside,
      muted: mute,
    }];
    if (top.decided || condition.constant === false) {
      current = branchEnd(scanner.text, directive.end);
      scanner.muted = scanner.conditionals.some((open) => open.muted);
      return current === undefined ? directive.end : conditional(scanner, current, inside, mute && top.decided);
    }
  } else return directive.end;
  scanner.muted = scanner.conditionals.some((open) => open.muted);
  return directive.end;
}

/** Named structs and unions inside the braces of the head's struct: C gives them file scope. */
function nestedStructs(text: string, head: readonly HeadToken[]): readonly PlacedItem[] {
  const braces = head.find((token) => token.kind === 'braces');
  if (braces === undefined || !isAggregateHead(head.slice(0, head.indexOf(braces)))) return [];
  if (text.indexOf('{', braces.start + 1) >= braces.end) return [];
  const { starts, ends } = tokenise(text, braces.start + 1, braces.end - 1);
  const items: PlacedItem[] = [];
  const word = (i: number): string => text.slice(starts[i], ends[i]);
  for (let i = 2; i < starts.length; i++) {
    if (text.charCodeAt(starts[i]!) !== Char.OpenBrace) continue;
    const keyword = word(i - 2);
    if ((keyword !== 'struct' && keyword !== 'union') || !isWordStart(text.charCodeAt(starts[i - 1]!))) continue;
    let depth = 0;
    let end = i;
    for (; end < starts.length; end++) {
      const code = text.charCodeAt(starts[end]!);
      if (code === Char.OpenBrace) depth++;
      else if (code === Char.CloseBrace) depth--;
      else if (code === Char.Semicolon && depth === 0) break;
    }
    items.push({ kind: 'struct', name: `${keyword} ${word(i - 1)}`, span: { start: starts[i - 2]!, end: ends[Math.min(end, ends.length - 1)]! } });
  }
  return items;
}
