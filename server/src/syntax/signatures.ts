// Heads of functions, structs and declarations: what stays is storage, qualifiers, one type, the name, the parameters.

import { QUALIFIERS, STORAGE, TYPEOF, TYPE_WORDS } from './builtin.ts';
import type { HeadToken, Named } from './heads.ts';
import { Char, Kind } from './lex.ts';
import { blank, put, codeAt, blankTokens, isTag } from './sheet.ts';
import type { Job } from './sheet.ts';

/** `struct MACRO name {`: only the keyword and the last word stay. */
export function cleanAggregateHead(job: Job, head: readonly HeadToken[]): void {
  const keyword = head.findIndex((token) => token.text === 'struct' || token.text === 'union' || token.text === 'enum');
  const words = head.slice(keyword + 1).filter((token) => token.kind === 'word');
  const colon = head.findIndex((token) => token.text === ':');
  if (colon !== -1) blank(job.sheet, head[colon]!.start, head.at(-1)!.end);
  for (const word of words.slice(0, -1)) if (colon === -1) blank(job.sheet, word.start, word.end);
  for (const token of head.slice(0, keyword)) if (token.kind === 'word' && !STORAGE.has(token.text) && !QUALIFIERS.has(token.text)) blank(job.sheet, token.start, token.end);
}

/** Words between the type and the name of a variable that are no type words: unknown attributes. */
export function cleanDeclarationHead(job: Job, head: readonly HeadToken[]): void {
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

/** Leaves of a signature: qualifiers, one type, stars, the name, the parameters. */
export function cleanSignature(job: Job, head: readonly HeadToken[], named: Named): void {
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
