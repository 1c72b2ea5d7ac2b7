// What a check must say, as data, and a readable difference from what it did say.

import type { Confidence, Finding } from '../../server/src/ide/finding.ts';

export interface Place {
  readonly rule: Finding['rule'];
  readonly file: string;
  readonly function: string;
  /** 1-based. */
  readonly line: number;
  /** The configuration option the finding must name; absent: it must name none. */
  readonly config?: string;
  /** Absent: any. */
  readonly confidence?: Confidence;
}

/** One place, or a choice: the defect is one, and any of these sets of places tells it. */
export type Expectation = Place | { readonly anyOf: readonly (readonly Place[])[] };

export interface Difference {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

function key(place: Omit<Place, 'confidence'>): string {
  const option = place.config === undefined ? '' : ` (${place.config})`;
  return `${place.file}:${place.line}: ${place.rule} in ${place.function}()${option}`;
}

function placeOf(finding: Finding): Place {
  return {
    rule: finding.rule, file: finding.file, function: finding.function, line: finding.range.start.line + 1,
    ...(finding.config === undefined ? {} : { config: finding.config }), confidence: finding.confidence,
  };
}

function agrees(expected: Place, actual: Place): boolean {
  return key(expected) === key(actual) && (expected.confidence === undefined || expected.confidence === actual.confidence);
}

/** Compares all findings with all expectations; every finding may serve one expectation only. */
export function difference(expected: readonly Expectation[], findings: readonly Finding[]): Difference {
  const left = findings.map(placeOf);
  const missing: string[] = [];
  const take = (place: Place): boolean => {
    const at = left.findIndex((actual) => agrees(place, actual));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  };
  const present = (places: readonly Place[]): boolean => places.every((place) => left.some((actual) => agrees(place, actual)));
  const fixed = expected.filter((one): one is Place => !('anyOf' in one));
  const choices = expected.filter((one): one is Exclude<Expectation, Place> => 'anyOf' in one);
  for (const place of fixed) if (!take(place)) missing.push(key(place) + (place.confidence ? `, ${place.confidence}` : ''));
  for (const choice of choices) {
    const chosen = choice.anyOf.find(present);
    if (chosen) chosen.forEach(take);
    else missing.push(choice.anyOf.map((places) => places.map(key).join(' and ')).join('\n    or '));
  }
  return { missing, unexpected: left.map((place) => `${key(place)}, ${place.confidence}`) };
}

/** Throws with both lists when they differ. `findings` should be those of the files that were asked about. */
export function expectFindings(what: string, expected: readonly Expectation[], findings: readonly Finding[]): void {
  const { missing, unexpected } = difference(expected, findings);
  if (missing.length + unexpected.length === 0) return;
  const lines = [what, ...missing.map((one) => `  missing:    ${one}`), ...unexpected.map((one) => `  unexpected: ${one}`)];
  throw new Error(lines.join('\n'));
}
