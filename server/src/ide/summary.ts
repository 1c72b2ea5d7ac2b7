// Summaries as people read them: locks, references per outcome, fields written, lists.

import { lineStarts, positionAt } from '../base/span.ts';
import type { Gap } from '../base/gap.ts';
import { ANY, ERROR, NEGATIVE, POINTER, POSITIVE, ZERO } from '../domain/facts.ts';
import { isEntryValue, rootOf, type Value } from '../domain/value.ts';
import type { Execution, Final } from '../engine/execute.ts';
import { foldLastPuts } from '../engine/summarise.ts';
import { baseOf, type Judged } from '../finality/judge.ts';
import type { PutRecord } from '../finality/records.ts';
import { loadKnowledge } from '../kernel/knowledge.ts';
import type { LockMode } from '../kernel/schema.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Effect, Hold, Site } from '../summary/effect.ts';
import { conditionsOf, type Conditions } from './condition.ts';
import type { FunctionSummary, SummaryRef } from './finding.ts';
import { contextFor } from './judgements.ts';
import type { Session } from './session.ts';
import { reachOf, spellingOf, type Spelling } from './spelling.ts';

const MOST_OUTCOMES = 10;
/** `a->b->c` is still told, and of callees' callees `a->b`: what hangs deeper is their business. */
const DEEPEST_OBJECT = 2;
const DEEPEST_BELOW = 1;
const DEEPEST_LOCK = 1;

/** By name, in `file` if one is given, else where the kernel's well-known functions live; empty: no such function. */
export function summariesOf(session: Session, name: string, file: string | undefined): readonly FunctionSummary[] {
  return definitionsOf(session, name, file).map((ref) => summaryOf(session, ref));
}

function definitionsOf(session: Session, name: string, file: string | undefined): readonly FunctionRef[] {
  const { code } = session;
  const inFile = (path: string) => code.functionsIn(path).filter((ref) => ref.name === name);
  if (file !== undefined) return inFile(file);
  const home = loadKnowledge().homes.get(name);
  const known = home === undefined ? [] : inFile(home);
  if (known.length > 0) return known;
  const files = [...new Set(loadKnowledge().homes.values())].sort();
  return files.flatMap(inFile);
}

/** One way through the function, with the effects that a reader can name. */
interface Way {
  readonly final: Final;
  readonly effects: readonly Effect[];
}

export function summaryOf(session: Session, ref: FunctionRef): FunctionSummary {
  const { engine } = session;
  const execution = engine.executionOf(ref);
  const summary = engine.summaryOf(ref);
  const spelling = spellingOf(session, ref);
  const conditions = conditionsOf(session, ref, spelling);
  const ways = execution.finals.map((final): Way => ({
    final, effects: foldLastPuts(final.state.effects).filter((effect) => isTold(effect, spelling)),
  }));
  const lines = lineFinder(session, ref);
  const told = outcomesOf(session, ref, ways, spelling, conditions);
  const gaps: Gap[] = [...summary.gaps];
  if (told.left > 0) {
    gaps.push({ file: ref.file, line: lines(0), function: ref.name, kind: 'budget', detail: `${told.left} more outcomes are not listed` });
  }
  const refs = refsOf(session, ref, ways, spelling, conditions, lines);
  const registry = registryOf(session, ref, ways, spelling, conditions);
  return {
    function: ref.name, file: ref.file, line: lines(ref.item.nameSpan.start - ref.item.span.start), maySleep: summary.maySleep,
    locks: locksOf(session, ref, execution, spelling, new Set([...refs.flatMap(({ held }) => held), ...locksAt(ways, spelling)])),
    refs, writes: writesOf(ways, spelling), registry, outcomes: told.outcomes, gaps,
  };
}

/** 1-based line of an offset into the function's definition. */
function lineFinder(session: Session, ref: FunctionRef): (offset: number) => number {
  const starts = lineStarts(session.textOf(ref.file));
  return (offset) => positionAt(starts, ref.item.span.start + offset).line + 1;
}

// ---- which effects are told -------------------------------------------------------------------------------------

function isTold(effect: Effect, spelling: Spelling): boolean {
  const reach = effect.chain.length <= 2 ? DEEPEST_OBJECT : DEEPEST_BELOW;
  const near = (value: Value): boolean => spelling.isNameable(value) && reachOf(rootOf(value)) <= reach;
  switch (effect.do) {
    case 'lock': case 'unlock':
      return !isQuiet(effect.mode) && spelling.isNameable(effect.lock);
    case 'init': case 'get': case 'put':
      // A counter in a static object is a statistic, or belongs to an object that nobody frees.
      return near(effect.count) && rootOf(effect.count).node.k !== 'global';
    case 'publish':
      return near(effect.item) && near(effect.into);
    case 'unlink':
      return effect.item === undefined ? effect.from !== undefined && near(effect.from) : near(effect.item);
    case 'find':
      return spelling.isNameable(effect.element);
    case 'write':
      return near(effect.place) && effect.value.node.k === 'number';
    case 'defer': case 'free':
      return near(effect.object) && effect.object.node.k !== 'number';
    case 'grace':
      return effect.chain.length === 1;
  }
}

/** Interrupts or preemption off: no lock that another thread could hold. */
function isQuiet(mode: LockMode): boolean {
  return mode === 'irq' || mode === 'bh' || mode === 'preempt';
}

export function lockText(hold: { readonly lock: Value; readonly mode: LockMode }, spelling: Spelling): string {
  if (hold.mode === 'rcu') return 'rcu_read_lock';
  return spelling.place(hold.lock);
}

function heldText(held: readonly Hold[], spelling: Spelling): readonly string[] {
  return [...new Set(held.filter((hold) => !isQuiet(hold.mode) && spelling.isNameable(hold.lock)).map((hold) => lockText(hold, spelling)))];
}

// ---- locks ------------------------------------------------------------------------------------------------------

type LockEffect = FunctionSummary['locks'][number]['effect'];
const LOCK_ORDER: readonly LockEffect[] = ['requires', 'takes', 'drops', 'takes-and-drops'];

/** Locks under which the other effects happen, wherever they are taken. */
function locksAt(ways: readonly Way[], spelling: Spelling): readonly string[] {
  return ways.flatMap(({ effects }) => effects.flatMap((effect) =>
    (effect.do === 'publish' || effect.do === 'unlink' ? heldText(effect.held, spelling) : [])));
}

function locksOf(session: Session, ref: FunctionRef, execution: Execution, spelling: Spelling, seen: ReadonlySet<string>): FunctionSummary['locks'] {
  const summary = session.engine.summaryOf(ref);
  const found = new Map<string, LockEffect>();
  const add = (lock: string, effect: LockEffect): void => {
    if (!found.has(lock)) found.set(lock, effect);
  };
  for (const lock of summary.requires) add(spelling.place(lock), 'requires');
  for (const outcome of summary.outcomes) {
    for (const hold of outcome.taken) if (!isQuiet(hold.mode)) add(lockText(hold, spelling), 'takes');
    for (const lock of outcome.dropped) add(spelling.place(lock), 'drops');
  }
  const own = `${ref.file}:${ref.name}:`;
  const helpers = new Set(ref.item.calls);
  for (const hold of execution.balanced) {
    if (isQuiet(hold.mode) || !isEntryValue(hold.lock) || reachOf(hold.lock) > DEEPEST_LOCK) continue;
    const text = lockText(hold, spelling);
    const taker = /:(\w+):\d+[^:]*:\d+$/.exec(hold.id)?.[1];
    if (hold.id.startsWith(own) || seen.has(text) || (taker !== undefined && helpers.has(taker))) add(text, 'takes-and-drops');
  }
  return [...found].map(([lock, effect]) => ({ lock, effect }))
    .sort((a, b) => LOCK_ORDER.indexOf(a.effect) - LOCK_ORDER.indexOf(b.effect) || compare(a.lock, b.lock));
}

// ---- references -------------------------------------------------------------------------------------------------

function refsOf(
  session: Session, ref: FunctionRef, ways: readonly Way[], spelling: Spelling, conditions: Conditions, lines: (offset: number) => number,
): readonly SummaryRef[] {
  interface Group {
    readonly object: string;
    readonly sign: number;
    readonly site: Site;
    readonly on: Set<Way>;
    times: number;
    held: readonly string[];
    readonly lasts: Last[];
  }
  const groups = new Map<string, Group>();
  let judge: LastJudge | undefined;
  for (const way of ways) {
    const times = new Map<string, number>();
    for (const effect of way.effects) {
      if (effect.do !== 'init' && effect.do !== 'get' && effect.do !== 'put') continue;
      const site = effect.chain[0];
      if (!site) continue;
      const sign = effect.do === 'put' ? -1 : 1;
      const object = spelling.object(effect.count);
      const key = `${site.span.start}:${sign}:${object}`;
      const held = heldText(effect.held, spelling);
      const group: Group = groups.get(key) ?? { object, sign, site, on: new Set<Way>(), times: 0, held, lasts: [] };
      groups.set(key, group);
      group.on.add(way);
      group.held = group.held.filter((lock) => held.includes(lock));
      if (effect.do === 'put' && effect.outcome !== 'never') group.lasts.push((judge ??= lastJudge(session, ref))(effect, way.final));
      times.set(key, (times.get(key) ?? 0) + 1);
      group.times = Math.max(group.times, times.get(key) ?? 0);
    }
  }
  return [...groups.values()]
    .sort((a, b) => a.site.span.start - b.site.span.start || b.sign - a.sign || compare(a.object, b.object))
    .map(({ object, sign, site, on, times, held, lasts }): SummaryRef => ({
      object, change: sign * times, when: tellWays(conditions, ways, (way) => on.has(way)), held, mayBeLast: isLast(lasts),
      site: { file: site.file, line: lines(site.span.start) },
    }));
}

interface Last {
  readonly mayBe: boolean;
  /** Judged with what the program knows of the object; else by what the path itself owns. */
  readonly judged: boolean;
}

type LastJudge = (effect: Effect & { do: 'put' }, final: Final) => Last;

/** Where the object is known to be on a list on some ways, these decide. */
function isLast(lasts: readonly Last[]): boolean {
  const judged = lasts.filter((last) => last.judged);
  return (judged.length > 0 ? judged : lasts).some(({ mayBe }) => mayBe);
}

function lastJudge(session: Session, ref: FunctionRef): LastJudge {
  const context = contextFor(session, ref.file);
  const judged = new Map<string, Judged[]>();
  const records = new Map<string, PutRecord>();
  const key = (effect: { readonly chain: readonly Site[] }, final: Final, count: Value): string =>
    `${finals.get(final) ?? -1}:${count.id}:${effect.chain.map((site) => `${site.function}${site.span.start}`).join('>')}`;
  const finals = new Map(session.engine.executionOf(ref).finals.map((final, index) => [final, index]));
  for (const one of context.analysis.judged) {
    if (one.put.ref !== ref) continue;
    const place = key(one.put, one.put.final, one.put.object.count);
    judged.set(place, [...(judged.get(place) ?? []), one]);
  }
  for (const put of context.analysis.records.get(ref)?.puts ?? []) records.set(key(put, put.final, put.object.count), put);
  return (effect, final) => {
    const place = key(effect, final, effect.count);
    const verdicts = judged.get(place);
    if (verdicts) return { mayBe: verdicts.some(canBeLast), judged: true };
    const put = records.get(place);
    return { mayBe: put !== undefined && put.ownedAfter(baseOf(put, undefined)) <= 0, judged: false };
  };
}

/** A locked last put is a last put all the same. */
export function canBeLast({ verdict, owned }: Judged): boolean {
  if (verdict.kind !== 'safe') return true;
  return verdict.reason !== 'owns-another' && verdict.reason !== 'not-only-holder' && owned <= 0;
}

function tellWays(conditions: Conditions, ways: readonly Way[], has: (way: Way) => boolean): string {
  const known = ({ final }: Way) => ({ facts: final.state.facts, marks: final.state.marks });
  return conditions.tell(ways.filter(has).map(known), ways.filter((way) => !has(way)).map(known));
}

// ---- fields and lists -------------------------------------------------------------------------------------------

function writesOf(ways: readonly Way[], spelling: Spelling): FunctionSummary['writes'] {
  const found = new Map<string, { place: string; value: string }>();
  for (const { final } of ways) {
    for (const { address, value } of final.state.memory.values()) {
      const root = rootOf(address);
      const own = root.node.k === 'fresh' && !root.node.site.includes('>');
      if (!(isEntryValue(address) || own) || reachOf(address) > DEEPEST_LOCK || value.node.k === 'binary') continue;
      // What was there before is no news.
      if ((value.node.k === 'load' && value.node.address === address) || !spelling.isNameable(value)) continue;
      const entry = { place: spelling.place(address), value: spelling.value(value) };
      if (entry.place !== entry.value) found.set(`${entry.place} ${entry.value}`, entry);
    }
  }
  return [...found.values()].sort((a, b) => compare(a.place, b.place) || compare(a.value, b.value));
}

type RegistryEntry = FunctionSummary['registry'][number];

function registryOf(session: Session, ref: FunctionRef, ways: readonly Way[], spelling: Spelling, conditions: Conditions): readonly RegistryEntry[] {
  const groups = new Map<string, { entry: Omit<RegistryEntry, 'when'>; on: Set<Way>; order: number }>();
  for (const way of ways) {
    for (const effect of way.effects) {
      const entry = registryEntry(session, ref, effect, spelling);
      if (!entry) continue;
      const key = `${entry.effect}:${entry.object}:${entry.in}`;
      const group = groups.get(key) ?? { entry, on: new Set<Way>(), order: effect.chain[0]?.span.start ?? 0 };
      groups.set(key, group);
      group.on.add(way);
    }
  }
  return [...groups].sort(([a, one], [b, other]) => one.order - other.order || compare(a, b))
    .map(([, { entry, on }]) => ({ ...entry, when: tellWays(conditions, ways, (way) => on.has(way)) }));
}

function registryEntry(session: Session, ref: FunctionRef, effect: Effect, spelling: Spelling): Omit<RegistryEntry, 'when'> | undefined {
  switch (effect.do) {
    case 'publish':
      return { effect: 'publishes', object: objectText(effect.item, spelling), in: spelling.place(effect.into) };
    case 'unlink':
      return {
        effect: 'unlinks', object: effect.item ? objectText(effect.item, spelling) : 'an entry',
        in: effect.from ? spelling.place(effect.from) : containerOfLink(session, ref, effect.link),
      };
    case 'find':
      return effect.element.node.k === 'element'
        ? { effect: 'finds', object: spelling.value(effect.element), in: spelling.place(effect.element.node.container) }
        : undefined;
    default:
      return undefined;
  }
}

/** list_del() does not name the list: the one that the same member links into elsewhere in the file, if there is one. */
function containerOfLink(session: Session, ref: FunctionRef, link: string): string {
  const containers = new Set<string>();
  for (const other of session.code.functionsIn(ref.file)) {
    if (!session.source.recordsOf(other).publishes.some((publish) => publish.registry.link === link)) continue;
    for (const { registry } of session.source.recordsOf(other).publishes) if (registry.link === link) containers.add(registry.container);
  }
  const [only] = containers;
  const bare = (name: string): string => name.replace(/^.*:/, '').replace(/^(struct|union) /, '');
  if (containers.size === 1 && only !== undefined) return bare(only);
  return link === '' ? 'a list' : `the list of ${bare(link)}`;
}

function objectText(item: Value, spelling: Spelling): string {
  return spelling.value(item).replace(/^&/, '');
}

// ---- outcomes ---------------------------------------------------------------------------------------------------

interface Told {
  readonly outcomes: FunctionSummary['outcomes'];
  /** Outcomes that are not listed. */
  readonly left: number;
}

const COARSEST = 3;

function outcomesOf(session: Session, ref: FunctionRef, ways: readonly Way[], spelling: Spelling, conditions: Conditions): Told {
  for (let level = 0; ; level += 1) {
    const groups = new Map<string, { returns: string; effects: readonly string[]; on: Set<Way> }>();
    for (const way of ways) {
      const effects = way.effects.filter((effect) => matters(effect, level)).flatMap((effect) => effectText(session, ref, effect, spelling) ?? []);
      const returns = returnText(session, ref, way, spelling);
      const key = [returns, ...effects].join('\n');
      const group = groups.get(key) ?? { returns, effects, on: new Set<Way>() };
      groups.set(key, group);
      group.on.add(way);
    }
    if (groups.size > MOST_OUTCOMES && level < COARSEST) continue;
    const all = [...groups.values()];
    return {
      outcomes: all.slice(0, MOST_OUTCOMES).map(({ returns, effects, on }) => {
        const when = tellWays(conditions, ways, (way) => on.has(way));
        return { when: when === '' && all.length > 1 ? 'none of the others' : when, returns, effects };
      }),
      left: Math.max(0, all.length - MOST_OUTCOMES),
    };
  }
}

/** The higher the level, the less of what happens far from the function's own text; references are told longest. */
function matters(effect: Effect, level: number): boolean {
  const depth = effect.chain.length;
  switch (effect.do) {
    case 'find': case 'init':
      return level === 0 || (depth === 1 && level < 3);
    case 'free': case 'publish': case 'unlink': case 'defer':
      return level === 0 || depth <= 4 - level;
    case 'get': case 'put':
      return level < 3 || (reachOf(rootOf(effect.count)) <= 1 && depth <= 3);
    default:
      return level < 3 || depth === 1;
  }
}

export function effectText(session: Session, ref: FunctionRef, effect: Effect, spelling: Spelling): string | undefined {
  const below = (held: readonly Hold[]): string => {
    const inner = held.filter((hold) => hold.id.includes('>') && !hold.id.includes('required:'));
    const locks = heldText(inner, spelling);
    return locks.length === 0 ? '' : ` under ${locks.join(', ')}`;
  };
  switch (effect.do) {
    case 'lock': case 'unlock':
      if (effect.mode === 'rcu') return `rcu_read_${effect.do}`;
      return `${effect.do} ${spelling.place(effect.lock)}`;
    case 'init':
      return `init ${spelling.object(effect.count)}`;
    case 'get':
      return `get ${spelling.object(effect.count)}${effect.checked ? ' unless zero' : ''}${below(effect.held)}`;
    case 'put':
      return `put ${spelling.object(effect.count)}${below(effect.held)}`;
    case 'publish':
      return `add ${objectText(effect.item, spelling)} to ${spelling.place(effect.into)}`;
    case 'unlink': {
      const entry = registryEntry(session, ref, effect, spelling);
      return entry && `unlink ${entry.object} from ${entry.in}`;
    }
    case 'find':
      return effect.element.node.k === 'element' ? `find ${spelling.value(effect.element)} in ${spelling.place(effect.element.node.container)}` : undefined;
    case 'write':
      return `${spelling.place(effect.place)} = ${spelling.value(effect.value)}`;
    case 'defer':
      return `release ${objectText(effect.object, spelling)} later, from ${DEFERRED_TO[effect.how]}`;
    case 'free':
      return `free ${objectText(effect.object, spelling)}`;
    case 'grace':
      return 'wait for a grace period';
  }
}

const DEFERRED_TO = { rcu: 'an RCU callback', work: 'a work', timer: 'a timer' } as const;

/** How a returned pointer comes. */
export const REFERENCE_TAKEN = 'reference taken';
export const BORROWED = 'borrowed';

function returnText(session: Session, ref: FunctionRef, { final, effects }: Way, spelling: Spelling): string {
  const { returnType } = session.code.ir(ref);
  if (returnType.name === 'void' && returnType.pointers === 0) return 'void';
  const type = isBuiltin(returnType.name) ? returnType : session.code.resolveType(returnType, ref.file);
  const { returns, returnClass } = final;
  if (type.pointers === 0) return numberText(returnClass, type.name === 'bool' || type.name === '_Bool', returns);
  const bits = returnClass & (ZERO | ERROR | POINTER);
  if (bits === ZERO) return 'NULL';
  if (bits === ERROR) return 'error pointer';
  if (bits === (ZERO | ERROR)) return 'NULL or error pointer';
  const isSet = (bits & ZERO) === 0;
  if (!returns || !spelling.isNameable(returns)) return isSet ? 'non-NULL' : 'any';
  const root = rootOf(returns);
  let taken = 0;
  for (const effect of effects) {
    if ((effect.do === 'init' || effect.do === 'get') && rootOf(effect.count) === root) taken += 1;
    if (effect.do === 'put' && rootOf(effect.count) === root) taken -= 1;
  }
  return `${isSet ? 'non-NULL: ' : ''}${spelling.value(returns)}, ${taken > 0 ? REFERENCE_TAKEN : BORROWED}`;
}

/** Spelled with keywords only: `int`, `unsigned long`. */
function isBuiltin(name: string): boolean {
  return /^(?:void|char|short|int|long|signed|unsigned|bool|_Bool|float|double| )+$/.test(name);
}

function numberText(mask: number, isBool: boolean, returns: Value | undefined): string {
  const bits = mask & (NEGATIVE | ZERO | POSITIVE);
  if (isBool) return bits === ZERO ? 'false' : (bits & ZERO) === 0 ? 'true' : 'true or false';
  if (returns?.node.k === 'number' && returns.node.value >= 0) return String(returns.node.value);
  switch (bits) {
    case ZERO: return '0';
    case NEGATIVE: return '<0';
    case POSITIVE: return '>0';
    case NEGATIVE | ZERO: return '<=0';
    case ZERO | POSITIVE: return '>=0';
    case NEGATIVE | POSITIVE: return '!=0';
    default: return (mask & ANY) === 0 ? 'nothing' : 'any';
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
