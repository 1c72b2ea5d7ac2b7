// Rewrites one item's slice so that a plain C grammar can parse it, without moving anything: same length, same
// newlines, so that offsets into the result are offsets into the slice. What a construct meant is read back from the
// slice by the lowering: the true name of a loop macro, the type argument, the range of a case.

import { cleanArguments } from './arguments.ts';
import { FIELD_WRAPPERS, KEYWORDS, STORAGE, TYPEOF, TYPE_FIRST } from './builtin.ts';
import type { Catalogue } from './catalogue.ts';
import { functionName, isAggregateHead } from './heads.ts';
import type { HeadToken } from './heads.ts';
import { Char, commentEnd, Kind, tokenise } from './lex.ts';
import type { Tokens } from './lex.ts';
import { collect } from './noise.ts';
import { analyseRegions } from './regions.ts';
import {
  blank, blanksBetween, blankTokens, codeAt, column, HEADER_KEYWORDS, insertBefore, isOperandEnd, isTag, joined, put, STATEMENT_KEYWORDS, UPPER_OFFSET,
} from './sheet.ts';
import type { Sheet, Job } from './sheet.ts';
import { cleanAggregateHead, cleanDeclarationHead, cleanSignature } from './signatures.ts';

export { conditionalRegions } from './regions.ts';
export type { ConditionalRegion } from './regions.ts';

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
    rewriteBody(job, i, end + 1, isEnum ? 'list' : 'fields');
    rewriteBody(job, end + 1, live.kinds.length, 'list');
    return;
  }
  if (!assigned) {
    const named = functionName(job.slice, head);
    if (named !== undefined) {
      const isTypedef = head[0]?.text === 'typedef';
      if (!isTypedef) cleanSignature(job, head, named);
      if (brace) rewriteBody(job, i, live.kinds.length, 'block');
      return;
    }
  }
  cleanDeclarationHead(job, head);
  rewriteBody(job, i, live.kinds.length, 'list');
}

type Context = 'block' | 'list' | 'fields' | 'call' | 'group';

const ASM: ReadonlySet<string> = new Set(['asm', '__asm__', '__asm']);

const ASM_QUALIFIERS: ReadonlySet<string> = new Set(['volatile', '__volatile__', '__volatile', 'goto', 'inline', '__inline', '__inline__']);

const ALIGNOF: ReadonlySet<string> = new Set(['__alignof__', '__alignof', '_alignof', 'alignof', '_Alignof', 'offsetof']);

/** Tokens from the opening bracket `from` (or what follows a struct) up to `to`. */
function rewriteBody(job: Job, from: number, to: number, outer: Context): void {
  const { live, sheet, catalogue } = job;
  const count = live.kinds.length;
  const contexts: Context[] = [];
  /** Tokens at which a statement begins because a header's `)` stands before them. */
  const begins = new Uint8Array(count + 1);
  const context = (): Context => contexts.at(-1) ?? outer;
  for (let i = from; i < to; i++) {
    const code = codeAt(job, i);
    if (code === 0) {
      if (live.kinds[i] === Kind.Word) i = word(i);
      else if (live.kinds[i] === Kind.Text) i = text(i);
      // 16 KB: a unit that a macro turns into a factor.
      else if (live.kinds[i] === Kind.Number && live.words[i + 1] && !KEYWORDS.has(live.words[i + 1]!)) blankTokens(job, i + 1, i + 2);
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
    if (ALIGNOF.has(name)) {
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
    if ((context() === 'call' || (context() === 'group' && live.kinds[i + 2] === Kind.Text)) && nextWord !== '' && !KEYWORDS.has(name) && !KEYWORDS.has(nextWord) && !isTag(live.words[i - 1] ?? '')) {
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

  function nextIsCall(i: number): boolean {
    return live.kinds[i + 1] === Kind.Word && codeAt(job, i + 2) === Char.Open && live.partners[i + 2] !== -1;
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
      if (nextIsCall(i)) {
        // if MACRO(x) ...: the macro's parentheses are the header's.
        blankTokens(job, i + 1, i + 2);
        begins[live.partners[i + 2]! + 1] = 1;
        return i + 1;
      }
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
    if (STORAGE.has(name) && nextIsCall(i) && !KEYWORDS.has(live.words[i + 1]!)) {
      const after = codeAt(job, live.partners[i + 2]! + 1);
      if (after !== Char.Semicolon && after !== Char.Equals) return i;
      // static DECLARE_WORK(work, fn); reads as a call.
      blankTokens(job, i, i + 1);
      begins[i + 1] = 1;
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
    if (afterCode === Char.Semicolon && live.words[i + 2] && live.partners[i + 3] === close - 1) {
      // add(round(n * size)); reads as a type with a parameter `n *size`: any other operator tells the parser better.
      for (let at = i + 4; at < close - 1; at++) {
        if (codeAt(job, at) === Char.Star && isOperandEnd(job, at - 1)) sheet.codes[live.starts[at]!] = Char.Slash;
        else if (live.partners[at]! > at) at = live.partners[at]!;
      }
    }
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


