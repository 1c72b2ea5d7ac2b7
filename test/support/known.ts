// What is known to be wrong today, asserted: a case passes if and only if it differs from what is right exactly as the
// table says. So nothing new goes wrong unseen, and what gets right has to leave the table. Places are told by file, rule and
// function, without the line: lines move from one kernel update to the next.

import type { Difference } from './expectation.ts';

interface Entry {
  /** Names of the cases that it is seen in. */
  readonly cases: readonly string[];
  /** Why, as far as is known. */
  readonly because: string;
}

export interface KnownTable {
  /** A false alarm: what is reported and should not be. */
  readonly [tag: `FP_${string}`]: Entry & { readonly unexpected: readonly string[] };
  /** A miss: what should be reported and is not. */
  readonly [tag: `FN_${string}`]: Entry & { readonly missing: readonly string[] };
}

interface Flat extends Entry, Difference {
  readonly tag: string;
}

function flat(table: KnownTable): Flat[] {
  return Object.entries(table).map(([tag, entry]) => ({ tag, missing: [], unexpected: [], ...entry }));
}

function knownOf(table: KnownTable, name: string): Flat[] {
  return flat(table).filter(({ cases }) => cases.includes(name));
}

/** The tags of all that is known to be wrong in a case, to follow its name in the test's title. */
export function tagsOf(table: KnownTable, name: string): string {
  return knownOf(table, name).map(({ tag }) => ` ${tag}`).join('');
}

/** Names in the table that are none of `names`. */
export function strayCases(table: KnownTable, names: readonly string[]): string[] {
  return flat(table).flatMap(({ tag, cases }) => cases.filter((name) => !names.includes(name)).map((name) => `${tag}: ${name}`));
}

const withoutLine = (place: string): string => place.replace(/:\d+:/, ':');

/** Throws unless the case is wrong exactly as known. */
export function expectAsKnown(table: KnownTable, name: string, { missing, unexpected }: Difference): void {
  const left = { missing: [...missing], unexpected: [...unexpected] };
  const lines: string[] = [];
  for (const entry of knownOf(table, name)) {
    for (const kind of ['missing', 'unexpected'] as const) {
      for (const one of entry[kind]) {
        const at = left[kind].findIndex((place) => withoutLine(place) === one);
        if (at === -1) lines.push(`  no longer ${kind}, take it out of ${entry.tag}: ${one}`);
        else left[kind].splice(at, 1);
      }
    }
  }
  for (const kind of ['missing', 'unexpected'] as const) lines.push(...left[kind].map((one) => `  ${kind}: ${one}`));
  if (lines.length > 0) throw new Error([name, ...lines].join('\n'));
}
