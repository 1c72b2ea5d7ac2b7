// What a call does to a path: a primitive by its data, a known function by its summary.
// Both answer with the ways on: a state and the call's result for each.

import type { Span } from '../base/span.ts';
import type { LockMode, Primitive, PrimitiveEffect, When } from '../kernel/schema.ts';
import { hangsOn, isEntryValue, isNull, pathOf, printPlace, rootOf, type Value } from '../domain/value.ts';
import { ANY, ERROR, NEGATIVE, POINTER, POSITIVE, TRUE_, ZERO, classOf, narrow, assume, forget, isKnown, joinFacts, type Facts } from '../domain/facts.ts';
import type { Effect, Hold, LastEffects, Mark, Outcome, Site, Summary } from '../summary/effect.ts';
import { addEffect, addEffects, addMark, escape, fork, type State } from './state.ts';
import { assumeComparison, readPlace } from './evaluate.ts';
import { REFERENCE_COUNTS } from './typing.ts';
import { isMember } from './membership.ts';
import { SCRIBBLED, type Frame } from './frame.ts';
import { heldPointer, type Pointed } from './pointers.ts';

export interface Way {
  readonly state: State;
  readonly result: Value;
}

export interface CallSite {
  readonly span: Span;
  readonly args: readonly Value[];
  readonly argTexts: readonly string[];
  /** Spelling of the call for messages: `kobject_get(k)`. */
  readonly text: string;
  /** The result is assigned to a local. */
  readonly isKept: boolean;
  /** Somebody looks at the result. */
  readonly isRead: boolean;
}

/** What stands at an index: the counted object that the index was read from, else the result where somebody wants it. */
function itemAt(frame: Frame, index: Value | undefined, result: Value | undefined): Value | undefined {
  const owner = index?.node.k === 'load' ? rootOf(index.node.address) : undefined;
  return owner && frame.engine.typing.isCounted(owner, frame.fn.file) ? owner : result;
}

const NO_LAST: LastEffects = { effects: [], takes: [] };

function happening(frame: Frame, state: State, span: Span): { chain: readonly Site[]; held: readonly Hold[]; dropped: readonly Value[]; config?: string } {
  const config = state.config.at(-1);
  return { chain: [frame.siteOf(span)], held: state.held, dropped: state.dropped, ...(config === undefined ? {} : { config }) };
}

// ---- primitives -------------------------------------------------------------------------------------------------

export function applyPrimitive(frame: Frame, before: State, primitive: Primitive, call: CallSite, runRelease: RunRelease): readonly Way[] {
  if (primitive.sleeps) frame.notes.maySleep = true;
  const result = resultOf(frame, before, primitive, call);
  if (primitive.noreturn) return [];
  const effects = primitive.effects ?? [];
  const when = effects.map(forkingCondition).find((condition) => condition !== undefined);
  if (when === undefined) {
    const state = fork(before);
    for (const effect of effects) applyEffect(frame, state, effect, call, result, 'either', runRelease);
    return [{ state, result }];
  }
  const ways: Way[] = [];
  for (const holds of [true, false]) {
    const mask = holds ? whenMask(when) : ANY & ~whenMask(when);
    // An argument that is handed back on success only: the other way returns NULL, whatever the argument is.
    const failed = !holds && primitive.returns?.startsWith('arg') === true && when === 'ret!=NULL';
    const answer = failed ? frame.engine.values.number(0) : result;
    const facts = narrow(before.facts, answer, mask);
    if (!facts) continue;
    const state = fork(before);
    state.facts = facts;
    for (const effect of effects) {
      const own = 'when' in effect ? effect.when : undefined;
      if (own !== undefined && (whenMask(own) & mask) === 0) continue;
      const isTest = effect.do === 'put' && effect.zeroWhen !== undefined;
      applyEffect(frame, state, effect, call, answer, !isTest ? 'either' : (whenMask(effect.zeroWhen ?? when) & mask) === 0 ? 'nonzero' : 'zero', runRelease);
    }
    ways.push({ state, result: answer });
  }
  return ways;
}

/** A function, what a field of the object holds, or the functions that it was seen to hold. */
export type Callback = Value | Pointed;

/** What a release callback does to the object, run right here. */
export type RunRelease = (state: State, callback: Callback, args: readonly Value[], span: Span) => LastEffects;

function forkingCondition(effect: PrimitiveEffect): When | undefined {
  if (effect.do === 'put' && effect.release === undefined && effect.zeroWhen !== undefined) return effect.zeroWhen;
  return 'when' in effect ? effect.when : undefined;
}

export function whenMask(when: When): number {
  switch (when) {
    case 'ret==0': return ZERO;
    case 'ret!=0': return TRUE_;
    case 'ret<0': return NEGATIVE | ERROR;
    case 'ret>=0': return ZERO | POSITIVE | POINTER;
    case 'ret!=NULL': return TRUE_ & ~ERROR;
    case 'ret==NULL': return ZERO;
    case '!IS_ERR(ret)': return ZERO | POSITIVE | POINTER;
    case 'IS_ERR(ret)': return ERROR | NEGATIVE;
    case '!IS_ERR_OR_NULL(ret)': return POSITIVE | POINTER;
  }
}

function resultOf(frame: Frame, state: State, primitive: Primitive, call: CallSite): Value {
  const { values, typing } = frame.engine;
  const key = frame.siteKey(call.span, primitive.name);
  switch (primitive.returns) {
    case 'arg0': case 'arg1': case 'arg2':
      return call.args[Number(primitive.returns.slice(3))] ?? values.result(key, call.text);
    case 'fresh': case 'fresh-or-err': {
      const value = values.fresh(key, call.text);
      const mask = primitive.returns === 'fresh' ? POINTER | ZERO : POINTER | ERROR;
      state.facts = narrow(state.facts, value, mask) ?? state.facts;
      return value;
    }
    case 'error': case 'bool': {
      const value = values.result(key, call.text);
      const mask = primitive.returns === 'error' ? ZERO | NEGATIVE : ZERO | POSITIVE;
      state.facts = narrow(state.facts, value, mask) ?? state.facts;
      return value;
    }
    default:
      break;
  }
  if (primitive.reads !== undefined) {
    const count = place(frame, state, primitive.reads, call, undefined);
    if (count) {
      frame.notes.countReads.set(key, state.held);
      return values.count(counterOf(frame, count), key);
    }
  }
  const find = primitive.effects?.find((effect) => effect.do === 'find');
  if (find) {
    const container = place(frame, state, find.in, call, undefined);
    if (container) {
      const type = call.argTexts[1];
      const link = call.args.length === 3 && type !== undefined && /^(struct|union) \w+$/.test(type) ? `${type}.${call.argTexts[2] ?? ''}` : '';
      const value = values.element(container, link, key, call.text);
      const declared = frame.engine.code.returnTypeOf(primitive.name, frame.fn.file);
      if (declared) typing.hint(value, declared);
      return value;
    }
  }
  const value = values.result(key, call.text);
  const declared = frame.engine.code.returnTypeOf(primitive.name, frame.fn.file);
  if (declared && declared.pointers > 0) typing.hint(value, declared);
  return value;
}

/**
 * A place spelled in the data, as an address: `arg0.kref` is the field of what argument 0 points to, `->` after the
 * first step follows a pointer field.
 */
function place(frame: Frame, state: State, spelled: string, call: CallSite, result: Value | undefined): Value | undefined {
  const { values } = frame.engine;
  if (spelled.startsWith('global:')) return values.global(spelled.slice('global:'.length), '');
  const match = /^(arg(\d+)|ret)(.*)$/.exec(spelled);
  if (!match) return undefined;
  const base = match[1] === 'ret' ? result : call.args[Number(match[2])];
  if (!base) return undefined;
  let address = base;
  let first = true;
  for (const [, arrow, name] of (match[3] ?? '').matchAll(/(\.|->)([A-Za-z_]\w*)/g)) {
    if (arrow === '->' && !first) address = readPlace(frame, state, address);
    address = values.at(address, [`.${name ?? ''}`]);
    first = false;
  }
  return address;
}

/** A kref is one refcount_t: `x.kref.refcount` and `x.kref` are one counter. */
export function counterOf(frame: Frame, address: Value): Value {
  const path = pathOf(address);
  const last = path.at(-1);
  if (last !== '.refcount' && last !== '.refs') return address;
  const outer = frame.engine.values.at(rootOf(address), path.slice(0, -1));
  const type = frame.engine.typing.contentType(outer, frame.fn.file)?.name;
  return REFERENCE_COUNTS.has(type ?? '') ? outer : address;
}

function applyEffect(
  frame: Frame, state: State, effect: PrimitiveEffect, call: CallSite, result: Value,
  outcome: 'zero' | 'nonzero' | 'either', runRelease: RunRelease,
): void {
  const at = (spelled: string | undefined) => (spelled === undefined ? undefined : place(frame, state, spelled, call, result));
  const now = () => happening(frame, state, call.span);
  switch (effect.do) {
    case 'lock': {
      const lock = at(effect.lock);
      if (lock) takeLock(frame, state, lock, effect.mode, call.span);
      return;
    }
    case 'unlock': {
      const lock = at(effect.lock);
      if (lock) dropLock(frame, state, lock, effect.mode, call.span);
      return;
    }
    case 'assert-held': {
      const lock = at(effect.lock);
      if (lock) requireLock(frame, state, lock);
      return;
    }
    case 'init': {
      const count = at(effect.count);
      const initial = effect.value === undefined ? undefined : at(effect.value);
      if (initial && isNull(initial)) return;
      const references = initial?.node.k === 'number' && initial.node.value > 1 ? { references: initial.node.value } : {};
      if (count) addEffect(state, { do: 'init', count: counterOf(frame, count), ...references, ...now() });
      return;
    }
    case 'get': {
      const count = at(effect.count);
      if (!count) return;
      if (rootOf(count).node.k === 'number') return;
      const amount = at(effect.amount)?.node;
      if (effect.amount !== undefined && !(amount?.k === 'number' && amount.value > 0)) return;
      addEffect(state, { do: 'get', count: counterOf(frame, count), checked: effect.checked === true && call.isRead, ...now() });
      return;
    }
    case 'put': {
      const count = at(effect.count);
      if (!count || rootOf(count).node.k === 'number') return;
      if (effect.neverLast) {
        addEffect(state, { do: 'put', count: counterOf(frame, count), outcome: 'never', last: NO_LAST, ...now() });
        return;
      }
      const onLast = effect.lockOnLast;
      const lock = onLast && at(onLast.lock);
      if (lock && onLast && outcome === 'zero') takeLock(frame, state, lock, onLast.mode, call.span);
      const release = at(effect.release);
      if (release === undefined) {
        addEffect(state, { do: 'put', count: counterOf(frame, count), outcome, last: NO_LAST, ...now() });
        return;
      }
      const inside = fork(state);
      if (lock && onLast) takeLock(frame, inside, lock, onLast.mode, call.span);
      const last = runRelease(inside, release, [count], call.span);
      addEffect(state, { do: 'put', count: counterOf(frame, count), outcome: 'either', last, ...now(), held: inside.held });
      return;
    }
    case 'publish': {
      const item = at(effect.item);
      const into = at(effect.into);
      // idr_replace(idr, NULL, id), xa_store(xa, index, NULL): nothing is to be found there from now on.
      if (item?.node.k === 'number') {
        if (effect.replaces && into) addEffect(state, { do: 'unlink', item: undefined, link: '', from: into, replaced: true, ...now() });
      } else if (item && into) addEffect(state, { do: 'publish', ...itemOf(frame, item), into, ...now() });
      return;
    }
    case 'unlink': {
      const item = at(effect.item) ?? itemAt(frame, at(effect.index), effect.index !== undefined && call.isKept ? result : undefined);
      // Exchanged for nothing: no entry was there.
      if (item && classOf(state.facts, item) === ZERO) return;
      const from = at(effect.from);
      const node = item && itemOf(frame, item);
      addEffect(state, { do: 'unlink', item: node?.item, link: node?.link ?? '', from, ...now() });
      return;
    }
    case 'find':
      if (result.node.k === 'element') addEffect(state, { do: 'find', element: result, ...now() });
      return;
    case 'defer': {
      const object = at(effect.object);
      if (!object) return;
      const spelled = at(effect.callback);
      const pointer = effect.callback === undefined && effect.how !== 'rcu' ? frame.engine.values.at(object, ['.func']) : spelled;
      const content = pointer?.node.k === 'at' ? readPlace(frame, state, pointer) : pointer;
      const callback = pointer && content?.node.k === 'load' ? heldPointer(frame, pointer) : content;
      const nothing = fork(state);
      nothing.held = [];
      const last = callback ? runRelease(nothing, callback, [object], call.span) : NO_LAST;
      addEffect(state, { do: 'defer', object, how: effect.how, effects: last.effects, ...now() });
      return;
    }
    case 'grace':
      addEffect(state, { do: 'grace', ...now() });
      return;
    case 'free': {
      const object = at(effect.object);
      if (object) addEffect(state, { do: 'free', object, ...now() });
      return;
    }
    case 'write': {
      const target = at(effect.place);
      const value = /^(arg\d|ret|global:)/.test(effect.value) ? at(effect.value) : frame.engine.values.number(0);
      if (target && value) writePlace(frame, state, target, value, call.span);
      return;
    }
  }
}

/** The object that a list node, or a stored pointer, belongs to, and the type-level name of the link. */
export function itemOf(frame: Frame, node: Value): { item: Value; link: string } {
  const path = pathOf(node);
  if (path.length === 0) return { item: node, link: '' };
  const root = rootOf(node);
  // The innermost struct that holds the node: `&kobj->entry` links a kobject, whatever that is embedded in.
  const item = frame.engine.values.at(root, path.slice(0, -1));
  const type = frame.engine.typing.contentType(item, frame.fn.file)?.name;
  return { item, link: type === undefined ? '' : `${type}${path.at(-1) ?? ''}` };
}

// ---- locks ------------------------------------------------------------------------------------------------------

export function takeLock(frame: Frame, state: State, lock: Value, mode: LockMode, span: Span): void {
  const id = `${frame.siteKey(span)}:${lock.id}`;
  state.held = [...state.held, { lock, mode, id }];
  frame.notes.balanced.set(`${lock.id}`, { lock, mode, id });
  addEffect(state, { do: 'lock', lock, mode, ...happening(frame, state, span) });
}

export function dropLock(frame: Frame, state: State, lock: Value, mode: LockMode, span: Span): void {
  release(frame, state, lock);
  addEffect(state, { do: 'unlock', lock, mode, ...happening(frame, state, span) });
}

/**
 * The lock is no longer held. One that is held under another spelling is found by its type-level name, where only one
 * of that name is held; else the caller had taken it.
 */
function release(frame: Frame, state: State, lock: Value): void {
  let index = state.held.findLastIndex((hold) => hold.lock === lock);
  if (index < 0) {
    const { typing } = frame.engine;
    const name = typing.placeName(lock, frame.fn.file);
    const alike = name === undefined ? [] : state.held.filter((hold) => typing.placeName(hold.lock, frame.fn.file) === name);
    if (alike.length === 1 && alike[0]) index = state.held.indexOf(alike[0]);
  }
  const found = state.held[index];
  if (found) state.held = state.held.filter((_, position) => position !== index);
  // One that the function only said to be held is the caller's.
  const foreign = !found || found.id.includes('required:');
  if (foreign && !state.dropped.includes(lock)) state.dropped = [...state.dropped, lock];
}

export function requireLock(frame: Frame, state: State, lock: Value): void {
  if (state.held.some((hold) => hold.lock === lock)) return;
  if (isEntryValue(lock)) frame.notes.requires.set(lock.id, lock);
  state.held = [{ lock, mode: 'other', id: `required:${lock.id}` }, ...state.held];
}

// ---- stores -----------------------------------------------------------------------------------------------------

export function writePlace(frame: Frame, state: State, address: Value, value: Value, span: Span): void {
  const root = rootOf(address);
  if (root.node.k === 'local') {
    state.memory.set(address.id, { address, value });
    return;
  }
  if (!isTracked(frame, state, address, value)) {
    if (value.node.k === 'number' && value.node.value !== 0) frame.notes.flags.set(`${address.id}@${span.start}`, { place: address, held: state.held });
    scribble(frame, state, address);
    return;
  }
  const before = state.memory.get(address.id)?.value;
  if ((before ?? frame.engine.values.load(address)) === value) return;
  if (pathOf(address).at(-1) !== '[]') state.memory.set(address.id, { address, value });
  if (frame.engine.typing.contentType(address, frame.fn.file)?.name === 'char') return;
  addEffect(state, { do: 'write', place: address, value, before, ...happening(frame, state, span) });
}

/** A number is written that is not followed: what was known of the place holds no longer. */
function scribble(frame: Frame, state: State, address: Value): void {
  const { values } = frame.engine;
  if (isEntryValue(address)) frame.notes.scribbled.set(address.id, address);
  if (!state.memory.has(address.id) && !isKnown(state.facts, values.load(address))) return;
  const now = values.result(`${SCRIBBLED}${address.id}`, printPlace(address));
  state.memory.set(address.id, { address, value: now });
  state.facts = forget(state.facts, now);
}

/** Only pointers are followed through memory, not counters and flags; of strings, those that were tested before. */
function isTracked(frame: Frame, state: State, address: Value, value: Value): boolean {
  const type = frame.engine.typing.contentType(address, frame.fn.file);
  if (type?.name === 'char' && type.pointers > 0) return state.facts.classes.has(frame.engine.values.load(address).id);
  if (type) return type.pointers > 0;
  const kind = value.node.k;
  return kind === 'param' || kind === 'fresh' || kind === 'element' || kind === 'at' || kind === 'load' || kind === 'function';
}

// ---- summaries --------------------------------------------------------------------------------------------------

/** Applies a callee's summary: one way on for each outcome that the path does not rule out. */
export function applySummary(frame: Frame, before: State, callee: string, summary: Summary, call: CallSite): readonly Way[] {
  if (summary.maySleep) frame.notes.maySleep = true;
  const key = frame.siteKey(call.span);
  const substitute = substitution(frame, before, call, key, callee);
  const site = frame.siteOf(call.span);
  const scribbled = summary.scribbled.map(substitute);
  const ways: Way[] = [];
  for (const outcome of summary.outcomes) {
    let effects: readonly Effect[] | undefined;
    const mine = (): readonly Effect[] => (effects ??= outcome.effects
      .map((effect) => substituteEffect(effect, substitute, site, before, key)).filter((effect) => !isVacuous(effect)));
    const unsure = unsurePuts(summary, outcome);
    const kept = call.args.filter((_, index) => unsure.has(index));
    const isGot = isGotWithReference(outcome, summary);
    for (const whole of partsOf(frame, outcome)) {
      const part = isGot ? { ...whole, returnClass: whole.returnClass & ~ZERO } : whole;
      const way = applyOutcome(frame, before, part, call, key, substitute, mine, summary.rough);
      if (!way) continue;
      escape(way.state, kept);
      for (const place of scribbled) scribble(frame, way.state, place);
      ways.push(way);
    }
  }
  for (const hold of summary.balanced) {
    const lock = substitute(hold.lock);
    if (isEntryValue(lock)) frame.notes.balanced.set(`${lock.id}`, { ...hold, lock });
  }
  return ways;
}

/**
 * A pointer kept beside the count (`if (get(&y->plan_refs)) return y->plan; return NULL`): who answers NULL where it took
 * nothing has something to answer with where it did.
 */
function isGotWithReference({ returns, returnClass, effects }: Outcome, { outcomes }: Summary): boolean {
  if (returns?.node.k !== 'load' || returnClass === ZERO || (returnClass & ZERO) === 0) return false;
  const owner = rootOf(returns.node.address);
  const takes = (list: readonly Effect[]): boolean => list.some((effect) => effect.do === 'get' && rootOf(effect.count) === owner);
  return takes(effects) && outcomes.some((other) => other.returnClass === ZERO && !takes(other.effects));
}

/**
 * Numbers of the parameters whose object is put on other outcomes of the summary and not on this one: which result goes
 * with the put may have been lost.
 */
function unsurePuts(summary: Summary, outcome: Outcome): ReadonlySet<number> {
  let byOutcome = unsure.get(summary);
  if (!byOutcome) {
    const puts = new Map(summary.outcomes.map((one) => [one, putsOf(one)]));
    const all = [...puts.values()].flatMap((own) => [...own]);
    byOutcome = new Map([...puts].map(([one, own]) => [one, new Set(all.filter((index) => !own.has(index)))]));
    unsure.set(summary, byOutcome);
  }
  return byOutcome.get(outcome) ?? NONE;
}

/** Worked out once per summary: it is applied at every call, to every state there. */
const unsure = new WeakMap<Summary, ReadonlyMap<Outcome, ReadonlySet<number>>>();
const NONE: ReadonlySet<number> = new Set();

/** Numbers of the parameters whose object's count is put. */
function putsOf(outcome: Outcome): ReadonlySet<number> {
  return new Set(outcome.effects.flatMap((effect) => {
    if (effect.do !== 'put') return [];
    const { node } = rootOf(effect.count);
    return node.k === 'param' ? [node.index] : [];
  }));
}

/**
 * Success and error of one outcome, where its cases tell them apart, so that a test of the result learns what led to
 * it; in a short caller, each case by itself.
 */
function partsOf(frame: Frame, outcome: Outcome): readonly Outcome[] {
  const { cases } = outcome;
  if (cases.length < 2 || !outcome.scalar) return [outcome];
  const part = (own: Outcome['cases']): Outcome => ({
    ...outcome, cases: own,
    facts: own.map(({ facts }) => facts).reduce(joinFacts),
    returnClass: own.reduce((mask, { returnClass }) => mask | returnClass, 0),
  });
  if (frame.fn.blocks.length <= SHORT) return cases.map((one) => part([one]));
  const zero = cases.filter(({ returnClass }) => returnClass === ZERO);
  const other = cases.filter(({ returnClass }) => (returnClass & ZERO) === 0);
  if (zero.length === 0 || other.length === 0 || zero.length + other.length < cases.length) return [outcome];
  return [part(zero), part(other)];
}

/** Blocks up to which a function keeps its ways apart by what it was given. */
export const SHORT = 16;

/** Rewrites a callee's values in the caller's terms, as of the call. */
function substitution(frame: Frame, before: State, call: CallSite, key: string, callee: string): (value: Value) => Value {
  const { values, typing } = frame.engine;
  const done = new Map<number, Value>();
  const substitute = (value: Value): Value => {
    const known = done.get(value.id);
    if (known) return known;
    const next = rewrite(value);
    // What the callee declares its parameter to be says what the argument is.
    const declared = value.node.k === 'param' && value.node.type.pointers > 0 ? frame.engine.code.resolveType(value.node.type, frame.fn.file) : undefined;
    const hint = typing.hintOf(value) ?? declared;
    if (hint && next !== value) typing.hint(next, hint);
    done.set(value.id, next);
    return next;
  };
  const rewrite = (value: Value): Value => {
    const { node } = value;
    switch (node.k) {
      case 'param':
        return call.args[node.index] ?? values.result(`${key}:missing${node.index}`, node.name);
      case 'global': case 'function': case 'number':
        return value;
      case 'local':
        return values.result(`${key}>l${node.name}`, node.name);
      case 'load': {
        const address = substitute(node.address);
        return address.node.k === 'number' ? values.result(`${key}>null${value.id}`, '?') : readPlace(frame, before, address);
      }
      case 'at': {
        const base = substitute(node.base);
        return base.node.k === 'number' ? values.result(`${key}>null${value.id}`, '?') : values.at(base, node.path);
      }
      case 'result':
        return values.result(`${key}>${node.site}`, node.text);
      case 'fresh':
        return values.fresh(`${key}>${node.site}`, call.text === '' ? node.text : `${callee}()`);
      case 'element':
        return values.element(substitute(node.container), node.link, `${key}>${node.site}`, node.text);
      case 'count':
        return values.count(substitute(node.of), `${key}>${node.site}`);
      case 'binary':
        return values.binary(node.operator, substitute(node.left), substitute(node.right));
    }
  };
  return substitute;
}

function applyOutcome(
  frame: Frame, before: State, outcome: Outcome, call: CallSite, key: string,
  substitute: (value: Value) => Value, effects: () => readonly Effect[], rough: boolean,
): Way | undefined {
  const { values } = frame.engine;
  // What the callee tested: one of its cases must be possible here, and what is common to those that are, holds.
  const cases = outcome.cases.length > 1 ? outcome.cases.map(({ facts }) => facts) : [outcome.facts];
  const [state, ...others] = cases.flatMap((facts) => assumeFacts(frame, before, facts, substitute) ?? []);
  if (!state) return undefined;
  for (const other of others) state.facts = joinFacts(state.facts, other.facts);
  for (const mark of outcome.marks) {
    const mine = substituteMark(before, mark, substitute, key);
    if (mine.mark === 'not-member' && isMember(frame, state, mine.value, mine.container)) return undefined;
    if (!addMark(state, mine)) return undefined;
  }
  const returned = outcome.returns;
  const result = returned ? substitute(returned) : values.result(`${key}>ret`, call.text);
  const facts = narrow(state.facts, result, outcome.returnClass);
  if (!facts && (classOf(state.facts, result) & outcome.returnClass) === 0) return undefined;
  state.facts = facts ?? state.facts;
  addEffects(state, effects());
  for (const { place: at, value } of outcome.writes) {
    const address = substitute(at);
    if (rootOf(address).node.k !== 'number' && pathOf(address).at(-1) !== '[]') {
      state.memory.set(address.id, { address, value: substitute(value) });
    }
  }
  for (const lock of outcome.dropped) {
    release(frame, state, substitute(lock));
  }
  for (const hold of outcome.taken) {
    state.held = [...state.held, substituteHold(hold, substitute, key)];
  }
  if (rough) escape(state, call.args);
  return { state, result };
}

/** The state in which a callee's facts hold, in the caller's terms; undefined if they cannot. */
function assumeFacts(frame: Frame, before: State, facts: Facts, substitute: (value: Value) => Value): State | undefined {
  let state = fork(before);
  for (const { value, mask } of facts.classes.values()) {
    const narrowed = narrow(state.facts, substitute(value), mask);
    if (!narrowed) return undefined;
    state.facts = narrowed;
  }
  for (const { left, operator, right, holds } of facts.truths.values()) {
    const mineLeft = substitute(left);
    const mineRight = substitute(right);
    if (mineLeft.node.k === 'number' || mineRight.node.k === 'number' || mineLeft === mineRight) {
      const next = assumeComparison(frame, state, mineLeft, operator, mineRight, holds);
      if (!next) return undefined;
      state = next === state ? fork(state) : next;
      continue;
    }
    const assumed = assume(state.facts, mineLeft, operator, mineRight, holds);
    if (!assumed) return undefined;
    state.facts = assumed;
  }
  return state;
}

/** An effect on an object that is NULL here does not happen. */
function isVacuous(effect: Effect): boolean {
  const on = effect.do === 'put' || effect.do === 'get' || effect.do === 'init' ? effect.count
    : effect.do === 'write' ? effect.place : effect.do === 'unlink' ? effect.item : effect.do === 'publish' ? effect.item : undefined;
  return on !== undefined && isNothing(on);
}

/** NULL, or hanging on it. */
function isNothing(value: Value): boolean {
  const root = rootOf(value);
  return root.node.k === 'number' || (root.node.k === 'result' && root.node.site.includes('>null'));
}

function substituteMark(before: State, mark: Mark, substitute: (value: Value) => Value, key: string): Mark {
  switch (mark.mark) {
    case 'member': case 'not-member':
      return { ...mark, value: substitute(mark.value) };
    case 'exclusive': case 'shared':
      return { ...mark, count: substitute(mark.count), held: [...before.held, ...mark.held.map((hold) => substituteHold(hold, substitute, key))] };
    case 'examined':
      return { ...mark, value: rootOf(substitute(mark.value)) };
  }
}

/** A callee's hold, seen from its caller: every call on the way leaves its trace in the id. */
function substituteHold(hold: Hold, substitute: (value: Value) => Value, key: string): Hold {
  return { lock: substitute(hold.lock), mode: hold.mode, id: `${key}>${hold.id}` };
}

function substituteEffect(effect: Effect, substitute: (value: Value) => Value, site: Site, before: State, key: string): Effect {
  const dropped = effect.dropped.map(substitute);
  const callerHeld = before.held.filter((hold) => !dropped.includes(hold.lock));
  const held = [...callerHeld, ...effect.held.map((hold) => substituteHold(hold, substitute, key))];
  const config = effect.config ?? before.config.at(-1);
  const common = {
    chain: [site, ...effect.chain], held, dropped: [...before.dropped, ...dropped],
    ...(config === undefined ? {} : { config }),
  };
  const nested = (inner: Effect): Effect => substituteEffect(inner, substitute, site, before, key);
  switch (effect.do) {
    case 'lock': case 'unlock':
      return { ...effect, ...common, lock: substitute(effect.lock) };
    case 'init': case 'get':
      return { ...effect, ...common, count: substitute(effect.count) };
    case 'put':
      return { ...effect, ...common, count: substitute(effect.count), last: { effects: effect.last.effects.map(nested), takes: effect.last.takes.map(substitute) } };
    case 'publish':
      return { ...effect, ...common, item: substitute(effect.item), into: substitute(effect.into) };
    case 'unlink':
      return { ...effect, ...common, item: effect.item && substitute(effect.item), from: effect.from && substitute(effect.from) };
    case 'find':
      return { ...effect, ...common, element: substitute(effect.element) };
    case 'write': {
      const place = substitute(effect.place);
      const earlier = effect.before ? substitute(effect.before) : before.memory.get(place.id)?.value;
      return { ...effect, ...common, place, value: substitute(effect.value), before: earlier };
    }
    case 'defer':
      return { ...effect, ...common, object: substitute(effect.object), effects: effect.effects.map(nested) };
    case 'grace':
      return { ...effect, ...common };
    case 'free':
      return { ...effect, ...common, object: substitute(effect.object) };
  }
}

/** All effects of a function run right here, whatever way it takes: for release callbacks. */
export function unionOfEffects(frame: Frame, before: State, callee: string, summary: Summary, call: CallSite): LastEffects {
  const effects: Effect[] = [];
  const seen = new Set<string>();
  for (const way of applySummary(frame, before, callee, summary, call)) {
    for (const effect of way.state.effects.slice(before.effects.length)) {
      const text = `${effect.do}:${effect.chain.map((site) => `${site.function}${site.at}`).join('>')}:${effect.config ?? ''}`;
      if (!seen.has(text)) {
        seen.add(text);
        effects.push(effect);
      }
    }
  }
  const substitute = substitution(frame, before, call, frame.siteKey(call.span), callee);
  return { effects: effects.map(withoutLast), takes: summary.balanced.map((hold) => substitute(hold.lock)) };
}

/** What a put inside of a release releases in its turn is other objects' business; told on and on it would have no end. */
export function withoutLast(effect: Effect): Effect {
  return effect.do === 'put' && effect.last !== NO_LAST ? { ...effect, last: NO_LAST } : effect;
}

/** Does an effect concern the object that `root` is (or hangs on)? */
export function concerns(effect: Effect, root: Value): boolean {
  switch (effect.do) {
    case 'init': case 'get': case 'put':
      return hangsOn(effect.count, root);
    case 'publish':
      return hangsOn(effect.item, root);
    case 'unlink':
      return effect.item !== undefined && hangsOn(effect.item, root);
    case 'find':
      return hangsOn(effect.element, root);
    case 'write':
      return hangsOn(effect.place, root);
    case 'defer': case 'free':
      return hangsOn(effect.object, root);
    default:
      return false;
  }
}
