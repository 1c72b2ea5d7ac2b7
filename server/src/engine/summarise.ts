// From the ways through a function to its summary: only what a caller can see, equal ways joined.

import { depthOf, isEntryValue, isNull, rootOf, type Value } from '../domain/value.ts';
import { ZERO, joinFacts, type Facts } from '../domain/facts.ts';
import type { Effect, Mark, Outcome, Summary } from '../summary/effect.ts';
import type { Gap } from '../base/gap.ts';
import { absorbs, effectKey, isPositive, joinMarks, markKey, type Deeds } from './state.ts';
import { concerns, withoutLast } from './apply.ts';
import { SCRIBBLED } from './frame.ts';
import type { Execution, Final } from './execute.ts';
import { joinCases } from './join.ts';

const MAX_OUTCOMES = 6;
const MAX_EFFECTS = 60;
const MAX_DEPTH = 4;
const MAX_SCRIBBLED = 30;

export function summarise(execution: Execution): Summary {
  const { returnType } = execution.fn;
  const scalar = returnType.pointers === 0 && returnType.name !== 'void';
  const exported = execution.finals.map((final) => ({ ...exportFinal(final), scalar }));
  const marked = exported.some((outcome) => outcome.marks.some(isPositive));
  let outcomes = group(exported, marked);
  const rough = outcomes.length > MAX_OUTCOMES || execution.cut;
  const gaps: Gap[] = [...execution.gaps];
  // Too many: leave out what matters least to callers, step by step, so that more of them are alike.
  for (let level = 1; level <= COARSEST && outcomes.length > MAX_OUTCOMES; level += 1) {
    outcomes = group(exported.map((outcome) => coarsen(outcome, level)), marked);
  }
  if (outcomes.length > MAX_OUTCOMES) {
    gaps.push({
      file: execution.fn.file, line: 1, function: execution.fn.name, kind: 'budget',
      detail: `${outcomes.length} different outcomes, of which the first ${MAX_OUTCOMES} were kept`,
    });
    outcomes = mostTelling(outcomes);
  }
  return {
    outcomes: dropCommonFacts(outcomes),
    rough,
    balanced: execution.balanced.filter((hold) => isEntryValue(hold.lock)),
    requires: execution.requires,
    scribbled: execution.scribbled.filter((place) => depthOf(place) <= MAX_DEPTH).slice(0, MAX_SCRIBBLED),
    maySleep: execution.maySleep,
    gaps,
  };
}

/** The outcomes that say most about counts stay, in their order. */
function mostTelling(outcomes: readonly Outcome[]): Outcome[] {
  const telling = (outcome: Outcome): number => outcome.effects.filter((effect) => {
    if (effect.do !== 'get' && effect.do !== 'put' && effect.do !== 'init') return false;
    return rootOf(effect.count).node.k !== 'result';
  }).length + (outcome.effects.some((effect) => effect.do === 'find') ? 2 : 0);
  const kept = new Set([...outcomes].sort((one, other) => telling(other) - telling(one)).slice(0, MAX_OUTCOMES));
  return outcomes.filter((outcome) => kept.has(outcome));
}

function group(outcomes: readonly Outcome[], marked: boolean): Outcome[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = outcomeKey(outcome, marked);
    const alike = groups.get(key) ?? [];
    groups.set(key, alike);
    const index = alike.findIndex((known) => fits(known, outcome) || fits(outcome, known));
    const known = alike[index];
    if (!known) alike.push(outcome);
    else alike[index] = fits(known, outcome) ? joinOutcomes(known, outcome) : joinOutcomes(outcome, known);
  }
  return [...groups.values()].flat();
}

/** `small` may be told as part of `big`: nothing is lost, least of all which result goes with which effects. */
function fits(big: Outcome, small: Outcome): boolean {
  if (!absorbs(deeds(big), deeds(small))) return false;
  const sameResult = (big.returns !== undefined && big.returns === small.returns) || (small.returnClass & ~big.returnClass) === 0;
  return sameResult || big.effects.length === small.effects.length;
}

function deeds(outcome: Outcome): Deeds {
  const stores = new Map(outcome.writes.map(({ place, value }) => [place.id, { address: place, value }]));
  return { effects: outcome.effects, stores, facts: outcome.facts, scalars: NO_SCALARS };
}

const NO_SCALARS: ReadonlySet<number> = new Set();

const COARSEST = 5;

/** Drops, at each level, more of what happens far from the function's own parameters and result. */
function coarsen(outcome: Outcome, level: number): Outcome {
  const near = (value: Value, chain: number): boolean => {
    const kind = rootOf(value).node.k;
    if (level >= 2 && (kind === 'fresh' || kind === 'result' || kind === 'element')) return isReturned(outcome, value);
    const depth = depthOf(value);
    if (depth === 0) return true;
    if (level >= 5) return false;
    if (level >= 4 && chain > 2) return false;
    return level < 3 || (depth <= 1 && chain <= 5);
  };
  const keep = (effect: Effect): boolean => {
    const chain = effect.chain.length;
    switch (effect.do) {
      case 'init': case 'get': case 'put':
        return near(effect.count, chain);
      case 'publish':
        return near(effect.item, chain);
      case 'unlink':
        return effect.item === undefined ? level < 3 : near(effect.item, chain);
      case 'write':
        return depthOf(effect.place) <= 1 && near(effect.place, chain) && effect.value.node.k === 'number';
      case 'find':
        return true;
      case 'defer':
        return near(effect.object, chain);
      default:
        return level < 2;
    }
  };
  // Half of what happens to a count is worse than nothing: a get left out makes a later put look like the last one, a put
  // left out makes a cleared field look like a leak.
  const untold = new Set<Value>();
  for (const effect of outcome.effects) {
    if ((effect.do === 'init' || effect.do === 'get' || effect.do === 'put') && !keep(effect)) untold.add(rootOf(effect.count));
  }
  const isTold = (effect: Effect): boolean => {
    if (effect.do === 'init' || effect.do === 'get' || effect.do === 'put') return rootOf(effect.count).node.k === 'param' || !untold.has(rootOf(effect.count));
    return !(effect.do === 'write' && [...untold].some(({ node }) => node.k === 'load' && node.address === effect.place));
  };
  return {
    ...outcome,
    effects: outcome.effects.filter((effect) => keep(effect) && isTold(effect)),
    writes: outcome.writes.filter(({ place, value }) => near(place, 1) && (level < 4 || depthOf(place) === 0) && !(untold.has(rootOf(value)) && rootOf(value).node.k !== 'param')),
  };
}

function isReturned(outcome: Outcome, value: Value): boolean {
  return outcome.returns !== undefined && rootOf(outcome.returns) === rootOf(value);
}

/** Answers for a value that its own object, as the caller sees it, is known to the caller. */
type Visible = (value: Value) => boolean;

function visibility(final: Final): Visible {
  const roots = new Set<Value>();
  const give = (value: Value): void => {
    const root = rootOf(value);
    const kind = root.node.k;
    if (kind === 'result' || kind === 'fresh' || kind === 'element') roots.add(root);
  };
  if (final.returns) give(final.returns);
  const visible: Visible = (value) => {
    if (depthOf(value) > MAX_DEPTH) return false;
    let inner = value;
    for (;;) {
      const { node } = inner;
      if (roots.has(inner)) return true;
      if (node.k === 'at') inner = node.base;
      else if (node.k === 'load') inner = node.address;
      else if (node.k === 'count') inner = node.of;
      else return node.k === 'param' || node.k === 'global';
    }
  };
  // What is stored where the caller can see it is seen too.
  for (const { address, value } of final.state.memory.values()) {
    if (!isGlobal(address) && rootOf(address).node.k !== 'local' && visible(address)) give(value);
  }
  for (const effect of final.state.effects) {
    if (effect.do === 'publish' && !isGlobal(effect.into) && visible(effect.into)) give(effect.item);
  }
  return visible;
}

/** Hanging on a global: what is stored there is found again by its own readers, callers need not know. */
function isGlobal(value: Value): boolean {
  let inner = value;
  for (;;) {
    const { node } = inner;
    if (node.k === 'at') inner = node.base;
    else if (node.k === 'load') inner = node.address;
    else return node.k === 'global';
  }
}

function exportFinal(final: Final): Outcome {
  const { state } = final;
  const visible = visibility(final);
  const returnedRoot = final.returns && rootOf(final.returns);
  const effects = visibleEffects(withoutPairs(foldLastPuts(state.effects)), visible)
    .filter((effect) => (effect.do !== 'get' && effect.do !== 'init') || rootOf(effect.count) === returnedRoot || !isGlobal(effect.count))
    .slice(0, MAX_EFFECTS);
  const writes: { place: Value; value: Value }[] = [];
  for (const { address, value } of state.memory.values()) {
    if (rootOf(address).node.k !== 'local' && visible(address) && !isScribbled(value)) writes.push({ place: address, value });
  }
  const returned = final.returns;
  const keep = returned && (returned.node.k === 'number' || visible(returned));
  return {
    facts: visibleFacts(state.facts, visible),
    cases: final.cases.map((one) => ({ ...one, facts: visibleFacts(one.facts, visible) })),
    scalar: false,
    effects,
    marks: state.marks.filter((mark) => visible(markValue(mark))),
    taken: state.held.filter((hold) => !hold.id.startsWith('required:') && visible(hold.lock)),
    dropped: state.dropped.filter(visible),
    writes,
    returns: keep ? returned : undefined,
    returnClass: final.returnClass,
  };
}

const isScribbled = ({ node }: Value): boolean => node.k === 'result' && node.site.startsWith(SCRIBBLED);

function visibleFacts(facts: Facts, visible: Visible): Facts {
  const classes = new Map<number, { value: Value; mask: number }>();
  for (const [id, fact] of facts.classes) if (visible(fact.value) && depthOf(fact.value) <= 3) classes.set(id, fact);
  const truths = new Map<string, { left: Value; operator: string; right: Value; holds: boolean }>();
  for (const [key, truth] of facts.truths) {
    if (seen(truth.left, visible) && seen(truth.right, visible)) truths.set(key, truth);
  }
  return { classes, truths };
}

function seen(value: Value, visible: Visible): boolean {
  return value.node.k === 'number' || value.node.k === 'function' || visible(value);
}

function markValue(mark: Mark): Value {
  return 'count' in mark ? mark.count : mark.value;
}

/** Locks that were taken and dropped again are not the caller's business, nor are objects it cannot name. */
function visibleEffects(effects: readonly Effect[], visible: Visible): Effect[] {
  return effects.filter((effect) => {
    switch (effect.do) {
      case 'lock': case 'unlock':
        return false;
      case 'init': case 'get': case 'put':
        // Counters inside static objects: statistics, and objects that nobody frees.
        return visible(effect.count) && rootOf(effect.count).node.k !== 'global';
      case 'publish':
        return visible(effect.item);
      case 'unlink':
        return (effect.item !== undefined && visible(effect.item)) || (effect.from !== undefined && visible(effect.from));
      case 'find':
        return visible(effect.element);
      case 'write':
        return visible(effect.place);
      case 'defer': case 'free':
        return visible(effect.object);
      case 'grace':
        return true;
    }
  });
}

/**
 * What happens on the way of a last put (`if (refcount_dec_and_test(..)) { unlink; free }`) belongs to that put: it
 * becomes its `last` part, so that the two ways of the test are one outcome with one put.
 */
export function foldLastPuts(effects: readonly Effect[]): readonly Effect[] {
  const index = effects.findIndex((effect) => effect.do === 'put' && effect.outcome === 'zero');
  const put = effects[index];
  if (index < 0 || put?.do !== 'put') return effects.map(withoutOutcome);
  const root = rootOf(put.count);
  const inside: Effect[] = [];
  const after: Effect[] = [];
  const takes: Value[] = [];
  for (const effect of effects.slice(index + 1)) {
    const owned = concerns(effect, root) || effect.do === 'unlink' || effect.do === 'grace' || clearsGlobal(effect);
    if (effect.do === 'lock') takes.push(effect.lock);
    (owned ? inside : after).push(effect);
  }
  const folded: Effect = { ...put, outcome: 'either', last: { effects: [...put.last.effects, ...inside.map(withoutLast)], takes: [...put.last.takes, ...takes] } };
  return [...effects.slice(0, index).map(withoutOutcome), folded, ...foldLastPuts(after)];
}

/** A global pointer to the object is a registry of one: clearing it takes the object off. */
function clearsGlobal(effect: Effect): boolean {
  return effect.do === 'write' && isNull(effect.value) && effect.place.node.k === 'global';
}

function withoutOutcome(effect: Effect): Effect {
  return effect.do === 'put' && effect.outcome === 'nonzero' ? { ...effect, outcome: 'either' } : effect;
}

/** A reference taken and dropped again, an entry put on a list and taken off again: nothing happened for the caller. */
function withoutPairs(effects: readonly Effect[]): readonly Effect[] {
  const gone = new Set<number>();
  effects.forEach((effect, index) => {
    // A put drops the reference taken last: what remains is the one that the lookup took.
    if (effect.do === 'put') {
      const earlier = effects.findLastIndex((other, at) => at < index && !gone.has(at) && other.do === 'get' && other.count === effect.count);
      if (earlier >= 0) gone.add(index).add(earlier);
    }
    if (effect.do === 'publish') {
      const later = effects.findIndex((other, at) => at > index && !gone.has(at) && other.do === 'unlink' && other.item === effect.item);
      if (later >= 0) gone.add(index).add(later);
    }
  });
  return effects.filter((_, index) => !gone.has(index));
}

/** Something happens to the object that was tested, or the test is what the function answers. */
function decides(mark: Mark, outcome: Outcome): boolean {
  return outcome.scalar || outcome.effects.some((effect) => concerns(effect, rootOf(markValue(mark))));
}

function outcomeKey(outcome: Outcome, marked: boolean): string {
  const parts = [
    outcome.taken.map((hold) => hold.lock.id).join(','),
    outcome.dropped.map((lock) => lock.id).join(','),
    outcome.marks.filter((mark) => isPositive(mark) && decides(mark, outcome)).map(markKey).sort().join(' '),
  ];
  const { returns } = outcome;
  const matters = returns !== undefined && returns.node.k !== 'number' && (outcome.effects.some((effect) => concerns(effect, rootOf(returns))) || isEntryValue(returns));
  parts.push(matters ? String(returns.id) : '');
  if (marked) parts.push(outcome.returnClass === ZERO ? 'zero' : (outcome.returnClass & ZERO) === 0 ? 'nonzero' : 'any');
  return parts.join('#');
}

function joinOutcomes(one: Outcome, other: Outcome): Outcome {
  return {
    ...one,
    effects: one.effects.map((effect) => fuller(effect, other.effects.find((candidate) => effectKey(candidate) === effectKey(effect)))),
    facts: joinFacts(one.facts, other.facts),
    cases: joinCases(one.cases, other.cases),
    marks: joinMarks(one.marks, other.marks),
    returns: one.returns === other.returns ? one.returns : undefined,
    returnClass: one.returnClass | other.returnClass,
  };
}

/** Of two equal puts, the one that knows what its release does. */
function fuller(one: Effect, other: Effect | undefined): Effect {
  if (one.do !== 'put' || other?.do !== 'put') return one;
  return other.last.effects.length > one.last.effects.length ? other : one;
}

/** Facts that hold on every outcome tell none apart. */
function dropCommonFacts(outcomes: readonly Outcome[]): readonly Outcome[] {
  const first = outcomes[0];
  if (!first) return outcomes;
  const common = (id: number, mask: number) => outcomes.every((outcome) => outcome.facts.classes.get(id)?.mask === mask);
  const commonTruth = (key: string, holds: boolean) => outcomes.every((outcome) => outcome.facts.truths.get(key)?.holds === holds);
  return outcomes.map((outcome) => {
    const classes = new Map([...outcome.facts.classes].filter(([id, { mask }]) => !common(id, mask)));
    const truths = new Map([...outcome.facts.truths].filter(([key, { holds }]) => !commonTruth(key, holds)));
    const facts: Facts = { classes, truths };
    return { ...outcome, facts };
  });
}
