// Summaries as people read them: locks, references per outcome, fields written, lists.

import { compareText } from '../base/order.ts';
import { lineStarts, positionAt } from '../base/span.ts';
import type { Gap } from '../base/gap.ts';
import { isEntryValue, rootOf } from '../domain/value.ts';
import { loadKnowledge } from '../kernel/knowledge.ts';
import type { FunctionRef } from '../program/code.ts';
import { findDefinitions } from './crash/definitions.ts';
import { outcomesOf } from './effects/outcomes.ts';
import { refsOf } from './effects/references.ts';
import { registryOf } from './effects/registry.ts';
import { heldText, isQuiet, lockText, viewOf, type View } from './effects/view.ts';
import type { FunctionSummary } from './finding.ts';
import type { Session } from './session.ts';
import { reachOf } from './spelling.ts';

/** Locks and fields that hang deeper are the callees' business. */
const DEEPEST_LOCK = 1;

/** By name, in `file` if one is given, else anywhere in the tree's sources; empty: no such function. */
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
  const nearby = files.flatMap(inFile);
  if (nearby.length > 0) return nearby;
  return (findDefinitions(session.files, new Set([name]), []).get(name) ?? []).flatMap((definition) => inFile(definition.file));
}

export function summaryOf(session: Session, ref: FunctionRef): FunctionSummary {
  const execution = session.engine.executionOf(ref);
  const view = viewOf(session, ref);
  const lineOf = lineFinder(session, ref);
  const line = lineOf(ref.item.nameSpan.start - ref.item.span.start);
  const { outcomes, left } = outcomesOf(view);
  const gaps: Gap[] = [...execution.gaps];
  if (left > 0) gaps.push({ file: ref.file, line, function: ref.name, kind: 'budget', detail: `${left} more outcomes are not listed` });
  const refs = refsOf(view, lineOf);
  return {
    function: ref.name, file: ref.file, line, maySleep: execution.maySleep,
    locks: locksOf(view, new Set([...refs.flatMap(({ held }) => held), ...locksOfLists(view)])),
    refs, writes: writesOf(view), registry: registryOf(view), outcomes, gaps,
  };
}

/** 1-based line of an offset into the function's definition. */
function lineFinder(session: Session, ref: FunctionRef): (offset: number) => number {
  const starts = lineStarts(session.textOf(ref.file));
  return (offset) => positionAt(starts, ref.item.span.start + offset).line + 1;
}

type LockEffect = FunctionSummary['locks'][number]['effect'];
const LOCK_ORDER: readonly LockEffect[] = ['requires', 'takes', 'drops', 'takes-and-drops'];

/** Locks under which lists change, wherever they are taken. */
function locksOfLists({ ways, spelling }: View): readonly string[] {
  return ways.flatMap(({ effects }) => effects.flatMap((effect) =>
    (effect.do === 'publish' || effect.do === 'unlink' ? heldText(effect.held, spelling) : [])));
}

/** The function's own locks and those of its direct helpers; deeper ones only if told effects happen under them (`seen`). */
function locksOf({ session, ref, spelling }: View, seen: ReadonlySet<string>): FunctionSummary['locks'] {
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
  for (const hold of session.engine.executionOf(ref).balanced) {
    if (isQuiet(hold.mode) || !isEntryValue(hold.lock) || reachOf(hold.lock) > DEEPEST_LOCK) continue;
    const text = lockText(hold, spelling);
    const taker = /:(\w+):[^:>]+:\d+$/.exec(hold.id)?.[1];
    if (hold.id.startsWith(own) || seen.has(text) || (taker !== undefined && helpers.has(taker))) add(text, 'takes-and-drops');
  }
  return [...found].map(([lock, effect]) => ({ lock, effect }))
    .sort((a, b) => LOCK_ORDER.indexOf(a.effect) - LOCK_ORDER.indexOf(b.effect) || compareText(a.lock, b.lock));
}

function writesOf({ ways, spelling }: View): FunctionSummary['writes'] {
  const found = new Map<string, { place: string; value: string }>();
  for (const { final } of ways) {
    for (const { address, value } of final.state.memory.values()) {
      const root = rootOf(address);
      const own = root.node.k === 'fresh' && !root.node.site.includes('>');
      if (!(isEntryValue(address) || own) || address.node.k === 'load' || reachOf(address) > DEEPEST_LOCK || value.node.k === 'binary') continue;
      // What was there before is no news.
      if ((value.node.k === 'load' && value.node.address === address) || !spelling.isNameable(value)) continue;
      const entry = { place: spelling.place(address), value: spelling.value(value) };
      if (entry.place !== entry.value) found.set(`${entry.place} ${entry.value}`, entry);
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.place, b.place) || compareText(a.value, b.value));
}
