// The lowest layer: where comments, literals, directives and words of C end. Works on any text and never fails:
// what is unterminated ends at a place from which the rest of the file can still be read.
// All offsets are UTF-16 code units.

export const enum Char {
  Tab = 9, Newline = 10, Return = 13, Space = 32, Quote = 34, Hash = 35, Ampersand = 38, Apostrophe = 39,
  Open = 40, Close = 41, Star = 42, Comma = 44, Dot = 46, Slash = 47, Colon = 58, Semicolon = 59, Equals = 61,
  Question = 63, OpenIndex = 91, Backslash = 92, CloseIndex = 93, OpenBrace = 123, CloseBrace = 125,
}

const WORD = 1;
const DIGIT = 2;
const SPACE = 4;
const CLASSES = new Uint8Array(128);
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$') CLASSES[c.charCodeAt(0)] = WORD;
for (const c of '0123456789') CLASSES[c.charCodeAt(0)] = DIGIT;
for (const c of ' \t\n\r\f\v') CLASSES[c.charCodeAt(0)] = SPACE;

/** Can begin a word. Letters outside ASCII count as word characters. NaN (past the end) is none of the classes. */
export const isWordStart = (code: number): boolean => (code < 128 ? CLASSES[code] === WORD : code >= 128 && code !== 0xfeff);
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isSpace = (code: number): boolean => code < 128 ? CLASSES[code] === SPACE : code === 0xfeff;
const isWordPart = (code: number): boolean => (code < 128 ? (CLASSES[code]! & (WORD | DIGIT)) !== 0 : code >= 128);

export function wordEnd(text: string, at: number): number {
  while (isWordPart(text.charCodeAt(at))) at++;
  return at;
}

/** End of a preprocessing number: digits, letters, dots, and a signed exponent (0xe+1 is an addition). */
export function numberEnd(text: string, start: number): number {
  const hexadecimal = text.charCodeAt(start) === 48 && (text.charCodeAt(start + 1) | 32) === 120;
  const exponent = hexadecimal ? 112 : 101;
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isWordPart(code)) at++;
    else if (code === Char.Dot && text.charCodeAt(at + 1) !== Char.Dot) at++;
    else if ((code === 43 || code === 45) && at > start && (text.charCodeAt(at - 1) | 32) === exponent) at++;
    else return at;
  }
}

/**
 * `at` is at a `/`: the end of the comment that begins there, or `at` when none does.
 * A block comment that holds a closing brace in column 0 and then another opening of a comment was never closed:
 * someone is typing it. It ends before that brace, so that it costs one function and not the next ones.
 */
export function commentEnd(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  if (next === Char.Slash) {
    let end = text.indexOf('\n', at);
    while (end !== -1 && isContinued(text, end)) end = text.indexOf('\n', end + 1);
    return end === -1 ? text.length : end;
  }
  if (next !== Char.Star) return at;
  const close = text.indexOf('*/', at + 2);
  const body = text.slice(at + 2, close === -1 ? text.length : close);
  const brace = body.indexOf('\n}');
  if (brace !== -1 && (close === -1 || body.indexOf('/*', brace) !== -1)) return at + 2 + brace + 1;
  return close === -1 ? text.length : close + 2;
}

/** True if the newline at `newline` is spliced away by a backslash. */
function isContinued(text: string, newline: number): boolean {
  const before = text.charCodeAt(newline - 1);
  return before === Char.Backslash || (before === Char.Return && text.charCodeAt(newline - 2) === Char.Backslash);
}

/** `at` is at a quote: the end of the literal. An unterminated one ends at its line's end. */
export function quotedEnd(text: string, at: number): number {
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) return i + 1;
    if (code === Char.Backslash) {
      if (text.charCodeAt(i + 1) === Char.Return && text.charCodeAt(i + 2) === Char.Newline) i++;
      i++;
    } else if (code === Char.Newline) return i;
  }
  return text.length;
}

/** True if only blanks stand between the line's start and `at`. */
export function opensLine(text: string, at: number): boolean {
  for (let i = at - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if (code === Char.Newline) return true;
    if (code !== Char.Space && code !== Char.Tab) return false;
  }
  return true;
}

/** 1 for what can end a directive's line, splice it, or hide its end. */
const LINE_MARKS = new Uint8Array(128);
for (const c of '\n\\/"\'') LINE_MARKS[c.charCodeAt(0)] = 1;

/** `at` is at the `#` of a directive: the end of its logical line (the newline itself is not part of it). */
export function directiveEnd(text: string, at: number): number {
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code >= 128 || LINE_MARKS[code] === 0) {
      i++;
      continue;
    }
    if (code === Char.Newline) return i;
    if (code === Char.Backslash) {
      if (text.charCodeAt(i + 1) === Char.Return) i++;
      i += 2;
    } else if (code === Char.Slash) {
      const end = commentEnd(text, i);
      i = end === i ? i + 1 : end;
    } else if (code === Char.Quote || code === Char.Apostrophe) i = quotedEnd(text, i);
    else i++;
  }
  return text.length;
}

export interface Directive {
  /** `if`, `ifdef`, `else`, `define`, ...; empty for a lone `#`. */
  readonly name: string;
  /** The rest of the logical line: continuation lines joined, comments removed, trimmed. */
  readonly rest: string;
  readonly start: number;
  readonly end: number;
}

export function directiveAt(text: string, start: number): Directive {
  const end = directiveEnd(text, start);
  let at = start + 1;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  const nameEnd = Math.min(wordEnd(text, at), end);
  return { name: text.slice(at, nameEnd), rest: plainLine(text.slice(nameEnd, end)), start, end };
}

/** A logical line without its splices and comments. */
function plainLine(raw: string): string {
  if (!raw.includes('/') && !raw.includes('\\')) return raw.trim();
  let out = '';
  let from = 0;
  let at = 0;
  while (at < raw.length) {
    const code = raw.charCodeAt(at);
    if (code === Char.Quote || code === Char.Apostrophe) at = quotedEnd(raw, at);
    else if (code === Char.Backslash && (raw.charCodeAt(at + 1) === Char.Newline || raw.charCodeAt(at + 1) === Char.Return)) {
      out += `${raw.slice(from, at)} `;
      at += raw.charCodeAt(at + 1) === Char.Return ? 3 : 2;
      from = at;
    } else if (code === Char.Slash) {
      const end = commentEnd(raw, at);
      if (end > at) {
        out += `${raw.slice(from, at)} `;
        from = end;
      }
      at = Math.max(end, at + 1);
    } else at++;
  }
  return (out + raw.slice(from)).trim();
}

/**
 * Past the text of a dropped branch: the next `#else`, `#elif` or `#endif` of the conditional that is open at `at`.
 * undefined when the text ends first.
 */
export function branchEnd(text: string, at: number): Directive | undefined {
  let depth = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === Char.Slash) at = Math.max(commentEnd(text, at), at + 1);
    else if (code === Char.Quote || code === Char.Apostrophe) at = quotedEnd(text, at);
    else if (code === Char.Hash && opensLine(text, at)) {
      const directive = directiveAt(text, at);
      if (directive.name.startsWith('if')) depth++;
      else if (directive.name === 'endif' || directive.name.startsWith('el')) {
        if (depth === 0) return directive;
        if (directive.name === 'endif') depth--;
      }
      at = directive.end;
    } else at++;
  }
  return undefined;
}

export const enum Kind {
  Word, Number, Text, Mark, Directive,
}

/** Tokens as parallel arrays. A mark is a single character; comments and white space are left out. */
export interface Tokens {
  readonly kinds: readonly Kind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export function tokenise(text: string, from = 0, to = text.length): Tokens {
  const kinds: Kind[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      at++;
      continue;
    }
    let kind = Kind.Mark;
    let end = at + 1;
    if (isWordStart(code)) {
      kind = Kind.Word;
      end = wordEnd(text, at);
    } else if (isDigit(code) || (code === Char.Dot && isDigit(text.charCodeAt(at + 1)))) {
      kind = Kind.Number;
      end = numberEnd(text, at);
    } else if (code === Char.Quote || code === Char.Apostrophe) {
      kind = Kind.Text;
      end = quotedEnd(text, at);
    } else if (code === Char.Slash) {
      const past = commentEnd(text, at);
      if (past > at) {
        at = past;
        continue;
      }
    } else if (code === Char.Hash && opensLine(text, at)) {
      kind = Kind.Directive;
      end = directiveEnd(text, at);
    } else if (code === Char.Backslash) {
      at++;
      continue;
    }
    kinds.push(kind);
    starts.push(at);
    ends.push(Math.min(end, to));
    at = end;
  }
  return { kinds, starts, ends };
}
