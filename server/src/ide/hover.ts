// What a function does to locks and references, shown at its name; at a put, whether it can be the last one first; at a
// field, a list head or a global, the lock that guards it.

import { lineStarts, offsetAt, positionAt, type Position } from '../base/span.ts';
import type { Primitive, PrimitiveEffect } from '../kernel/schema.ts';
import { BORROWED, REFERENCE_TAKEN } from './effects/returns.ts';
import type { FunctionRef } from '../program/code.ts';
import type { FunctionSummary, SummaryRef } from './finding.ts';
import { guardAt } from './guard.ts';
import { contextFor } from './judgements.ts';
import { functionAt, putsWhere } from './puts.ts';
import type { Session } from './session.ts';
import { summaryOf } from './summary.ts';
import { verdictsOf } from './verdict.ts';
import { wordAt, type Word } from './words.ts';
import type { Hover } from './workspace.ts';

const MOST_LINES = 12;
const MOST_REFS = 4;
const MOST_RETURNS = 3;

const MOST_ODD = 4;

/** A line of the hover; where there is Markdown, `code` parts are set in a fixed font, and places are links. */
type Line = readonly (string | { readonly code: string } | { readonly place: string; readonly file: string; readonly line: number })[];

/** The address of a line (1-based); undefined: there are no links. */
export type LinkTo = (file: string, line: number) => string | undefined;

export function hover(session: Session, file: string, position: Position, linkTo: LinkTo = () => undefined): Hover | undefined {
  const text = session.textOf(file);
  const starts = lineStarts(text);
  const word = wordAt(text, offsetAt(starts, position));
  if (!word) return undefined;
  const { start, end } = word;
  const ref = functionAt(session, file, start);
  const isDefinition = ref?.item.nameSpan.start === start;
  const isCall = ref !== undefined && ref.item.bodySpan.start <= start && /^\s*\(/.test(text.slice(end, end + 8));
  const lines = isDefinition || isCall ? effectLines(session, ref, word, isDefinition) : guardLines(session, file, word);
  if (lines.length === 0) return undefined;
  return {
    markdown: lines.slice(0, MOST_LINES).map((line) => markdownOf(line, linkTo)).join('  \n'),
    plain: lines.slice(0, MOST_LINES).map(plainOf).join('\n'),
    start: positionAt(starts, start), end: positionAt(starts, end),
  };
}

function effectLines(session: Session, ref: FunctionRef, { start, name }: Word, isDefinition: boolean): readonly Line[] {
  const { file } = ref;
  const lines: Line[] = [];
  if (!isDefinition) {
    const [put] = putsWhere(session, file, (span) => span.start === start, ref);
    const [verdict] = put ? verdictsOf(contextFor(session, file), put) : [];
    if (put && verdict) lines.push([verdict.sentence]);
  }
  const callee = isDefinition ? ref : session.code.resolve(name, file);
  const primitive = session.engine.base.knowledge.primitives.get(name);
  if (callee) lines.push(...summaryLines(summaryOf(session, callee), MOST_LINES - lines.length, isDefinition));
  else if (primitive?.effects) lines.push(...primitiveLines(primitive));
  return lines;
}

/** At a field, a list head or a global. */
function guardLines(session: Session, file: string, word: Word): readonly Line[] {
  const guard = guardAt(session, file, word);
  if (!guard) return [];
  const { member, accesses, lock, odd, isTold, isReference } = guard;
  const name = member.struct === undefined ? member.name : `${member.struct}.${member.name}`;
  const facts: readonly Line[] = [
    ...(isReference ? [[{ code: name }, ' holds a reference to what it points to (facts file)']] : []),
    ...(isTold && lock !== undefined ? [[{ code: name }, ' is guarded by ', { code: lock }, ' (facts file)']] : []),
  ];
  // What nobody locks is nobody's question.
  if (accesses.length === 0 || (!isTold && accesses.every(({ locks }) => locks.length === 0))) return facts;
  const all = `${accesses.length} ${accesses.length === 1 ? 'access' : 'accesses'}`;
  if (lock === undefined) return [...facts, [{ code: name }, `: ${all} in this file, no lock that most of them hold`]];
  const support = odd.length === 0 ? `all ${all}` : `${accesses.length - odd.length} of ${all}`;
  const told = odd.slice(0, MOST_ODD).map((access): Line => [
    'not in ', { code: `${access.function}()` }, ' at ', { place: `${file}:${access.line}`, file, line: access.line },
    ...(access.locks.length === 0 ? [', no lock held'] : [', ', ...codes(access.locks), ' held']),
  ]);
  const more: readonly Line[] = odd.length > MOST_ODD ? [[`and ${odd.length - MOST_ODD} more places`]] : [];
  return [...facts, [{ code: name }, `: ${support} in this file hold `, { code: lock }], ...told, ...more];
}

function plainOf(line: Line): string {
  return line.map((part) => (typeof part === 'string' ? part : 'code' in part ? part.code : part.place)).join('');
}

function markdownOf(line: Line, linkTo: LinkTo): string {
  return line.map((part) => {
    if (typeof part === 'string') return escaped(part);
    if ('code' in part) return `\`${part.code}\``;
    const address = linkTo(part.file, part.line);
    return address === undefined ? escaped(part.place) : `[${escaped(part.place)}](${address})`;
  }).join('');
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&');
}

function codes(names: readonly string[]): Line {
  return names.flatMap((code, index) => (index === 0 ? [{ code }] : [', ', { code }]));
}

const LOCK_WORDS = [['requires', 'needs '], ['takes', 'takes '], ['drops', 'drops '], ['takes-and-drops', 'takes and drops ']] as const;

/** At a call the summary is the callee's view: that it takes no lock itself says nothing about those held here. */
function summaryLines(summary: FunctionSummary, room: number, isDefinition: boolean): readonly Line[] {
  const head: Line[] = [[{ code: `${summary.function}()` }, `, ${summary.maySleep ? 'may sleep' : 'does not sleep'}`]];
  for (const [effect, words] of LOCK_WORDS) {
    const locks = summary.locks.filter((lock) => lock.effect === effect).map(({ lock }) => lock);
    if (locks.length > 0) head.push([words, ...codes(locks)]);
  }
  const tail: Line[] = [];
  const cleared = summary.writes.filter(({ value }) => value === 'NULL').map(({ place }) => place);
  if (cleared.length > 0) tail.push(['clears ', ...codes(cleared)]);
  const returned = [...new Set(summary.outcomes.map(({ returns }) => returns.replace(/^non-NULL: /, '')).filter((returns) => returns.endsWith(REFERENCE_TAKEN) || returns.endsWith(BORROWED)))]
    .sort((a, b) => Number(b.endsWith(REFERENCE_TAKEN)) - Number(a.endsWith(REFERENCE_TAKEN)));
  for (const returns of returned.slice(0, MOST_RETURNS)) {
    const comma = returns.lastIndexOf(', ');
    tail.push(['returns ', { code: returns.slice(0, comma) }, returns.slice(comma)]);
  }
  const { gaps } = summary;
  const [gap] = gaps;
  if (gap) tail.push([`not seen: ${gap.detail}${gaps.length > 1 ? ` (and ${gaps.length - 1} more)` : ''}`]);

  const refs = mergedRefs(summary.refs);
  const free = Math.max(1, Math.min(MOST_REFS + 1, room - head.length - tail.length));
  const shown = refs.length <= free ? refs : refs.slice(0, free - 1);
  const middle = shown.map((ref) => refLine(ref, isDefinition));
  if (shown.length < refs.length) middle.push([`and ${refs.length - shown.length} more references`]);
  return [...head, ...middle, ...tail].slice(0, room);
}

interface MergedRef {
  readonly object: string;
  readonly verb: 'takes' | 'drops' | 'takes and drops';
  readonly held: readonly string[];
  readonly when: string;
  readonly mayBeLast: boolean | undefined;
}

/** One line for each object; what is dropped and may be the last first, and what is near the parameters before the rest. */
function mergedRefs(refs: readonly SummaryRef[]): readonly MergedRef[] {
  const byObject = new Map<string, SummaryRef[]>();
  for (const ref of refs) byObject.set(ref.object, [...(byObject.get(ref.object) ?? []), ref]);
  const merged = [...byObject].map(([object, all]): MergedRef => {
    const puts = all.filter((ref) => ref.change < 0);
    const gets = all.filter((ref) => ref.change > 0);
    const conditions = new Set(all.map(({ when }) => when));
    const [when = ''] = conditions;
    return {
      object, verb: puts.length === 0 ? 'takes' : gets.length === 0 ? 'drops' : 'takes and drops',
      held: (puts.length === 0 ? gets : puts).map(({ held }) => held).reduce((common, held) => common.filter((lock) => held.includes(lock))),
      when: conditions.size === 1 ? when : '',
      mayBeLast: puts.length === 0 ? undefined : puts.some(({ mayBeLast }) => mayBeLast),
    };
  });
  const rank = ({ verb }: MergedRef): number => (verb === 'drops' ? 0 : verb === 'takes' ? 1 : 2);
  const distance = ({ object }: MergedRef): number => (object.match(/->|\(/g) ?? []).length;
  return merged.sort((a, b) => rank(a) - rank(b) || distance(a) - distance(b));
}

function refLine({ object, verb, held, when, mayBeLast }: MergedRef, isDefinition: boolean): Line {
  const locks: Line = held.length === 0 ? (isDefinition ? [', no lock held'] : []) : [', ', ...codes(held), ' held'];
  const last = mayBeLast === undefined ? '' : mayBeLast ? ', may be the last' : ', not the last';
  const condition: Line = when === '' ? [] : [', if ', { code: when }];
  return [`${verb} a reference to `, { code: object }, ...locks, last, ...condition];
}

/** A kernel API whose body is not at hand: what its data entry says. */
function primitiveLines(primitive: Primitive): readonly Line[] {
  const words = (primitive.effects ?? []).flatMap((effect) => primitiveWords(effect) ?? []);
  if (words.length === 0) return [];
  return [[{ code: `${primitive.name}()` }, primitive.sleeps ? ', may sleep' : ''], ...words.map((one): Line => [one]), [`as in ${primitive.source}`]];
}

function primitiveWords(effect: PrimitiveEffect): string | undefined {
  switch (effect.do) {
    case 'lock': return 'takes a lock';
    case 'unlock': return 'drops a lock';
    case 'assert-held': return 'needs a lock';
    case 'init': return 'sets the count';
    case 'get': return effect.checked ? 'takes a reference if the count is not zero' : 'takes a reference';
    case 'put': return effect.neverLast ? 'drops a reference that must not be the last' : 'drops a reference';
    case 'publish': return 'puts an object where others find it';
    case 'unlink': return 'takes an object off where others find it';
    case 'find': return 'finds an object and takes no reference';
    case 'defer': return 'runs something later, without the locks held here';
    case 'grace': return 'waits for a grace period';
    case 'free': return 'frees memory';
    case 'write': return undefined;
  }
}
