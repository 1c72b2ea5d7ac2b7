// Names whose address a text takes, by tokens alone.

import { Char, commentEnd, isDigit, isSpace, isWordStart, numberEnd, quotedEnd, wordEnd } from '../syntax/lex.ts';

/** Characters before and after which a name stands as a value: in an initialiser, an argument, an assignment, a cast. */
const before = charactersIn('=,(&{?:!|)');
const after = charactersIn(',;)}:?');

/**
 * Names that stand where a value does, and are not called there. A superset: variables are among them.
 * EXPORT_SYMBOL(x) makes a name known to modules and stores no pointer to it.
 */
export function mentionedIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const length = text.length;
  let previous = 0;
  let isReturn = false;
  let isExport = false;
  for (let at = 0; at < length; ) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) at++;
    else if (isWordStart(code)) {
      const end = wordEnd(text, at);
      const next = nextCode(text, end);
      const isValue = before[previous] === 1 || isReturn;
      if (isValue && next < 128 && after[next] === 1 && !(isExport && previous === Char.Open)) names.add(text.slice(at, end));
      isReturn = code === 114 && end - at === 6 && text.startsWith('return', at);
      isExport = code === 69 && text.startsWith('EXPORT_SYMBOL', at);
      previous = 0;
      at = end;
    } else if (code === Char.Slash && commentEnd(text, at) > at) at = commentEnd(text, at);
    else if (code === Char.Quote || code === Char.Apostrophe) at = quotedEnd(text, at);
    else {
      previous = code < 128 ? code : 0;
      isReturn = false;
      at = isDigit(code) ? numberEnd(text, at) : at + 1;
    }
  }
  return names;
}

/** The next character that is neither white space nor part of a comment; 0 at the end. */
function nextCode(text: string, from: number): number {
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) at++;
    else if (code === Char.Slash && commentEnd(text, at) > at) at = commentEnd(text, at);
    else return code;
  }
  return 0;
}

function charactersIn(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
