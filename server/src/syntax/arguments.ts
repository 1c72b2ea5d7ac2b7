// Arguments of calls that are no expressions: types, operators, holes, statements.

import { KEYWORDS, QUALIFIERS, STORAGE, TYPE_WORDS } from './builtin.ts';
import { Char, Kind } from './lex.ts';
import { UPPER_OFFSET, put, codeAt, joined, blankTokens, blanksBetween, STATEMENT_KEYWORDS, HEADER_KEYWORDS, isTag } from './sheet.ts';
import type { Job } from './sheet.ts';

/**
 * The arguments of a call whose `(` is token `open`: types become names, operators and holes become operands,
 * statements become blocks. True if there are statements, so that what is inside is to be read as such.
 */
export function cleanArguments(job: Job, open: number, begins: Uint8Array): boolean {
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
  // (const u16 (*)[3])x is a type.
  if (operators && !(firstCode === Char.Star && to === from + 1 && codeAt(job, from - 1) === Char.Open && codeAt(job, to) === Char.Close)) put(sheet, live.starts[from]!, live.ends[to - 1]!, '0');
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
