// The tokens of a slice that carry meaning: dead branches and annotations are blanked and left out.

import { KEYWORDS, STORAGE } from './builtin.ts';
import type { Catalogue } from './catalogue.ts';
import { Char, Kind } from './lex.ts';
import type { Tokens } from './lex.ts';
import { blank, EXPRESSION_WORDS } from './sheet.ts';
import type { Sheet, Live } from './sheet.ts';

/** Leaves out what is dead and every annotation, which are blanked. */
export function collect(slice: string, catalogue: Catalogue, sheet: Sheet, all: Tokens, dead: Uint8Array | undefined): Live {
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
  const last = live.kinds.length - 1;
  if (catalogue.callAnnotations.has(word)) {
    // After an operator an expression has to come: some file's macro bears an annotation's name.
    if (last < 0) return true;
    return live.kinds[last] === Kind.Mark ? !'=+-!&|?<>'.includes(slice[live.starts[last]!]!) : live.words[last] !== 'return';
  }
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
