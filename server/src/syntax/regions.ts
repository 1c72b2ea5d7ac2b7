// The `#if` lines within one slice: which branches are whole statements, so that the lowering can treat them as
// alternatives, and which split a statement, so that one branch has to be chosen for the parser.

import { conditionOf } from './conditions.ts';
import { Char, directiveAt, Kind, tokenise } from './lex.ts';
import type { Directive, Tokens } from './lex.ts';

export interface ConditionalRegion {
  /** Number of the `#if` within the slice, 0-based in order of appearance; its branches share it. */
  readonly chain: number;
  /** 0-based place of the branch in its chain. */
  readonly branch: number;
  /** As written, comments removed: `defined(CONFIG_A) || X`, `!CONFIG_A` for `#ifndef`; empty for `#else`. */
  readonly condition: string;
  /** Atoms that hold in this branch, those of earlier branches negated; not those of regions around it. */
  readonly atoms: readonly string[];
  /** The branch's text in UTF-16 code units from the slice's start: after its directive line up to the next one. */
  readonly start: number;
  readonly end: number;
  /**
   * `alternative`: whole statements (or list elements), all such branches of the chain are in the normalised text one
   * after the other. `chosen` and `dropped`: the chain splits a statement; only one branch is in the text.
   * `dead`: `#if 0` and its like, never in the text.
   */
  readonly use: 'alternative' | 'chosen' | 'dropped' | 'dead';
  /** The chain has an `#else`: one of its branches is always taken. */
  readonly exhaustive: boolean;
}

export interface Regions {
  readonly regions: readonly ConditionalRegion[];
  /** For every token of the slice: 1 if it is not part of the normalised text. */
  readonly dead: Uint8Array;
  readonly blanked: readonly { readonly start: number; readonly end: number }[];
}

/** The branches of all conditionals within a slice, in order of their start. */
export function conditionalRegions(slice: string): readonly ConditionalRegion[] {
  return slice.includes('#') ? analyseRegions(slice, tokenise(slice)).regions : [];
}

interface Branch {
  readonly directive: Directive;
  /** Tokens of the branch: from (inclusive) to (exclusive). */
  readonly from: number;
  to: number;
  end: number;
}

interface Chain {
  readonly branches: Branch[];
  closed: boolean;
}

export function analyseRegions(slice: string, tokens: Tokens): Regions {
  const dead = new Uint8Array(tokens.kinds.length);
  const chains: Chain[] = [];
  const order: Chain[] = [];
  const open: Chain[] = [];
  for (let i = 0; i < tokens.kinds.length; i++) {
    if (tokens.kinds[i] !== Kind.Directive) continue;
    dead[i] = 1;
    const directive = directiveAt(slice, tokens.starts[i]!);
    const { name } = directive;
    if (name.startsWith('if')) {
      const chain: Chain = { branches: [{ directive, from: i + 1, to: i + 1, end: directive.end }], closed: false };
      open.push(chain);
      chains.push(chain);
      continue;
    }
    if (!name.startsWith('el') && name !== 'endif') continue;
    let chain = open.at(-1);
    if (chain === undefined) {
      // Opened before the slice: its first branch began the signature; what stands in the others is not ours.
      if (name === 'endif') continue;
      chain = { branches: [], closed: false };
      open.push(chain);
      chains.push(chain);
    }
    closeBranch(chain, i, directive.start);
    if (name === 'endif') {
      chain.closed = true;
      order.push(open.pop()!);
    } else chain.branches.push({ directive, from: i + 1, to: i + 1, end: directive.end });
  }
  for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
    closeBranch(chain, tokens.kinds.length, slice.length);
    order.push(chain);
  }

  // Inner conditionals come first, so that the outer ones are judged by what is left.
  const truths = new Map<string, boolean>();
  const enclosing = enclosingBrackets(slice, tokens);
  const found: ConditionalRegion[] = [];
  const blanked: { start: number; end: number }[] = [];
  for (const chain of order) {
    const uses = judge(slice, tokens, dead, chain, truths, enclosing);
    let otherwise: readonly string[] = [];
    const exhaustive = chain.closed && chain.branches.at(-1)?.directive.name === 'else';
    chain.branches.forEach((branch, index) => {
      const { name, rest } = branch.directive;
      const condition = name === 'else' ? { yes: [], no: [] } : conditionOf(name, rest);
      const use = uses[index]!;
      found.push({
        chain: chains.indexOf(chain), branch: index, condition: conditionText(branch.directive),
        atoms: [...otherwise, ...condition.yes], start: branch.directive.end, end: branch.end, use, exhaustive,
      });
      otherwise = [...otherwise, ...condition.no];
      if (use === 'alternative' || use === 'chosen') return;
      dead.fill(1, branch.from, branch.to);
      blanked.push({ start: branch.directive.end, end: branch.end });
    });
  }
  found.sort((a, b) => a.start - b.start);
  return { regions: found, dead, blanked };
}

function closeBranch(chain: Chain, to: number, end: number): void {
  const branch = chain.branches.at(-1);
  if (branch === undefined) return;
  branch.to = to;
  branch.end = end;
}

function conditionText({ name, rest }: Directive): string {
  if (name === 'else') return '';
  const word = rest.split(/\s/)[0] ?? '';
  return name.endsWith('ndef') ? `!${word}` : name.endsWith('def') ? word : rest;
}

/** What becomes of each branch. */
function judge(
  slice: string, tokens: Tokens, dead: Uint8Array, chain: Chain, truths: Map<string, boolean>, enclosing: Uint16Array,
): ConditionalRegion['use'][] {
  const isStart = chain.branches[0]?.directive.name.startsWith('if') === true;
  if (!isStart) return chain.branches.map(() => 'dropped');
  const constants = chain.branches.map(({ directive: { name, rest } }) => (name === 'else' ? undefined : conditionOf(name, rest).constant));
  const taken = constants.indexOf(true);
  const isDead = (index: number): boolean => constants[index] === false || (taken !== -1 && index > taken);
  if (chain.closed && chain.branches.every((branch, index) => isDead(index) || isWhole(slice, tokens, dead, chain, branch, enclosing))) {
    return chain.branches.map((_, index) => (isDead(index) ? 'dead' : 'alternative'));
  }
  // The same condition is decided the same way throughout the slice, or braces would not match.
  const chosen = chain.branches.findIndex(({ directive }, index) => {
    if (isDead(index)) return false;
    if (index === taken || directive.name === 'else') return true;
    const text = conditionText(directive).replace(/\s+/g, '').replace(/\bdefined\((\w+)\)/g, '$1');
    const negated = text.startsWith('!') && /^!\w+$/.test(text);
    const key = negated ? text.slice(1) : text;
    const known = truths.get(key);
    if (known === undefined) truths.set(key, !negated);
    return known === undefined || known !== negated;
  });
  return chain.branches.map((_, index) => (index === chosen ? 'chosen' : isDead(index) ? 'dead' : 'dropped'));
}

/** True if the branch could stand or be left out, and what is around it would still be statements or list elements. */
function isWhole(slice: string, tokens: Tokens, dead: Uint8Array, chain: Chain, branch: Branch, enclosing: Uint16Array): boolean {
  const live = (from: number, step: number, limit: number): number => {
    let i = from;
    while (i !== limit && dead[i] === 1) i += step;
    return i;
  };
  const code = (i: number): number => slice.charCodeAt(tokens.starts[i]!);
  const first = live(branch.from, 1, branch.to);
  if (first === branch.to) return true;
  const before = live(chain.branches[0]!.from - 1, -1, -1);
  if (before === -1) return false;
  const inList = enclosing[chain.branches[0]!.from - 1] === Char.OpenBrace;
  const ends = (i: number): boolean => {
    const c = code(i);
    return tokens.kinds[i] === Kind.Mark && (c === Char.Semicolon || c === Char.CloseBrace || c === Char.Colon || (c === Char.Comma && inList));
  };
  if (!ends(before) && !(code(before) === Char.OpenBrace)) return false;
  const lastToken = live(branch.to - 1, -1, -1);
  if (!ends(lastToken)) return false;
  if (isElse(slice, tokens, first)) return false;
  const after = live(chain.branches.at(-1)!.to, 1, tokens.kinds.length);
  if (after < tokens.kinds.length && isElse(slice, tokens, after)) return false;
  let depth = 0;
  for (let i = first; i < branch.to; i++) {
    if (dead[i] === 1 || tokens.kinds[i] !== Kind.Mark) continue;
    const c = code(i);
    if (c === Char.Open || c === Char.OpenBrace || c === Char.OpenIndex) depth++;
    else if (c === Char.Close || c === Char.CloseBrace || c === Char.CloseIndex) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

const isElse = (slice: string, tokens: Tokens, i: number): boolean =>
  tokens.ends[i]! - tokens.starts[i]! === 4 && slice.startsWith('else', tokens.starts[i]);

/** For every directive token: the bracket that is open around it (first branches only are counted, roughly). */
function enclosingBrackets(slice: string, tokens: Tokens): Uint16Array {
  const out = new Uint16Array(tokens.kinds.length);
  const stack: number[] = [];
  for (let i = 0; i < tokens.kinds.length; i++) {
    if (tokens.kinds[i] === Kind.Directive) out[i] = stack.at(-1) ?? 0;
    if (tokens.kinds[i] !== Kind.Mark) continue;
    const c = slice.charCodeAt(tokens.starts[i]!);
    if (c === Char.Open || c === Char.OpenBrace || c === Char.OpenIndex) stack.push(c);
    else if (c === Char.Close || c === Char.CloseBrace || c === Char.CloseIndex) stack.pop();
  }
  return out;
}
