// Executes one lowered function symbolically: every way through it, loops at most once around, with states joined where
// they differ in knowledge only. Bounded: what the bounds cut off is a gap.

import { lineStarts, positionAt, type Span } from '../base/span.ts';
import type { Gap } from '../base/gap.ts';
import type { CType, Expr, FunctionIr, Instruction } from '../lower/ir.ts';
import { isReleaseTable } from '../kernel/release-tables.ts';
import { labelsOf } from '../lower/labels.ts';
import { isEntryValue, rootOf, stepsOf, type Value } from '../domain/value.ts';
import { ANY, ERROR, NEGATIVE, POINTER, ZERO, classOf, narrow } from '../domain/facts.ts';
import type { Effect, Hold, LastEffects } from '../summary/effect.ts';
import { addEffect, escape, fork, emptyState, type State } from './state.ts';
import { join, joinEnd, openTelling, thin, type Case, type Room, type Waiting } from './join.ts';
import { flowOf, targetsOf } from './flow.ts';
import { MAX_TARGETS, pointedTo } from './pointers.ts';
import type { FunctionRef } from '../program/code.ts';
import { addressOf, assumeClass, assumeCondition, evaluate, hintType, isWalked, tempName } from './evaluate.ts';
import { applyPrimitive, applySummary, SHORT, requireLock, unionOfEffects, writePlace, type Callback, type CallSite, type Way } from './apply.ts';
import { scopeOf, type CallNote, type Engine, type FlagNote, type Frame } from './frame.ts';

/** One way through the function, complete. */
export interface Final {
  readonly state: State;
  readonly returns: Value | undefined;
  readonly returnClass: number;
  readonly cases: readonly Case[];
  readonly span: Span;
}

export interface Execution {
  readonly fn: FunctionIr;
  readonly finals: readonly Final[];
  /** Some ways were not followed. */
  readonly cut: boolean;
  /** There were more ways than the closest limits let pass: others would have kept others. */
  readonly crowded: boolean;
  readonly balanced: readonly Hold[];
  readonly requires: readonly Value[];
  readonly maySleep: boolean;
  readonly gaps: readonly Gap[];
  readonly calls: readonly CallNote[];
  readonly flags: readonly FlagNote[];
  readonly scribbled: readonly Value[];
}

export interface Limits {
  /** Blocks worked off, over all states. */
  readonly steps: number;
  /** States that wait at one block. */
  readonly waiting: Room;
  /** Ways through the function. */
  readonly finals: Room;
}

/** For a function that is asked about itself, and closer ones for what is seen from further away. */
export const LIMITS: Readonly<Record<'full' | 'near' | 'far', Limits>> = {
  full: { steps: 8000, waiting: { enough: 12, most: 48 }, finals: { enough: 16, most: 64 } },
  near: { steps: 4000, waiting: { enough: 8, most: 24 }, finals: { enough: 10, most: 32 } },
  far: { steps: 2000, waiting: { enough: 5, most: 12 }, finals: { enough: 6, most: 16 } },
};

/** `configHolds`: whether a configuration atom is known to hold; undefined when no .config says. */
export function execute(
  engine: Engine, fn: FunctionIr, textOf: (file: string) => string, configHolds: (atom: string) => boolean | undefined, limits: Limits = LIMITS.full,
): Execution {
  const frame = openFrame(engine, fn, textOf);
  const { flow } = frame;
  const finals: Final[] = [];
  const pending = new Map<number, Waiting>();
  let steps = 0;
  let cut = false;
  let crowded = false;

  const arrive = (block: number, state: State): void => {
    const live = flow.live[block];
    const needed = without(state, (address) => {
      const { node } = address.node.k === 'at' ? address.node.base : address;
      return node.k === 'local' && !live?.has(node.name) && !flow.addressed.has(node.name);
    });
    const waiting = pending.get(block) ?? { byKey: new Map<string, State[]>(), size: 0, full: limits.waiting.enough };
    pending.set(block, waiting);
    if (!join(waiting, needed, limits.waiting, telling)) cut = true;
    if (waiting.size > LIMITS.far.waiting.enough) crowded = true;
  };

  /** Follows an edge, minding loops: once around, then only out. */
  const follow = (from: number, to: number, state: State): void => {
    const loop = flow.loops.get(to);
    if (loop?.has(from)) {
      if (state.visited.includes(to)) return;
      arrive(to, { ...state, visited: [...state.visited, to] });
      return;
    }
    arrive(to, state);
  };

  /** The state as it is when the loops left by this edge have gone round as often as they do: `i < 8` is over some time. */
  const later = (state: State, from: number, to: number): State => {
    const counters = state.visited.filter((head) => flow.loops.get(head)?.has(from) && !flow.loops.get(head)?.has(to))
      .flatMap((head) => [...flow.counters.get(head) ?? []]);
    const counting = new Set(counters.map((name) => frame.local(name).id));
    return counting.size === 0 ? state : without(state, (address) => counting.has(address.id));
  };
  const scalars = new Set<number>();
  for (const [name, type] of frame.localTypes) {
    if (type.pointers === 0 && !type.array && !/^(struct|union) |^\?$/.test(type.name)) scalars.add(frame.local(name).id);
  }
  // A short function keeps the ways apart on which its caller's arguments differ.
  const telling = openTelling(scalars, fn.blocks.length <= SHORT ? 6 : 0);
  const start = emptyState();
  fn.params.forEach((param, index) => {
    const address = frame.local(param.name);
    start.memory.set(address.id, { address, value: engine.values.param(index, param.name, param.type, scopeOf(fn)) });
  });
  for (const annotation of fn.annotations) {
    if (annotation.kind === 'acquires') continue;
    const lock = annotatedLock(frame, start, annotation.text);
    if (lock) requireLock(frame, start, lock);
  }
  if (fn.blocks.length > 0) arrive(0, start);

  for (;;) {
    const block = nextBlock(pending, flow.order);
    if (block === undefined) break;
    const waiting = pending.get(block);
    pending.delete(block);
    const code = fn.blocks[block];
    if (!waiting || !code) continue;
    const config = code.config ?? [];
    if (config.some((atom) => configHolds(atom) === false)) continue;
    let states: readonly State[] = [...waiting.byKey.values()].flat().map((arrived) => ({ ...arrived, config }));
    steps += states.length;
    for (const instruction of code.instructions) {
      const after = states.flatMap((state) => step(frame, state, instruction));
      const thinned = after.length > states.length ? thin(after, limits.waiting, telling) : { states: after, lost: false };
      if (thinned.lost) cut = true;
      if (after.length > LIMITS.far.waiting.enough) crowded = true;
      states = thinned.states;
    }
    if (steps > limits.steps) {
      cut = true;
      break;
    }
    for (const state of states) {
      const { terminator } = code;
      if (terminator.op === 'return') {
        const final = finish(frame, state, terminator.value, terminator.at);
        // Locals are gone now: only what the function did, and what it returns, tells ways apart.
        const end = { ...final, state: { ...without(state, isLocal), visited: [] } };
        if (!joinEnd(finals, end, limits.finals, telling)) cut = true;
        if (finals.length > LIMITS.far.finals.enough) crowded = true;
        continue;
      }
      const allowed = allowedTargets(state, block, targetsOf(terminator), flow.loops);
      if (terminator.op === 'goto') {
        if (allowed.has(terminator.to)) follow(block, terminator.to, state);
      } else if (terminator.op === 'branch') {
        for (const [to, holds] of [[terminator.then, true], [terminator.else, false]] as const) {
          if (!allowed.has(to)) continue;
          const assume = (at: State): State | undefined => assumeCondition(frame, at, terminator.condition, holds);
          const next = assume(state) ?? assume(later(state, block, to));
          if (next) follow(block, to, next);
        }
      } else if (terminator.op === 'iterate') {
        if (allowed.has(terminator.body)) {
          const inside = iterate(frame, state, terminator);
          if (inside) follow(block, terminator.body, inside);
        }
        if (allowed.has(terminator.exit)) follow(block, terminator.exit, afterLastRound(frame, state, terminator));
      }
    }
  }
  if (cut) frame.gap('budget', fn.nameSpan, 'too many ways through this function: some were not followed');
  return {
    fn,
    finals,
    cut,
    crowded: crowded || steps > LIMITS.far.steps,
    balanced: [...frame.notes.balanced.values()],
    requires: [...frame.notes.requires.values()],
    maySleep: frame.notes.maySleep,
    gaps: [...fn.gaps, ...frame.notes.gaps.values()],
    calls: [...frame.notes.calls.values()],
    flags: [...frame.notes.flags.values()],
    scribbled: [...frame.notes.scribbled.values()],
  };
}

const isLocal = (address: Value): boolean => rootOf(address).node.k === 'local';

/** A copy of the state that has forgotten the places that `gone` names. */
function without(state: State, gone: (address: Value) => boolean): State {
  const memory = new Map<number, { address: Value; value: Value }>();
  for (const [id, content] of state.memory) if (!gone(content.address)) memory.set(id, content);
  return { ...state, memory };
}

function openFrame(engine: Engine, fn: FunctionIr, textOf: (file: string) => string): Frame {
  const localTypes = new Map<string, CType>();
  for (const { name, type } of [...fn.params, ...fn.locals]) localTypes.set(name, engine.code.resolveType(type, fn.file));
  const prefix = `${fn.file}:${fn.name}:`;
  const labels = labelsOf(fn);
  const notes: Frame['notes'] = { maySleep: false, balanced: new Map(), requires: new Map(), gaps: new Map(), calls: new Map(), flags: new Map(), scribbled: new Map(), countReads: new Map() };
  let starts: readonly number[] | undefined;
  const scope = scopeOf(fn);
  // Asked for at every step.
  const locals = new Map<string, Value>();
  return {
    engine,
    fn,
    flow: flowOf(fn),
    localTypes,
    local: (name) => {
      const known = locals.get(name) ?? engine.values.local(name, scope);
      locals.set(name, known);
      return known;
    },
    notes,
    siteOf: (span) => ({ file: fn.file, function: fn.name, at: labels.labelOf(span) }),
    siteKey: (span, extra) => `${prefix}${labels.labelOf(span)}${extra === undefined ? '' : `:${extra}`}`,
    gap: (kind, span, detail) => {
      starts ??= lineStarts(textOf(fn.file));
      const line = positionAt(starts, span.start).line + 1;
      const key = `${kind}:${detail}`;
      if (!notes.gaps.has(key)) notes.gaps.set(key, { file: fn.file, line, function: fn.name, kind, detail });
    },
  };
}

function nextBlock(pending: ReadonlyMap<number, unknown>, order: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const block of pending.keys()) {
    if (best === undefined || (order[block] ?? 0) < (order[best] ?? 0)) best = block;
  }
  return best;
}

/** After one time around a loop, only the edges that lead out of it; where a block has none, all of its edges. */
function allowedTargets(state: State, block: number, targets: readonly number[], loops: ReadonlyMap<number, ReadonlySet<number>>): ReadonlySet<number> {
  let allowed = targets;
  for (const head of state.visited) {
    const loop = loops.get(head);
    if (!loop?.has(block)) continue;
    const leaving = allowed.filter((target) => !loop.has(target));
    if (leaving.length > 0) allowed = leaving;
  }
  return new Set(allowed);
}

function finish(frame: Frame, state: State, value: Expr | undefined, span: Span): Final {
  const isVoid = frame.fn.returnType.name === 'void' && frame.fn.returnType.pointers === 0;
  if (!value || isVoid) return { state, returns: undefined, returnClass: ANY, cases: [{ facts: state.facts, returnClass: ANY }], span };
  const returns = evaluate(frame, state, value);
  hintType(frame, returns, frame.fn.returnType);
  const returnClass = classOf(state.facts, returns);
  return { state, returns, returnClass, cases: [{ facts: state.facts, returnClass }], span };
}

function annotatedLock(frame: Frame, state: State, text: string): Value | undefined {
  const spelled = /^&?\s*([A-Za-z_]\w*)((?:\s*(?:->|\.)\s*[A-Za-z_]\w*)*)$/.exec(text.trim());
  if (!spelled?.[1]) return undefined;
  let expression: Expr = { op: 'name', name: spelled[1] };
  for (const [, arrow, name] of (spelled[2] ?? '').matchAll(/(->|\.)\s*([A-Za-z_]\w*)/g)) {
    expression = { op: 'field', base: arrow === '->' ? { op: 'deref', pointer: expression } : expression, name: name ?? '' };
  }
  return text.trim().startsWith('&') ? addressOf(frame, state, expression) : evaluate(frame, state, expression);
}

function step(frame: Frame, state: State, instruction: Instruction): readonly State[] {
  if (instruction.op === 'set') {
    // The one way on: what the state holds is handed over, not copied.
    const next = { ...state };
    const value = evaluate(frame, next, instruction.value);
    const { target } = instruction;
    noteFound(frame, next, value, instruction.at);
    const address = addressOf(frame, next, target);
    if (target.op === 'name') {
      const type = frame.localTypes.get(target.name);
      if (type) hintType(frame, value, type);
    }
    writePlace(frame, next, address, value, instruction.at);
    return [next];
  }
  const ways = call(frame, state, instruction);
  const temp = frame.local(tempName(instruction.temp));
  return ways.map(({ state: next, result }) => {
    next.memory.set(temp.id, { address: temp, value: result });
    return next;
  });
}

/** An entry reached by the links of a tree or list, without a macro that says so: it was found here. */
function noteFound(frame: Frame, state: State, value: Value, span: Span): void {
  const root = rootOf(value);
  if (root.node.k !== 'element' || !isWalked(root.node.site) || state.effects.some((effect) => effect.do === 'find' && effect.element === root)) return;
  addEffect(state, { do: 'find', element: root, chain: [frame.siteOf(span)], held: state.held, dropped: state.dropped });
}

function call(frame: Frame, state: State, instruction: Instruction & { op: 'call' }): readonly Way[] {
  const { engine } = frame;
  const args = instruction.args.map((arg) => evaluate(frame, state, arg));
  const { callee } = instruction;
  let name: string | undefined;
  if (callee.kind === 'direct') {
    const type = frame.localTypes.get(callee.name);
    if (!type) name = callee.name;
    else {
      const pointer = evaluate(frame, state, { op: 'name', name: callee.name });
      if (pointer.node.k === 'function') name = pointer.node.name;
    }
  } else {
    const pointer = evaluate(frame, state, callee.pointer);
    if (pointer.node.k === 'function') name = pointer.node.name;
    else {
      const site = siteFor(instruction, args, '?');
      return indirectCall(frame, state, pointer, site);
    }
  }
  const site = siteFor(instruction, args, name ?? '?');
  if (name === undefined) return [unknownCall(frame, state, site)];
  frame.notes.calls.set(`${name}@${instruction.at.start}:${state.held.map((hold) => hold.id).join(',')}`, { name, span: instruction.at, held: state.held });
  return callByName(frame, state, name, site) ?? [unknownCall(frame, state, site)];

  function siteFor(from: Instruction & { op: 'call' }, values: readonly Value[], called: string): CallSite {
    return { span: from.at, args: values, argTexts: from.argTexts, text: `${called}(${from.argTexts.join(', ')})`, isKept: frame.flow.kept.has(from.temp), isRead: frame.flow.read.has(tempName(from.temp)) };
  }

  function callByName(frame: Frame, state: State, name: string, site: CallSite): readonly Way[] | undefined {
    const builtin = errorPointer(frame, state, name, site);
    if (builtin) return [builtin];
    const primitive = engine.knowledge.primitives.get(name);
    const own = primitive?.opaque ? undefined : engine.calleeOf(name, 'call');
    if (own) {
      const summary = engine.summaryOf(own, 'call');
      if (summary) {
        return applySummary(frame, state, name, summary, site);
      }
    }
    if (primitive) return applyPrimitive(frame, state, primitive, site, (at, callback, callbackArgs, span) => runCallback(frame, at, callback, callbackArgs, span));
    return undefined;
  }

  function indirectCall(frame: Frame, state: State, pointer: Value, site: CallSite): readonly Way[] {
    const { node } = pointer;
    const pointed = node.k === 'load' ? pointedTo(frame, node.address) : undefined;
    if (pointed) {
      const { struct, field, targets } = pointed;
      if (targets.length > 0 && targets.length <= MAX_TARGETS) {
        const ways: Way[] = [];
        for (const target of targets) {
          const summary = engine.summaryOf(target, isReleaseTable(struct, field) ? 'release-table' : 'table');
          if (summary) ways.push(...applySummary(frame, state, target.name, summary, site));
        }
        if (ways.length > 0) return ways;
      }
      frame.gap('indirect-call', site.span, `call through ${struct}.${field}: ${targets.length === 0 ? 'no known target' : `${targets.length} targets, not followed`}`);
    }
    return [unknownCall(frame, state, site)];
  }
}

/** Runs a callback right here, or each of those that a field can hold; answers all it may do. */
function runCallback(frame: Frame, state: State, callback: Callback, args: readonly Value[], span: Span): LastEffects {
  const nothing: LastEffects = { effects: [], takes: [] };
  if ('targets' in callback) return runPointed(frame, state, callback.targets, args, span);
  // A release that the object names itself.
  if (callback.node.k === 'load') return runPointed(frame, state, pointedTo(frame, callback.node.address)?.targets ?? [], args, span);
  if (callback.node.k !== 'function') return nothing;
  const { name } = callback.node;
  const site: CallSite = { span, args, argTexts: [], text: `${name}()`, isKept: false, isRead: true };
  const own = frame.engine.calleeOf(name, 'callback');
  const summary = own && frame.engine.summaryOf(own, 'callback');
  if (summary) return unionOfEffects(frame, state, name, summary, site);
  const primitive = frame.engine.knowledge.primitives.get(name);
  if (primitive) {
    const effects: Effect[] = [];
    for (const way of applyPrimitive(frame, state, primitive, site, () => nothing)) effects.push(...way.state.effects.slice(state.effects.length));
    return { effects, takes: [] };
  }
  frame.gap('unknown-callee', span, `release callback ${name}() is not known`);
  return nothing;
}

function runPointed(frame: Frame, state: State, targets: readonly FunctionRef[], args: readonly Value[], span: Span): LastEffects {
  const all = (targets.length > MAX_TARGETS ? [] : targets).flatMap((target) => {
    const summary = frame.engine.summaryOf(target, 'release-table');
    const site: CallSite = { span, args, argTexts: [], text: `${target.name}()`, isKept: false, isRead: true };
    return summary ? [unionOfEffects(frame, state, target.name, summary, site)] : [];
  });
  return { effects: all.flatMap(({ effects }) => effects), takes: all.flatMap(({ takes }) => takes) };
}

/** The ERR_PTR family belongs to the language that the kernel speaks. */
function errorPointer(frame: Frame, state: State, name: string, site: CallSite): Way | undefined {
  const { values } = frame.engine;
  const arg = site.args[0];
  if (!arg) return undefined;
  switch (name) {
    case 'IS_ERR': case 'IS_ERR_OR_NULL':
      return { state: fork(state), result: values.binary(name, arg, values.number(0)) };
    case 'ERR_CAST':
      return { state: fork(state), result: arg };
    case 'ERR_PTR': {
      const next = fork(state);
      const result = values.result(frame.siteKey(site.span, 'ERR_PTR'), site.text);
      next.facts = narrow(next.facts, result, ERROR) ?? next.facts;
      return { state: next, result };
    }
    case 'PTR_ERR': case 'PTR_ERR_OR_ZERO': {
      const next = fork(state);
      const result = values.result(frame.siteKey(site.span, name), site.text);
      const mask = classOf(state.facts, arg);
      const classes = name === 'PTR_ERR' ? (mask === ERROR ? NEGATIVE : ANY) : ((mask & ERROR) !== 0 ? NEGATIVE : 0) | ((mask & ~ERROR) !== 0 ? ZERO : 0);
      next.facts = narrow(next.facts, result, classes) ?? next.facts;
      return { state: next, result };
    }
    default:
      return undefined;
  }
}

/** An unknown callee leaves memory alone, but for the locals whose address it is given. */
function unknownCall(frame: Frame, state: State, site: CallSite): Way {
  const { values, typing, code } = frame.engine;
  const next = fork(state);
  escape(next, site.args);
  site.args.forEach((arg, index) => {
    const root = rootOf(arg);
    if (root.node.k !== 'local') return;
    for (const { address } of [...next.memory.values()]) {
      const base = address.node.k === 'at' ? address.node.base : address;
      if (base === root) next.memory.delete(address.id);
    }
    if (arg === root) {
      const value = values.result(frame.siteKey(site.span, `out${index}`), root.node.name);
      const type = frame.localTypes.get(root.node.name);
      if (type) hintType(frame, value, type);
      next.memory.set(arg.id, { address: arg, value });
    }
  });
  const result = values.result(frame.siteKey(site.span, 'ret'), site.text);
  const name = /^\w+/.exec(site.text)?.[0];
  const type = name === undefined ? undefined : code.returnTypeOf(name, frame.fn.file);
  if (type && type.pointers > 0) typing.hint(result, type);
  return { state: next, result };
}

/** Enters a macro loop: the cursor is set to an element of the container. */
function iterate(frame: Frame, state: State, head: { macro: string; args: readonly Expr[]; argTexts: readonly string[]; at: Span }): State | undefined {
  const { values } = frame.engine;
  const iterator = frame.engine.knowledge.iterators.get(head.macro);
  const cursor = iterator && head.args[iterator.cursor];
  const next = fork(state);
  if (!iterator || !cursor) return next;
  const containerExpr = head.args[iterator.container];
  const container = containerExpr ? containerAddress(frame, next, containerExpr) : undefined;
  if (!container) return next;
  const type = cursor.op === 'name' ? frame.localTypes.get(cursor.name) : undefined;
  const member = iterator.member === undefined ? undefined : head.argTexts[iterator.member]?.trim();
  const link = iterator.node ? '' : `${type?.name ?? ''}.${member ?? ''}`;
  const text = cursor.op === 'name' ? cursor.name.replace(/#\d+$/, '') : 'entry';
  const element = values.element(container, link, frame.siteKey(head.at), text);
  const address = addressOf(frame, next, cursor);
  next.memory.set(address.id, { address, value: element });
  const entered = assumeClass(frame, next, element, POINTER);
  if (!entered) return undefined;
  const site = { chain: [frame.siteOf(head.at)], held: entered.held, dropped: entered.dropped };
  addEffect(entered, { do: 'find', element, ...site });
  if (iterator.holds !== undefined) {
    const count = values.at(element, stepsOf(iterator.holds));
    addEffect(entered, { do: 'get', count, checked: true, ...site });
  }
  return entered;
}

/** The state in which there was no (further) element. */
function afterLastRound(frame: Frame, state: State, head: { macro: string; args: readonly Expr[] }): State {
  const iterator = frame.engine.knowledge.iterators.get(head.macro);
  const cursor = iterator?.endsNull === true ? head.args[iterator.cursor] : undefined;
  if (cursor?.op !== 'name') return state;
  const next = fork(state);
  const address = addressOf(frame, next, cursor);
  next.memory.set(address.id, { address, value: frame.engine.values.number(0) });
  return next;
}

/** Container arguments come as a pointer to a head (`&list`), or as the container's own name (`hash_table`). */
function containerAddress(frame: Frame, state: State, expression: Expr): Value {
  if (expression.op === 'name' || expression.op === 'field') {
    const address = addressOf(frame, state, expression);
    const type = address.node.k === 'local' ? frame.localTypes.get(address.node.name) : frame.engine.typing.contentType(address, frame.fn.file);
    if (type && (type.array || type.pointers === 0)) return address;
  }
  return evaluate(frame, state, expression);
}

