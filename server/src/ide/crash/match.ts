// Whether a finding explains a stack of a crash log: is this free its put, is this use its lookup?

import { isFurniture } from '../../kernel/backtraces.ts';
import type { Finding, Witness } from '../finding.ts';
import type { Definitions } from './definitions.ts';
import type { Frame, Stack } from './log.ts';

export interface Match {
  readonly stack: Stack;
  readonly what:
    /** The stack went through the finding's put. */
    | 'put'
    /** The stack was in the finding's lookup. */
    | 'lookup'
    /** The lookup has returned, and its caller uses what it found. */
    | 'after-lookup';
  /** The frames that are steps of the finding, outermost first. */
  readonly frames: readonly Frame[];
  /** False: the stack may have gone that way, since calls that were inlined or came last leave no frame. */
  readonly certain: boolean;
}

export interface Explained {
  readonly finding: Finding;
  readonly matches: readonly Match[];
}

export interface Explanation {
  /** The best explained first. */
  readonly explained: readonly Explained[];
  /** Findings that only share the lookup with one that explains more. */
  readonly alike: readonly Finding[];
  /** Stacks that no finding explains; who made the object is never asked for. */
  readonly unexplained: readonly Stack[];
}

export function explain(stacks: readonly Stack[], findings: readonly Finding[], definitions: Definitions): Explanation {
  const possible = findings.map((finding) => ({ finding, matches: stacks.flatMap((stack) => matchesOf(stack, finding, definitions)) }));
  // Where a stack certainly went one finding's way, it did not go another's.
  const settled = new Set(possible.flatMap(({ matches }) => matches.filter(isCertain).map(({ stack }) => stack)));
  const all = possible.map(({ finding, matches }) => ({ finding, matches: matches.filter((match) => isCertain(match) || !settled.has(match.stack) || match.what === 'after-lookup') }));
  const some = all.filter(({ matches }) => matches.some(({ what }) => what !== 'after-lookup'));
  const best = Math.max(0, ...some.map(rank));
  // Every put of a registry shares its lookups: where a put was found on a stack, the others' lookups say nothing.
  const explained = some.filter((one) => rank(one) > LOOKUP || best === LOOKUP).sort((one, other) => rank(other) - rank(one));
  const met = new Set(explained.flatMap(({ matches }) => matches.map(({ stack }) => stack)));
  return {
    explained,
    alike: some.filter((one) => !explained.includes(one)).map(({ finding }) => finding),
    unexplained: stacks.filter((stack) => stack.role !== 'allocation' && !met.has(stack)),
  };
}

const LOOKUP = 1;

function isCertain(match: Match): boolean {
  return match.certain && match.what !== 'after-lookup';
}

function rank({ matches }: Explained): number {
  const has = (what: Match['what'], role: Stack['role']): boolean => matches.some((match) => match.what === what && match.stack.role === role);
  return (has('put', 'free') ? 4 : 0) + (has('put', 'use') ? 2 : 0) + (has('lookup', 'use') ? LOOKUP : 0);
}

function matchesOf(stack: Stack, finding: Finding, definitions: Definitions): readonly Match[] {
  if (stack.role === 'allocation') return [];
  const put = walk(stack, finding.put ?? [], definitions);
  if (put !== undefined) return [{ stack, what: 'put', ...put }];
  if (stack.role === 'free') return [];
  const lookup = walk(stack, finding.lookup ?? [], definitions);
  if (lookup !== undefined) return [{ stack, what: 'lookup', ...lookup }];
  const after = afterLookup(stack, finding, definitions);
  return after === undefined ? [] : [{ stack, what: 'after-lookup', frames: [after], certain: true }];
}

/** The frames that are steps of the chain, if the stack went, or may have gone, that way. */
function walk(stack: Stack, chain: readonly Witness[], definitions: Definitions): Pick<Match, 'frames' | 'certain'> | undefined {
  const frames = stack.frames.filter(({ certain }) => certain).reverse();
  const [first] = chain;
  if (first === undefined) return undefined;
  const direct = frames.findLastIndex((frame) => frame.function === first.function);
  // A static function that was inlined is not on the stack: its caller stands for it.
  const at = direct !== -1 ? direct : frames.findLastIndex((frame) => callsIn(definitions, frame, first.file).includes(first.function));
  const outer = frames[at];
  const inner = frames[at + 1];
  if (outer === undefined) return undefined;
  const named = new Set(chain.map((step) => step.function));
  const rest = frames.slice(at + 1).filter((frame) => named.has(frame.function));
  const goesThere = inner === undefined || named.has(inner.function) || speaksOf(first.text, inner.function);
  // A stack that ends in the caller never came to the inlined function.
  if (direct === -1 && inner === undefined) return undefined;
  // Tail calls and inlined functions leave no frame: the next one need not be a step, but must not be called elsewhere.
  if (goesThere) return { frames: [outer, ...rest], certain: true };
  return leadsTo(outer, inner, named, definitions) ? undefined : { frames: [outer, ...rest], certain: isReport(inner, definitions) };
}

/** The machine complained, or freed, right here: what did it is inline. */
function isReport(frame: Frame, definitions: Definitions): boolean {
  const own = definitions.get(frame.function);
  return own !== undefined && own.every(({ file }) => isFurniture(file));
}

function speaksOf(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text);
}

function callsIn(definitions: Definitions, frame: Frame, file: string): readonly string[] {
  return definitions.get(frame.function)?.find((definition) => definition.file === file)?.calls.get(frame.function) ?? [];
}

/** The outer function calls the inner one elsewhere than in the chain: by itself, or in a function that was inlined. */
function leadsTo(outer: Frame, inner: Frame, named: ReadonlySet<string>, definitions: Definitions): boolean {
  return (definitions.get(outer.function) ?? []).some(({ calls }) => {
    const own = calls.get(outer.function) ?? [];
    return own.includes(inner.function) || own.some((callee) => !named.has(callee) && calls.get(callee)?.includes(inner.function) === true);
  });
}

/** The innermost frame whose function calls the lookup. */
function afterLookup(stack: Stack, finding: Finding, definitions: Definitions): Frame | undefined {
  const [lookup] = finding.lookup ?? [];
  return lookup === undefined ? undefined
    : stack.frames.find((frame) => frame.certain && (definitions.get(frame.function) ?? []).some(({ calls }) => calls.get(frame.function)?.includes(lookup.function) === true));
}
