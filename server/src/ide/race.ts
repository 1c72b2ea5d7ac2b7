// The interleaving of two CPUs that a finding is about: its steps, and the diagram that kernel changelogs draw of them.

import { lineStarts, positionAt } from '../base/span.ts';
import { printPlace } from '../domain/value.ts';
import type { Judged } from '../finality/judge.ts';
import type { LookupRecord } from '../finality/records.ts';
import { lineOf, textAt, type RuleContext } from '../rules/context.ts';
import type { Effect } from '../summary/effect.ts';
import { COLUMN, columns, INDENT, type Row } from './columns.ts';
import type { Finding, Witness } from './finding.ts';
import { interleave, isSameLock, type Draft, type RaceStep } from './interleaving.ts';
import { contextFor } from './judgements.ts';
import type { Session } from './session.ts';
import { containerText } from './verdict.ts';

/** No newline at the end. A finding without a second CPU says so in one line. */
export function race(session: Session, finding: Finding): string {
  const steps = interleaving(session, finding);
  if (steps.length > 0) return columns(steps.flatMap(rowsOf));
  return `no race: ${finding.rule === 'ref-leak' ? 'a leak takes only one CPU' : 'one CPU is enough'}`;
}

/** In the order in which they happen; empty for a finding without a second CPU. */
export function interleaving(session: Session, finding: Finding): readonly RaceStep[] {
  const picture: Picture = { session, context: contextFor(session, finding.file), finding, lock: finding.lock ?? 'the lock' };
  switch (finding.rule) {
    case 'final-put-outside-lookup-lock':
      return interleave(finalPut(picture), 1);
    case 'unlink-deferred-past-lock':
      return interleave(deferredUnlink(picture), 1);
    case 'teardown-while-shared':
      return interleave(teardown(picture), 1);
    case 'lookup-get-outside-lock':
      return interleave(lateGet(picture), 1);
    default:
      return [];
  }
}

interface Picture {
  readonly session: Session;
  readonly context: RuleContext;
  readonly finding: Finding;
  /** The one that lookups hold. */
  readonly lock: string;
}

function rowsOf({ cpu, depth, kind, text, effect }: RaceStep): readonly Row[] {
  const row: Row = { cpu, depth, text: kind === 'call' ? callText(text, depth) : text };
  return effect === undefined ? [row] : [row, { cpu, depth: depth + 1, text: effect }];
}

/** A call as it is spelled, or with its first argument, or none, where it is long: it has to fit in a column. */
function callText(text: string, depth: number): string {
  const room = COLUMN - depth * INDENT;
  if (text.length <= room) return text;
  const call = /^(\w+)\(([^,()]*),/.exec(text);
  const short = call ? `${call[1] ?? ''}(${call[2] ?? ''}, ...)` : '';
  if (short !== '' && short.length <= room) return short;
  const name = /^\w+(?=\()/.exec(text)?.[0];
  return name === undefined ? text : `${name}(...)`;
}

type Cpu = Draft['cpu'];
type Place = RaceStep['place'];

function note(cpu: Cpu, depth: number, text: string, more: Partial<Draft> = {}): Draft {
  return { cpu, depth, kind: 'note', text, ...more };
}

function enter({ context }: Picture, cpu: Cpu, witness: Pick<Witness, 'file' | 'function'>): Draft {
  return { cpu, depth: 0, kind: 'enter', text: `${witness.function}()`, place: definitionOf(context, witness) };
}

function call(cpu: Cpu, depth: number, { text, file, line, held }: Pick<Witness, 'text' | 'file' | 'line'> & Partial<Witness>): Draft {
  return { cpu, depth, kind: 'call', text, place: { file, line }, under: held ?? [] };
}

/** The lock that lookups hold is taken, or dropped, around the witness's line. */
function locking(picture: Picture, kind: 'lock' | 'unlock', cpu: Cpu, depth: number, at: Pick<Witness, 'file' | 'function' | 'line'> | undefined): Draft {
  const { lock } = picture;
  return { cpu, depth, kind, text: `${kind} ${lock}`, lock, place: at && lockPlace(picture, kind, at) };
}

/** The last step does this to the count. Where no step is known, it is one by itself. */
function counting(cpu: Cpu, steps: readonly Draft[], effect: string, count: RaceStep['count']): readonly Draft[] {
  const last = steps.at(-1);
  if (last === undefined) return [note(cpu, 1, effect, { count })];
  return [...steps.slice(0, -1), { ...last, effect, count }];
}

function definitionOf(context: RuleContext, { file, function: name }: Pick<Witness, 'file' | 'function'>): Place {
  const ref = context.code.functionsIn(file).find((candidate) => candidate.name === name);
  return ref && { file, line: positionAt(lineStarts(context.textOf(file)), ref.item.nameSpan.start).line + 1 };
}

/** The last place before the witness where its function takes the lock, or the first one after it where it drops it. */
function lockPlace({ session, context, lock }: Picture, kind: 'lock' | 'unlock', { file, function: name, line }: Pick<Witness, 'file' | 'function' | 'line'>): Place {
  const ref = context.code.functionsIn(file).find((candidate) => candidate.name === name);
  if (ref === undefined) return undefined;
  const lines = session.engine.executionOf(ref).finals.flatMap(({ state }) => state.effects).flatMap((effect) => {
    const site = effect.chain[0];
    if (effect.do !== kind || site === undefined || !isSameLock(printPlace(effect.lock), lock)) return [];
    return lineOf(context, site);
  });
  const near = kind === 'lock' ? Math.max(...lines.filter((one) => one <= line)) : Math.min(...lines.filter((one) => one >= line));
  return Number.isFinite(near) ? { file, line: near } : undefined;
}

function objectOf(finding: Finding): string {
  return finding.object ?? 'the object';
}

/** `device_del()`, and below it each call on the way to the primitive. */
function putChain(picture: Picture): readonly Draft[] {
  const put = picture.finding.put ?? [];
  const [first] = put;
  return first ? [enter(picture, 0, first), ...put.map((step, index) => call(0, index + 1, step))] : [];
}

/** Puts before CPU1 looks; the count is zero, the object still on the list. */
function finalPut(picture: Picture): readonly Draft[] {
  const { finding } = picture;
  return [
    ...counting(0, putChain(picture), 'count 1 -> 0', 0),
    ...finds(picture, 'count 0 -> 1, already dying', 1),
    locking(picture, 'unlock', 1, 1, finding.lookup?.[0]),
    ...releases(picture, (finding.put ?? []).length + 1),
    { cpu: 1, depth: 1, kind: 'wrong', text: `uses freed ${objectOf(finding)}` },
  ];
}

/** What the release does, as far as it was seen. */
function releases({ context, finding, lock }: Picture, depth: number): readonly Draft[] {
  const judged = judgedPut(context, finding);
  const calls = judged?.put.chain.length ?? 0;
  const last = judged?.put.last ?? [];
  const under = finding.put?.at(-1)?.held ?? [];
  const find = (what: Effect['do']) => last.find((effect) => effect.do === what && effect.chain.length > calls);
  const unlink = find('unlink');
  const free = find('free');
  const inside = (effect: Effect | undefined, otherwise: string): Draft => {
    const site = effect?.chain.at(-1);
    if (site === undefined) return note(0, depth + 1, otherwise, { under });
    return { ...call(0, depth + 1, { text: textAt(context, site), file: site.file, line: lineOf(context, site) }), under };
  };
  const release = (unlink ?? free)?.chain[calls];
  if (release === undefined) return [note(0, depth, 'release: off the list, freed', { under, count: 'freed' })];
  const takesLock = judged?.verdict.kind === 'unlocked' && judged.verdict.selfLocking;
  const locks = (kind: 'lock' | 'unlock'): readonly Draft[] => {
    const site = last.find((effect) => effect.do === kind && isSameLock(printPlace(effect.lock), lock))?.chain.at(-1);
    return [{ cpu: 0, depth: depth + 1, kind, text: `${kind} ${lock}`, lock, under, place: site && { file: site.file, line: lineOf(context, site) } }];
  };
  return [
    { cpu: 0, depth, kind: 'enter', text: `${release.function}()`, under, place: definitionOf(context, release) },
    ...(takesLock ? locks('lock') : []),
    inside(unlink, 'off the list'),
    ...(takesLock ? locks('unlock') : []),
    { ...inside(free, 'freed'), count: 'freed' },
  ];
}

/** The judgement that a finding on a put was made from. */
function judgedPut(context: RuleContext, finding: Finding): Judged | undefined {
  const instance = context.analysis.instances.find(({ chain }) => {
    const site = chain[0];
    return site !== undefined && chain.length === finding.put?.length && site.file === finding.file && site.function === finding.function &&
      lineOf(context, site) === finding.range.start.line + 1;
  });
  return instance?.judged.find(({ verdict }) => verdict.kind === (finding.rule === 'unlink-deferred-past-lock' ? 'deferred' : 'unlocked'));
}

/** What CPU1 does from its lock to its get. */
function finds(picture: Picture, effect: string, count: number): readonly Draft[] {
  const { context, finding } = picture;
  const lookup = finding.lookup ?? [];
  const [first] = lookup;
  if (!first) return [];
  const record = lookupOf(context, first);
  const found = record?.foundAt[0];
  const where = record ? `on ${containerText(record)}` : 'on the list';
  return [
    enter(picture, 1, first),
    locking(picture, 'lock', 1, 1, first),
    note(1, 1, `finds ${objectOf(finding)} ${where}`, { place: found && { file: found.file, line: lineOf(context, found) } }),
    ...counting(1, lookup.map((step, index) => call(1, index + 1, step)), effect, count),
  ];
}

/** The record behind a lookup witness, for the name of its list. */
function lookupOf(context: RuleContext, witness: Witness): LookupRecord | undefined {
  return context.analysis.facts.registries.flatMap(({ plain }) => plain).find((lookup) => {
    const site = lookup.chain[0];
    return site !== undefined && site.file === witness.file && site.function === witness.function &&
      textAt(context, site) === witness.text && lineOf(context, site) === witness.line;
  });
}

function deferredUnlink(picture: Picture): readonly Draft[] {
  const { finding, lock } = picture;
  const put = finding.put ?? [];
  const [entry, ...calls] = counting(0, putChain(picture), 'count 1 -> 0', 0);
  if (entry === undefined || put.length === 0) return [];
  const locked = lockedFrom(put, lock);
  return [
    entry,
    ...calls.slice(0, locked),
    locking(picture, 'lock', 0, locked + 1, put[locked]),
    ...calls.slice(locked),
    note(0, put.length + 1, 'release put off'),
    locking(picture, 'unlock', 0, locked + 1, put[locked]),
    ...finds(picture, 'count 0 -> 1, already dying', 1),
    locking(picture, 'unlock', 1, 1, finding.lookup?.[0]),
    // An option's long name has room at the left only.
    note(0, 0, `later, without the lock${finding.config === undefined ? '' : ` (${finding.config})`}:`),
    note(0, 1, 'release: off the list, freed', { count: 'freed' }),
    { cpu: 1, depth: 1, kind: 'wrong', text: `uses freed ${objectOf(finding)}` },
  ];
}

/** The step of the chain from which on the lock is held. */
function lockedFrom(chain: readonly Witness[], lock: string): number {
  return Math.max(0, chain.findIndex(({ held }) => held.some((one) => isSameLock(one, lock))));
}

/** CPU1 has its reference and dropped the lock: it is about to use what CPU0 takes apart. */
function teardown(picture: Picture): readonly Draft[] {
  const { finding } = picture;
  const steps = (finding.steps ?? []).filter(({ role }) => role === 'teardown');
  const [first] = steps;
  if (!first) return [];
  return [
    ...finds(picture, 'count 1 -> 2', 2),
    locking(picture, 'unlock', 1, 1, finding.lookup?.[0]),
    enter(picture, 0, first),
    locking(picture, 'lock', 0, 1, first),
    ...counting(0, steps.map((step, index) => call(0, index + 1, step)), 'count is 2, not looked at', 2),
    locking(picture, 'unlock', 0, 1, first),
    { cpu: 1, depth: 1, kind: 'wrong', text: `uses ${objectOf(finding)}: torn down` },
  ];
}

/** CPU1 found it under the lock; before it takes its reference CPU0 drops the last one. */
function lateGet(picture: Picture): readonly Draft[] {
  const [find, ...get] = picture.finding.lookup ?? [];
  if (!find) return [];
  const late = get.map((step, index) => call(1, index + 1, step));
  return [
    enter(picture, 1, find),
    locking(picture, 'lock', 1, 1, find),
    call(1, 1, find),
    locking(picture, 'unlock', 1, 1, find),
    note(0, 0, 'drops the last reference', { effect: 'count 1 -> 0', count: 0 }),
    locking(picture, 'lock', 0, 1, undefined),
    note(0, 1, 'off the list'),
    locking(picture, 'unlock', 0, 1, undefined),
    note(0, 1, 'freed', { count: 'freed' }),
    ...counting(1, late, 'count of freed memory: 0 -> 1', 'freed'),
  ];
}
