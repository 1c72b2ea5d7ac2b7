// Rewrites one item's slice so that a plain C grammar can parse it, without moving anything: same length, same
// newlines, so that offsets into the result are offsets into the slice. What a construct meant is read back from the
// slice by the lowering: the true name of a loop macro, the type argument, the range of a case.

import type { Catalogue } from './catalogue.ts';
import { FIELD_WRAPPERS, KEYWORDS, QUALIFIERS, STORAGE, TYPEOF, TYPE_FIRST, TYPE_WORDS } from './builtin.ts';
import { functionName, isAggregateHead } from './heads.ts';
import type { HeadToken, Named } from './heads.ts';
import { Char, commentEnd, Kind, tokenise } from './lex.ts';
import type { Tokens } from './lex.ts';
import { analyseRegions } from './regions.ts';

export { conditionalRegions } from './regions.ts';
export type { ConditionalRegion } from './regions.ts';

/** The text being rewritten: characters that are replaced in place. */
interface Sheet {
  readonly codes: Uint16Array;
}

const UPPER_OFFSET = 32;

function blank(sheet: Sheet, start: number, end: number): void {
  for (let i = start; i < end; i++) if (sheet.codes[i] !== Char.Newline && sheet.codes[i] !== Char.Return) sheet.codes[i] = Char.Space;
}

/** Overwrites the beginning of [start, end) with `text` and blanks the rest. The range holds no newline within the text's length. */
function put(sheet: Sheet, start: number, end: number, text: string): void {
  blank(sheet, start, end);
  for (let i = 0; i < text.length && start + i < end; i++) sheet.codes[start + i] = text.charCodeAt(i);
}

/** Live tokens with their partners. `word` is empty for anything but a word. */
interface Live {
  readonly kinds: Kind[];
  readonly starts: number[];
  readonly ends: number[];
  readonly words: string[];
  /** Of a bracket: the index of its partner; -1 without one. */
  readonly partners: number[];
}

/** Same length, same newlines, tree-sitter's C. Never fails; what it does not understand stays as it is. */
export function normalise(slice: string, catalogue: Catalogue): string {
  const buffer = Buffer.from(slice, 'utf16le');
  const sheet: Sheet = { codes: new Uint16Array(buffer.buffer, buffer.byteOffset, slice.length) };
  const all = tokenise(slice);
  const regions = slice.includes('#') ? analyseRegions(slice, all) : undefined;
  const live = collect(slice, catalogue, sheet, all, regions?.dead);
  for (let i = 0; i < all.kinds.length; i++) if (all.kinds[i] === Kind.Directive) blank(sheet, all.starts[i]!, all.ends[i]!);
  for (const { start, end } of regions?.blanked ?? []) blank(sheet, start, end);
  rewrite({ slice, catalogue, sheet, live });
  spliceLines(slice, sheet, all);
  return buffer.toString('utf16le');
}

/** Backslashes at line ends outside literals, and the opening of a comment that never closes. */
function spliceLines(slice: string, sheet: Sheet, all: Tokens): void {
  for (let at = slice.indexOf('\\'); at !== -1; at = slice.indexOf('\\', at + 1)) {
    const next = slice.charCodeAt(at + 1);
    if ((next === Char.Newline || next === Char.Return) && !isInText(all, at)) sheet.codes[at] = Char.Space;
  }
  for (let at = slice.lastIndexOf('/*'); at !== -1; at = at === 0 ? -1 : slice.lastIndexOf('/*', at - 1)) {
    const end = commentEnd(slice, at);
    if (slice.startsWith('*/', end - 2) && end >= at + 4) break;
    blank(sheet, at, end);
  }
}

function isInText(all: Tokens, at: number): boolean {
  let low = 0;
  let high = all.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all.starts[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && all.kinds[low - 1] === Kind.Text && all.ends[low - 1]! > at;
}

/** Leaves out what is dead and every annotation, which are blanked. */
function collect(slice: string, catalogue: Catalogue, sheet: Sheet, all: Tokens, dead: Uint8Array | undefined): Live {
  const live: Live = { kinds: [], starts: [], ends: [], words: [], partners: [] };
  const count = all.kinds.length;
  const code = (i: number): number => (i < count && all.kinds[i] === Kind.Mark ? slice.charCodeAt(all.starts[i]!) : 0);
  const stack: number[] = [];
  for (let i = 0; i < count; i++) {
    if (dead?.[i] === 1 || all.kinds[i] === Kind.Directive) continue;
    const start = all.starts[i]!;
    let word = '';
    if (all.kinds[i] === Kind.Word) {
      word = slice.slice(start, all.ends[i]);
      const called = code(i + 1) === Char.Open;
      if (called && isNoiseCall(slice, catalogue, all, i, word, live, stack.length > 0 && slice.charCodeAt(live.starts[stack.at(-1)!]!) === Char.Open)) {
        let depth = 0;
        let end = i + 1;
        for (; end < count; end++) {
          if (code(end) === Char.Open) depth++;
          else if (code(end) === Char.Close && --depth === 0) break;
        }
        if (end < count) {
          blank(sheet, start, all.ends[end]!);
          i = end;
          continue;
        }
      }
      if (!called || !catalogue.callAnnotations.has(word)) {
        const noise = (catalogue.annotations.has(word) && !STORAGE.has(word) && !isOperand(slice, all, i, live))
          || (catalogue.emptyWords.has(word) && !called && isBetweenWords(all, i, live));
        if (noise) {
          blank(sheet, start, all.ends[i]!);
          continue;
        }
      }
    }
    const at = live.kinds.length;
    live.kinds.push(all.kinds[i]!);
    live.starts.push(start);
    live.ends.push(all.ends[i]!);
    live.words.push(word);
    live.partners.push(-1);
    const c = code(i);
    if (c === Char.Open || c === Char.OpenBrace || c === Char.OpenIndex) stack.push(at);
    else if (c === Char.Close || c === Char.CloseBrace || c === Char.CloseIndex) {
      const open = stack.pop();
      if (open === undefined) continue;
      live.partners[at] = open;
      live.partners[open] = at;
    }
  }
  return live;
}

function isNoiseCall(slice: string, catalogue: Catalogue, all: Tokens, i: number, word: string, live: Live, inParentheses: boolean): boolean {
  if (catalogue.callAnnotations.has(word)) return true;
  if (!catalogue.emptyCalls.has(word)) return false;
  // Defined as nothing in some configuration: noise only after a word or a closing bracket, where no call can stand.
  const before = live.kinds.length - 1;
  if (before < 0) return false;
  const previous = live.words[before]!;
  return previous !== '' && !KEYWORDS.has(previous) && (inParentheses || slice.lastIndexOf('\n', all.starts[i]!) < live.starts[before]!);
}

const isBetweenWords = (all: Tokens, i: number, live: Live): boolean =>
  all.kinds[i + 1] === Kind.Word || (live.kinds.at(-1) === Kind.Word && !EXPRESSION_WORDS.has(live.words.at(-1)!));

/** A word that an expression needs: `= INIT;`, `case INIT:`. Some driver's constant may bear an annotation's name. */
function isOperand(slice: string, all: Tokens, i: number, live: Live): boolean {
  const last = live.kinds.length - 1;
  if (last < 0 || (all.kinds[i + 1] !== Kind.Mark && all.kinds[i + 1] !== undefined)) return false;
  if (live.kinds[last] === Kind.Word) return EXPRESSION_WORDS.has(live.words[last]!);
  const before = slice[live.starts[last]!]!;
  if (before === '.' || (before === '>' && slice[live.starts[last]! - 1] === '-')) return true;
  const after = slice[all.starts[i + 1]!]!;
  return live.kinds[last] === Kind.Mark && '=(,|&+-!?:<>['.includes(before) && after !== '*' && after !== '(';
}

const EXPRESSION_WORDS: ReadonlySet<string> = new Set(['return', 'case', 'goto', 'else', 'do', 'sizeof']);

interface Job {
  readonly slice: string;
  readonly catalogue: Catalogue;
  readonly sheet: Sheet;
  readonly live: Live;
}

const codeAt = (job: Job, i: number): number =>
  job.live.kinds[i] === Kind.Mark ? job.slice.charCodeAt(job.live.starts[i]!) : 0;

/** True if tokens i and i+1 are one operator: nothing between them. */
const joined = (job: Job, i: number): boolean => job.live.ends[i] === job.live.starts[i + 1];

function blankTokens(job: Job, from: number, to: number): void {
  if (to > from) blank(job.sheet, job.live.starts[from]!, job.live.ends[to - 1]!);
}

/** Puts one character into the white space before token `i`; false if there is none besides newlines. */
function insertBefore(job: Job, i: number, character: string): boolean {
  const at = blanksBetween(job.slice, i === 0 ? 0 : job.live.ends[i - 1]!, job.live.starts[i] ?? job.slice.length)[0];
  if (at !== undefined) job.sheet.codes[at] = character.charCodeAt(0);
  return at !== undefined;
}

function rewrite(job: Job): void {
  const { live } = job;
  const head: HeadToken[] = [];
  let assigned = false;
  let i = 0;
  for (; i < live.kinds.length; i++) {
    const code = codeAt(job, i);
    if (code === Char.OpenBrace || (code === Char.Semicolon && !head.some((token) => token.kind === 'group'))) break;
    const partner = live.partners[i]!;
    if (code === Char.Open || code === Char.OpenIndex) {
      if (partner === -1) break;
      head.push({ kind: code === Char.Open ? 'group' : 'index', start: live.starts[i]!, end: live.ends[partner]!, text: '' });
      i = partner;
      continue;
    }
    if (code === Char.Equals) {
      assigned = true;
      break;
    }
    const kind = live.kinds[i] === Kind.Word ? 'word' : live.kinds[i] === Kind.Text ? 'text' : 'mark';
    head.push({ kind, start: live.starts[i]!, end: live.ends[i]!, text: job.slice.slice(live.starts[i], live.ends[i]) });
  }
  const brace = codeAt(job, i) === Char.OpenBrace;
  if (brace && isAggregateHead(head)) {
    cleanAggregateHead(job, head);
    const end = live.partners[i] === -1 ? live.kinds.length : live.partners[i]!;
    const isEnum = head.some((token) => token.text === 'enum');
    rewriteBody(job, i, isEnum ? 'list' : 'fields');
    if (end + 1 < live.kinds.length) cleanVariable(job, end + 1);
    return;
  }
  if (!assigned) {
    const named = functionName(job.slice, head);
    if (named !== undefined) {
      const isTypedef = head[0]?.text === 'typedef';
      if (!isTypedef) cleanSignature(job, head, named, brace);
      if (brace) rewriteBody(job, i, 'block');
      return;
    }
  }
  cleanDeclarationHead(job, head);
  rewriteBody(job, i, 'list');
}

/** `struct MACRO name {`: only the keyword and the last word stay. */
function cleanAggregateHead(job: Job, head: readonly HeadToken[]): void {
  const keyword = head.findIndex((token) => token.text === 'struct' || token.text === 'union' || token.text === 'enum');
  const words = head.slice(keyword + 1).filter((token) => token.kind === 'word');
  const colon = head.findIndex((token) => token.text === ':');
  if (colon !== -1) blank(job.sheet, head[colon]!.start, head.at(-1)!.end);
  for (const word of words.slice(0, -1)) if (colon === -1) blank(job.sheet, word.start, word.end);
  for (const token of head.slice(0, keyword)) if (token.kind === 'word' && !STORAGE.has(token.text) && !QUALIFIERS.has(token.text)) blank(job.sheet, token.start, token.end);
}

/** Words between the type and the name of a variable that are no type words: unknown attributes. */
function cleanDeclarationHead(job: Job, head: readonly HeadToken[]): void {
  if (head[0]?.text === 'typedef') return;
  const tag = head.findIndex((token) => token.text === 'struct' || token.text === 'union' || token.text === 'enum');
  const words = head.filter((token, i) => token.kind === 'word' && i !== tag && i !== tag + 1 && !STORAGE.has(token.text) && !QUALIFIERS.has(token.text));
  const typed = tag !== -1 || words.some((token) => TYPE_WORDS.has(token.text));
  const free = words.filter((token) => !TYPE_WORDS.has(token.text) && head[head.indexOf(token) + 1]?.kind !== 'group');
  const groups = head.some((token) => token.kind === 'group');
  if (groups || head.some((token) => token.text === ',')) return;
  const keep = typed ? 1 : 2;
  if (free.length > keep) for (const token of typed ? free.slice(0, -1) : free.slice(1, -1)) blank(job.sheet, token.start, token.end);
}

/** After the `}` of a struct: what is declared with it. */
function cleanVariable(job: Job, from: number): void {
  rewriteBody(job, from - 1, 'list');
}

/** Leaves of a signature: qualifiers, one type, stars, the name, the parameters. */
function cleanSignature(job: Job, head: readonly HeadToken[], named: Named, hasBody: boolean): void {
  const { sheet } = job;
  const group = head[named.group]!;
  const nameAt = head.findIndex((token) => token.start <= named.nameSpan.start && named.nameSpan.start < token.end);
  // After the parameters: attributes, sparse contexts; but old-style declarations stay.
  const oldStyle = head.slice(named.group + 1).some((token) => token.text === ';');
  if (!oldStyle && head.length > named.group + 1 && nameAt !== named.group) blank(sheet, group.end, head.at(-1)!.end);
  cleanParameters(job, group);
  if (named.macro !== undefined) {
    cleanMacroHead(job, head, named);
    return;
  }
  const nameToken = head[nameAt]!;
  // FNAME(name)(int a): the macro's parentheses go, the inner name stays.
  if (nameToken.kind === 'group' && named.group === nameAt + 1) {
    blank(sheet, nameToken.start, named.nameSpan.start);
    blank(sheet, named.nameSpan.end, nameToken.end);
    if (head[nameAt - 1]?.kind === 'word') blank(sheet, head[nameAt - 1]!.start, head[nameAt - 1]!.end);
    const macroWord = nameAt - 1;
    cleanSpecifiers(job, head, head[macroWord]?.kind === 'word' && named.group === nameAt + 1 ? macroWord : nameAt);
    return;
  }
  if (nameToken.kind === 'group' && nameAt === named.group) {
    const open = job.live.starts.findIndex((start) => start >= named.nameSpan.end);
    const close = job.live.partners[open] ?? -1;
    if (close === -1 || head[nameAt - 1]?.kind === 'word' && job.slice[job.live.starts[open - 2] ?? 0] !== '*') {
      // int BPF_PROG(name, int a): the name is in the parameters, which stay.
      cleanSpecifiers(job, head, nameAt - 1);
      return;
    }
    // int (*name(int a))[3]: reads as int *name(int a).
    blank(sheet, nameToken.start, nameToken.start + 1);
    blank(sheet, job.live.ends[close]!, head.at(-1)!.end);
    cleanSpecifiers(job, head, nameAt);
    return;
  }
  cleanSpecifiers(job, head, nameAt);
  if (!hasBody) return;
}

/** `void *addr MORE_ARGS(int imm)`: parameters that a macro adds in some configuration. */
function cleanParameters(job: Job, group: HeadToken): void {
  const { live } = job;
  const open = live.starts.indexOf(group.start);
  const close = open === -1 ? -1 : live.partners[open]!;
  for (let i = open + 1; i < close; i++) {
    const next = live.partners[i + 1]!;
    if (/^(?:[A-Z]|_+[A-Z])[A-Z0-9_]*$/.test(live.words[i]!) && next > i && live.kinds[i - 1] === Kind.Word && codeAt(job, i + 2) !== Char.Star) {
      blankTokens(job, i, next + 1);
      i = next;
    } else if (live.partners[i]! > i) i = live.partners[i]!;
  }
}

function cleanSpecifiers(job: Job, head: readonly HeadToken[], nameAt: number): void {
  const { sheet } = job;
  const before = head.slice(0, nameAt);
  const isTag = (i: number): boolean => before[i]?.text === 'struct' || before[i]?.text === 'union' || before[i]?.text === 'enum';
  const tag = before.findIndex((_, i) => isTag(i));
  const firstStar = before.findIndex((token) => token.text === '*');
  const typed = tag !== -1 || before.some((token) => TYPE_WORDS.has(token.text));
  const candidates: number[] = [];
  before.forEach((token, i) => {
    if (token.kind === 'group' && before[i - 1]?.kind === 'word') {
      // An unknown attribute with arguments, or typeof(...).
      blank(sheet, token.start, token.end);
      if (!TYPEOF.has(before[i - 1]!.text)) {
        blank(sheet, before[i - 1]!.start, before[i - 1]!.end);
        if (candidates.at(-1) === i - 1) candidates.pop();
      }
    }
    if (token.kind === 'text' || token.kind === 'index') blank(sheet, token.start, token.end);
    if (token.kind !== 'word' || STORAGE.has(token.text) || QUALIFIERS.has(token.text) || TYPE_WORDS.has(token.text)) return;
    if (isTag(i) || isTag(i - 1)) return;
    candidates.push(i);
  });
  const beforeStar = candidates.filter((i) => firstStar === -1 || i < firstStar);
  const preferred = beforeStar.filter((i) => !before[i]!.text.startsWith('__'));
  const keep = typed ? -1 : (preferred.at(-1) ?? beforeStar.at(-1) ?? -1);
  for (const i of candidates) if (i !== keep) blank(sheet, before[i]!.start, before[i]!.end);
  const storage = before.filter((token) => token.text === '__always_inline' || token.text === '__extension__' || token.text === '_Noreturn');
  for (const token of storage) blank(sheet, token.start, token.end);
  if (typed || keep !== -1) return;
  // No type at all: an old function that returns int. Some word before the name gives the room, if any does.
  const room = before.find((token) => token.kind === 'word' && token.text.length >= 3);
  if (room !== undefined) put(sheet, room.start, room.end, 'int');
}

/** SYSCALL_DEFINE3(name, type, arg, ...) becomes `int NAME(type arg, ...)`. */
function cleanMacroHead(job: Job, head: readonly HeadToken[], named: Named): void {
  const { sheet, slice, live } = job;
  const call = head[named.group - 1]!;
  const group = head[named.group]!;
  for (const token of head.slice(0, named.group - 1)) if (!STORAGE.has(token.text) || token.text === '__always_inline') blank(sheet, token.start, token.end);
  if (call.end - call.start < 5) {
    // TEST(x): too short a name, but with its arguments there is room.
    if (group.end - call.start >= 7) put(sheet, call.start, group.end - 1, 'int f(');
    return;
  }
  sheet.codes.set([105, 110, 116, Char.Space], call.start); // `int `
  if (/\d/.test(slice[call.start + 4]!)) sheet.codes[call.start + 4] = 95;
  const open = live.starts.indexOf(group.start);
  const close = live.partners[open]!;
  const commas: number[] = [];
  let plain = true;
  for (let i = open + 1; i < close; i++) {
    const code = codeAt(job, i);
    if (code === Char.Comma) commas.push(i);
    else if (live.kinds[i] !== Kind.Word && code !== Char.Star) plain = false;
    const partner = live.partners[i]!;
    if (partner > i) i = partner;
  }
  if (typeof named.macro === 'object' && named.macro.pairs) {
    blankTokens(job, open + 1, commas[0] === undefined ? close : commas[0] + 1);
    for (let k = 1; k < commas.length; k += 2) blankTokens(job, commas[k]!, commas[k]! + 1);
  } else if (!plain) blankTokens(job, open + 1, close);
}

type Context = 'block' | 'list' | 'fields' | 'call' | 'group';

const STATEMENT_KEYWORDS: ReadonlySet<string> = new Set([
  'if', 'while', 'for', 'do', 'switch', 'case', 'default', 'return', 'goto', 'break', 'continue', 'else',
]);
const HEADER_KEYWORDS: ReadonlySet<string> = new Set(['if', 'while', 'for', 'switch']);
const ASM: ReadonlySet<string> = new Set(['asm', '__asm__', '__asm']);
const ASM_QUALIFIERS: ReadonlySet<string> = new Set(['volatile', '__volatile__', '__volatile', 'goto', 'inline', '__inline', '__inline__']);
const ALIGNOF: ReadonlySet<string> = new Set(['__alignof__', '__alignof', '_alignof', 'alignof', '_Alignof', 'offsetof']);

/** From the opening bracket `from` to the end of the slice. */
function rewriteBody(job: Job, from: number, outer: Context): void {
  const { live, sheet, catalogue } = job;
  const count = live.kinds.length;
  const contexts: Context[] = [];
  /** Tokens at which a statement begins because a header's `)` stands before them. */
  const begins = new Uint8Array(count + 1);
  const context = (): Context => contexts.at(-1) ?? outer;
  for (let i = from; i < count; i++) {
    const code = codeAt(job, i);
    if (code === 0) {
      if (live.kinds[i] === Kind.Word) i = word(i);
      else if (live.kinds[i] === Kind.Text) i = text(i);
      continue;
    }
    switch (code) {
      case Char.OpenBrace:
        contexts.push(i === from ? outer : braceContext(job, i, context()));
        break;
      case Char.Open: {
        const called = isCallee(job, i - 1);
        contexts.push(called ? 'call' : 'group');
        if (called && cleanArguments(job, i, begins)) contexts[contexts.length - 1] = 'block';
        break;
      }
      case Char.OpenIndex:
        contexts.push('group');
        break;
      case Char.Close: case Char.CloseBrace: case Char.CloseIndex:
        contexts.pop();
        break;
      case Char.Comma:
        // `u32 a : 4, : 2;` in a struct: the second one has no name.
        if (context() === 'fields' && codeAt(job, i + 1) === Char.Colon) insertBefore(job, i + 1, '_');
        break;
      case Char.Ampersand:
        // &&label: the address of a label, where no left operand stands.
        if (codeAt(job, i + 1) === Char.Ampersand && joined(job, i)) {
          if (live.kinds[i + 2] === Kind.Word && !isOperandEnd(job, i - 1)) blankTokens(job, i, i + 1);
          i++;
        }
        break;
      default:
    }
  }

  /** Handles the word at `i`; the index of the last token it dealt with. */
  function word(i: number): number {
    const name = live.words[i]!;
    const next = codeAt(job, i + 1);
    const nextWord = live.words[i + 1] ?? '';
    if (TYPEOF.has(name) && next === Char.Open && live.partners[i + 1] !== -1) {
      const close = live.partners[i + 1]!;
      blankTokens(job, i + 1, close + 1);
      return close;
    }
    if (ASM.has(name) || (ASM_QUALIFIERS.has(nextWord) && codeAt(job, i + 2) === Char.Open && !KEYWORDS.has(name) && statementStart(i)) || (next === Char.Open && isAsmCall(job, i + 1))) return assembly(i);
    if (ALIGNOF.has(name) && next === Char.Open) {
      const at = name.search(/[a-z]/);
      sheet.codes[live.starts[i]! + at]! -= UPPER_OFFSET;
    }
    if (name === '_Generic' && next === Char.Open && live.partners[i + 1]! - i > 3) {
      sheet.codes[live.starts[i]! + 1]! = 103;
      blankTokens(job, i + 2, live.partners[i + 1]!);
      return live.partners[i + 1]! - 1;
    }
    if (next === Char.Open && live.kinds[live.partners[i + 1]! + 1] === Kind.Text && !KEYWORDS.has(name) && live.partners[i + 1] !== -1) {
      // MACRO(x) "text": part of a string.
      const close = live.partners[i + 1]!;
      blankTokens(job, i, close + 1);
      return close;
    }
    if (context() === 'call' && nextWord !== '' && !KEYWORDS.has(name) && !KEYWORDS.has(nextWord) && !isTag(live.words[i - 1] ?? '')) {
      // KERN_ERR PREFIX "text": the parser joins one word with a literal, not two.
      blankTokens(job, i, i + 1);
      return i;
    }
    if (context() === 'fields') return field(i, name, next);
    if (context() === 'list') return element(i, name, next);
    if (context() !== 'block' || !statementStart(i)) return i;
    return statement(i, name, next);
  }

  /** Parts of a string that are macro calls: "a" MACRO(x) "b". */
  function text(i: number): number {
    const name = live.words[i + 1] ?? '';
    if (name !== '' && codeAt(job, i + 2) === Char.Open && live.partners[i + 2] !== -1) {
      const close = live.partners[i + 2]!;
      blankTokens(job, i + 1, close + 1);
      return text(close);
    }
    return i;
  }

  function statementStart(i: number): boolean {
    if (begins[i] === 1) return true;
    const before = codeAt(job, i - 1);
    if (before === Char.Semicolon || before === Char.OpenBrace || before === Char.CloseBrace || before === Char.Colon) return true;
    const previous = live.words[i - 1];
    return previous === 'else' || previous === 'do';
  }

  function statement(i: number, name: string, next: number): number {
    if (HEADER_KEYWORDS.has(name)) {
      if (next === Char.Open && live.partners[i + 1] !== -1) begins[live.partners[i + 1]! + 1] = 1;
      return i;
    }
    if (name === 'case') {
      for (let at = i + 1; at < count && codeAt(job, at) !== Char.Colon; at++) {
        if (codeAt(job, at) !== Char.Dot || codeAt(job, at + 1) !== Char.Dot) continue;
        let colon = at;
        while (colon < count && codeAt(job, colon) !== Char.Colon) colon++;
        blankTokens(job, at, colon);
        live.kinds.fill(Kind.Directive, at, colon);
        live.words.fill('', at, colon);
        break;
      }
      return i;
    }
    if (name === 'goto') {
      if (next !== Char.Star) return i;
      let end = i + 2;
      while (end < count && codeAt(job, end) !== Char.Semicolon) end++;
      const label = live.words.findIndex((w, at) => at > i && at < end && w !== '');
      blankTokens(job, i + 1, label === -1 ? end : label);
      if (label !== -1) blankTokens(job, label + 1, end);
      return end - 1;
    }
    if (STORAGE.has(name) && codeAt(job, i + 2) === Char.Open && !KEYWORDS.has(live.words[i + 1] ?? '') && codeAt(job, live.partners[i + 2]! + 1) === Char.Semicolon) {
      // static DECLARE_WORK(work, fn); reads as a call.
      blankTokens(job, i, i + 1);
      return i;
    }
    if (KEYWORDS.has(name)) return i;
    if (next === Char.Colon) {
      // A label needs a statement.
      if (codeAt(job, i + 2) === Char.CloseBrace) insertBefore(job, i + 2, ';');
      return i + 1;
    }
    if (next === Char.Open && live.partners[i + 1] !== -1) return macroStatement(i, name);
    const follower = live.words[i + 1] ?? '';
    if (STATEMENT_KEYWORDS.has(follower) || next === Char.CloseBrace) {
      if (!insertBefore(job, i + 1, ';')) blankTokens(job, i, i + 1);
    } else if (next === Char.OpenBrace) blankTokens(job, i, i + 1);
    else if (follower !== '' && !KEYWORDS.has(follower) && job.slice.slice(live.ends[i], live.starts[i + 1]).includes('\n')) {
      // A macro without parentheses on a line of its own.
      insertBefore(job, i + 1, ';');
      begins[i + 1] = 1;
    }
    return i;
  }

  /** `name(...)` at the beginning of a statement: a call, a loop's head, or a macro that is a statement. */
  function macroStatement(i: number, name: string): number {
    const close = live.partners[i + 1]!;
    const after = close + 1;
    const afterCode = codeAt(job, after);
    const afterWord = live.words[after] ?? '';
    if (afterCode === Char.OpenBrace || (catalogue.loops.has(name) && afterCode !== Char.Equals)) {
      begins[after] = 1;
      const end = afterCode === Char.OpenBrace ? live.partners[after]! : -1;
      const isIf = end !== -1 && live.words[end + 1] === 'else';
      const keyword = isIf || name.length < 5 ? 'if' : 'while';
      if (close === i + 2) {
        if (live.ends[close]! - live.starts[i]! > keyword.length + 2) put(sheet, live.starts[i]!, live.ends[close]!, `${keyword}(0)`);
      } else put(sheet, live.starts[i]!, live.ends[i]!, keyword);
      return i;
    }
    if (afterCode === Char.Equals && codeAt(job, after + 1) === Char.OpenBrace && live.partners[after + 1] !== -1) {
      // DECLARE_BITMAP(map, 8) = { 0 };
      blankTokens(job, after, live.partners[after + 1]! + 1);
      return i;
    }
    if (afterCode === Char.CloseBrace || STATEMENT_KEYWORDS.has(afterWord)) {
      insertBefore(job, after, ';');
      begins[after] = 1;
    } else if (afterWord !== '') {
      const sameLine = !job.slice.slice(live.ends[close], live.starts[after]).includes('\n');
      // TYPE_OF(x) name = ...: a type. A deeper line: the body of an unknown loop. A statement without `;` otherwise.
      if (sameLine && codeAt(job, after + 1) !== Char.Open) blankTokens(job, i + 1, after);
      else if (!sameLine && column(job.slice, live.starts[after]!) > column(job.slice, live.starts[i]!)) {
        begins[after] = 1;
        if (name.length >= 5 && close > i + 2) put(sheet, live.starts[i]!, live.ends[i]!, 'while');
      } else {
        insertBefore(job, after, ';');
        begins[after] = 1;
      }
    }
    return i;
  }

  /** asm volatile goto("..." : ... ): one empty string stays. */
  function assembly(i: number): number {
    let open = i + 1;
    while (open < count && codeAt(job, open) !== Char.Open && live.kinds[open] === Kind.Word) open++;
    const close = codeAt(job, open) === Char.Open ? live.partners[open]! : -1;
    if (close === -1) return i;
    if (!statementStart(i) && isOperandEnd(job, i - 1)) {
      // register long r asm("r0") = x;
      blankTokens(job, i, close + 1);
      return close;
    }
    if (ASM.has(live.words[i]!) || live.words[i]!.startsWith('asm')) put(sheet, live.starts[i]!, live.ends[i]!, 'asm');
    blankTokens(job, i + 1, open);
    const first = live.starts[open]! + 1;
    blank(sheet, first, live.starts[close]!);
    const room = job.slice.slice(first, live.starts[close]).search(/[^\n\r]{2}/);
    if (room !== -1) sheet.codes.set([Char.Quote, Char.Quote], first + room);
    const after = codeAt(job, close + 1);
    if (after === Char.CloseBrace || live.words[close + 1]) insertBefore(job, close + 1, ';');
    return close;
  }

  /** struct_group(name, fields...); and macros that declare a field. */
  function field(i: number, name: string, next: number): number {
    const close = next === Char.Open ? live.partners[i + 1]! : -1;
    const skipped = FIELD_WRAPPERS.get(name);
    if (close !== -1 && skipped !== undefined) {
      let at = i + 2;
      for (let commas = 0; at < close && commas < skipped; at++) if (codeAt(job, at) === Char.Comma) commas++;
      blankTokens(job, i, at);
      blankTokens(job, close, close + 1);
      if (codeAt(job, close + 1) === Char.Semicolon) blankTokens(job, close + 1, close + 2);
      live.kinds.fill(Kind.Directive, i, at);
      live.kinds[close] = Kind.Directive;
      return at - 1;
    }
    const previous = codeAt(job, i - 1);
    if (previous !== Char.Semicolon && previous !== Char.OpenBrace && previous !== Char.CloseBrace) return i;
    if (next === Char.Colon) {
      // `u32 : 2;` has no name: one is put in, or the field left out.
      const room = blanksBetween(job.slice, live.ends[i]!, live.starts[i + 1]!)[1];
      if (room !== undefined) sheet.codes[room] = 95;
      else blankTokens(job, i, fieldEnd(i) + 1);
      return i;
    }
    if (close === -1 || KEYWORDS.has(name) || codeAt(job, close + 1) !== Char.Semicolon) return i;
    // DECLARE_FLEX_ARRAY(struct x, name) is a field of that type; DECLARE_BITMAP(name, 8) one of an unknown type.
    if (TYPE_FIRST.some((prefix) => name.startsWith(prefix))) {
      blankTokens(job, i, i + 2);
      for (let at = i + 2; at < close; at++) if (codeAt(job, at) === Char.Comma) blankTokens(job, at, at + 1);
      blankTokens(job, close, close + 1);
      return close;
    }
    if (live.kinds[i + 2] === Kind.Word && (i + 3 === close || codeAt(job, i + 3) === Char.Comma)) {
      blankTokens(job, i + 1, i + 2);
      blankTokens(job, i + 3, close + 1);
    } else blankTokens(job, i, close + 2);
    return close;
  }

  /** The `;` that ends the field at `i`. */
  function fieldEnd(i: number): number {
    let end = i;
    while (end < count - 1 && codeAt(job, end) !== Char.Semicolon) end++;
    return end;
  }

  /** X(1) X(2) without commas. */
  function element(i: number, name: string, next: number): number {
    if (next === 0 && live.kinds[i + 1] === Kind.Word && !KEYWORDS.has(name) && !KEYWORDS.has(live.words[i + 1]!) && !KEYWORDS.has(live.words[i - 1] ?? '')) insertBefore(job, i + 1, ',');
    if (next !== Char.Open || KEYWORDS.has(name) || live.partners[i + 1] === -1) return i;
    const after = live.partners[i + 1]! + 1;
    if (live.kinds[after] === Kind.Word || live.kinds[after] === Kind.Number) insertBefore(job, after, ',');
    return i;
  }
}

/** The column of the first character of the line that `at` stands in, with tabs to 8. */
function column(slice: string, at: number): number {
  let out = 0;
  for (let i = slice.lastIndexOf('\n', at - 1) + 1; i < at; i++) {
    const code = slice.charCodeAt(i);
    if (code === Char.Tab) out += 8 - (out % 8);
    else if (code === Char.Space) out++;
    else break;
  }
  return out;
}

/** True if the token ends an operand: a word that is no keyword, a number, a literal, a closing bracket. */
function isOperandEnd(job: Job, i: number): boolean {
  if (i < 0) return false;
  const kind = job.live.kinds[i];
  if (kind === Kind.Word) return !EXPRESSION_WORDS.has(job.live.words[i]!);
  if (kind === Kind.Number || kind === Kind.Text) return true;
  const code = codeAt(job, i);
  return code === Char.Close || code === Char.CloseIndex;
}

const isCallee = (job: Job, i: number): boolean => i >= 0 && job.live.kinds[i] === Kind.Word && (!KEYWORDS.has(job.live.words[i]!) || ALIGNOF.has(job.live.words[i]!));

/** asm_volatile_goto("..." : : ...): a string, then a colon directly in the parentheses. */
function isAsmCall(job: Job, open: number): boolean {
  const close = job.live.partners[open]!;
  if (close === -1 || job.live.kinds[open + 1] !== Kind.Text) return false;
  let question = 0;
  for (let i = open + 1; i < close; i++) {
    const code = codeAt(job, i);
    if (code === Char.Question) question++;
    if (code === Char.Colon && question-- <= 0) return true;
    if (code === Char.Comma) return false;
    if (job.live.partners[i]! > i) i = job.live.partners[i]!;
  }
  return false;
}

function braceContext(job: Job, i: number, around: Context): Context {
  const { live } = job;
  const before = codeAt(job, i - 1);
  const tag = live.words[i - 2] ?? '';
  const keyword = live.words[i - 1] ?? '';
  if (keyword === 'struct' || keyword === 'union' || tag === 'struct' || tag === 'union') return 'fields';
  if (keyword === 'enum' || tag === 'enum') return 'list';
  if (before === Char.Equals || before === Char.CloseIndex || before === Char.Comma || around === 'list') return around === 'call' ? 'block' : 'list';
  if (before === Char.Close) {
    const callee = live.partners[i - 1]! - 1;
    const name = live.words[callee] ?? '';
    // (struct foo) { ... }: after an operator or an opening bracket.
    return live.partners[i - 1] !== -1 && name === '' && around !== 'block' ? 'list' : name === '' && !isStatementEnd(job, callee) ? 'list' : 'block';
  }
  return 'block';
}

const isStatementEnd = (job: Job, i: number): boolean => {
  const code = codeAt(job, i);
  return code === Char.Semicolon || code === Char.OpenBrace || code === Char.CloseBrace;
};

/**
 * The arguments of a call whose `(` is token `open`: types become names, operators and holes become operands,
 * statements become blocks. True if there are statements, so that what is inside is to be read as such.
 */
function cleanArguments(job: Job, open: number, begins: Uint8Array): boolean {
  const { live } = job;
  const close = live.partners[open]!;
  if (close <= open + 1) return false;
  let first = open + 1;
  let statements = false;
  let semicolon = false;
  for (let i = first; i <= close; i++) {
    const code = codeAt(job, i);
    if (i === close || (code === Char.Comma && (!semicolon || codeAt(job, i - 1) === Char.Semicolon))) {
      if (semicolon || isStatementArgument(job, first, i)) {
        statements = statementArgument(job, first, i) || statements;
        begins[first] = 1;
      } else cleanArgument(job, first, i);
      first = i + 1;
      semicolon = false;
    } else if (code === Char.Semicolon) semicolon = true;
    else if (live.partners[i]! > i) i = live.partners[i]!;
  }
  return statements;
}

const isStatementArgument = (job: Job, from: number, to: number): boolean =>
  from < to && (HEADER_KEYWORDS.has(job.live.words[from]!) || job.live.words[from] === 'do');

/** `MACRO(x, if (a) break;)`: braces are put into the white space around; without room the argument is dropped. */
function statementArgument(job: Job, from: number, to: number): boolean {
  const { live, sheet, slice } = job;
  const last = codeAt(job, to - 1);
  const closing = last === Char.Semicolon || last === Char.CloseBrace ? '}' : ';}';
  const before = blanksBetween(slice, live.ends[from - 1]!, live.starts[from]!);
  const after = blanksBetween(slice, live.ends[to - 1]!, live.starts[to]!);
  if (before.length < 1 || after.length < closing.length) {
    const simple = !live.words.slice(from, to).some((word) => STATEMENT_KEYWORDS.has(word));
    if (!simple) put(sheet, live.starts[from]!, live.ends[to - 1]!, '0');
    // Expressions only: they become arguments of their own.
    else for (let i = from; i < to; i++) {
      if (codeAt(job, i) === Char.Semicolon) sheet.codes[live.starts[i]!] = i === to - 1 ? Char.Space : Char.Comma;
      else if (live.partners[i]! > i) i = live.partners[i]!;
    }
    return false;
  }
  sheet.codes[before[0]!] = Char.OpenBrace;
  for (let i = 0; i < closing.length; i++) sheet.codes[after[i]!] = closing.charCodeAt(i);
  return true;
}

/** Offsets of the blanks and tabs between two tokens, outside comments. */
function blanksBetween(slice: string, from: number, to: number): readonly number[] {
  const found: number[] = [];
  for (let at = from; at < to; at++) {
    const code = slice.charCodeAt(at);
    if (code === Char.Slash) at = Math.max(commentEnd(slice, at) - 1, at);
    else if (code === Char.Space || code === Char.Tab) found.push(at);
  }
  return found;
}

const isTag = (word: string): boolean => word === 'struct' || word === 'union' || word === 'enum';

/** One argument: tokens [from, to). */
function cleanArgument(job: Job, from: number, to: number): void {
  const { live, sheet } = job;
  if (from === to) {
    if (codeAt(job, to) === Char.Comma) blankTokens(job, to, to + 1);
    else if (codeAt(job, from - 1) === Char.Comma) blankTokens(job, from - 1, from);
    return;
  }
  const first = live.words[from]!;
  const firstCode = codeAt(job, from);
  const lastCode = codeAt(job, to - 1);
  if (isAsmOperand(job, from, to)) {
    blankTokens(job, from, to);
    sheet.codes[live.starts[from]!] = 48;
    live.kinds.fill(Kind.Directive, from, to);
    live.words.fill('', from, to);
    return;
  }
  if (isTag(first) || QUALIFIERS.has(first) || TYPE_WORDS.has(first) || STORAGE.has(first)) {
    typeArgument(job, from, to);
    return;
  }
  if (first !== '' && lastCode === Char.Star) {
    for (let i = to - 1; i > from && (codeAt(job, i) === Char.Star || QUALIFIERS.has(live.words[i]!)); i--) blankTokens(job, i, i + 1);
    return;
  }
  if (first === 'return' || first === 'goto') blankTokens(job, from, to > from + 1 ? from + 1 : from);
  else if (first === 'break' || first === 'continue' || (first === 'return' && to === from + 1)) sheet.codes[live.starts[from]!]! -= UPPER_OFFSET;
  else if (firstCode === Char.Dot && live.words[from + 1]) blankTokens(job, from, from + 1);
  else if (firstCode === 45 && codeAt(job, from + 1) === 62 && joined(job, from)) blankTokens(job, from, from + 2);
  // 100baseT_Full: pasted into a name by the macro.
  else if (to === from + 1 && live.kinds[from] === Kind.Number && !isNumber(job.slice.slice(live.starts[from], live.ends[from]))) put(sheet, live.starts[from]!, live.ends[from]!, '0');
  let operators = true;
  for (let i = from; i < to && operators; i++) operators = live.kinds[i] === Kind.Mark && live.partners[i] === -1;
  if (operators) put(sheet, live.starts[from]!, live.ends[to - 1]!, '0');
}

/** `[name] "r" (value)`, `"=m" (value)`: an operand of an asm statement that a macro wraps. */
function isAsmOperand(job: Job, from: number, to: number): boolean {
  const { live } = job;
  const at = codeAt(job, from) === Char.OpenIndex ? live.partners[from]! + 1 : from;
  return (at > from && live.kinds[at] === Kind.Text) || (live.kinds[at] === Kind.Text && codeAt(job, at + 1) === Char.Open && at + 1 < to);
}

const isNumber = (text: string): boolean => /^(?:0[xX][\da-fA-F.]+(?:[pP][+-]?\d+)?|0[bB][01]+|[\d.]+(?:[eE][+-]?\d+)?)[uUlLfF]*$/.test(text);

/** `struct foo *` -> `foo`, `unsigned int` -> `Int`, `struct foo *p = x` -> `p = x`; anything odd -> one word. */
function typeArgument(job: Job, from: number, to: number): void {
  const { live, sheet } = job;
  let end = from;
  let last = from;
  while (end < to && (live.kinds[end] === Kind.Word || codeAt(job, end) === Char.Star)) {
    if (live.words[end] !== '' && !QUALIFIERS.has(live.words[end]!)) last = end;
    end++;
  }
  blankTokens(job, from, last);
  if (end > last + 1) blankTokens(job, last + 1, end);
  if (KEYWORDS.has(live.words[last]!) || TYPE_WORDS.has(live.words[last]!)) {
    const start = live.starts[last]!;
    const at = live.words[last]!.search(/[a-z]/);
    sheet.codes[start + at]! -= UPPER_OFFSET;
  }
  // Function types, arrays, anonymous structs.
  const code = codeAt(job, end);
  if (end < to && code !== Char.Equals && code !== Char.Colon) blankTokens(job, end, to);
}
