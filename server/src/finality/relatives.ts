// The functions of other files that have a say in a file's verdicts: those that find, publish or unlink what the file
// drops references of. Found from the file's own puts, so that its verdicts are the same whoever else is looked at.

import { rootOf, type Value } from '../domain/value.ts';
import type { FullEngine } from '../engine/engine.ts';
import type { Code, FunctionRef } from '../program/code.ts';
import type { Effect } from '../summary/effect.ts';
import { registryOf, type RegistryName } from './object-view.ts';
import type { Records } from './records.ts';
import { genericCounters, sameRegistry, unlinks } from './registries.ts';

/** Of a busy registry the first that stand in the folder's order. */
const MOST_RELATIVES = 60;

/** How far up a helper's callers are looked at: one that finds for a second one that takes the reference. */
const MOST_CALLS = 2;

/** `own`: the records of all functions of `file`, `releases` those of its release callbacks. */
export function relativesOf(
  code: Code, engine: FullEngine, file: string, own: readonly Records[], releases: readonly Records[],
): readonly FunctionRef[] {
  const { typing } = engine.base;
  const registries: RegistryName[] = [];
  const words = new Map<string, readonly string[]>();
  const generic = genericCounters(own);
  const unlinked = (object: string | undefined, link: string, container: string | undefined): void => {
    const struct = /^(?:struct|union) (\w+)/.exec(link === '' ? object ?? '' : link)?.[1];
    if (struct === undefined) return;
    registries.push({ container: container ?? '', link });
    for (const name of [lastWord(link), container === undefined ? undefined : lastWord(container)]) {
      if (name !== undefined) words.set(`${struct} ${name}`, [struct, name]);
    }
  };
  const takenOff = (counter: string | undefined, effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.do === 'unlink') unlinked(counter, effect.link, effect.from && typing.placeName(effect.from, file));
      if (effect.do === 'defer') takenOff(counter, effect.effects);
    }
  };
  for (const { puts } of own) {
    for (const { object, last, unlinkedAfter } of puts) {
      // What is part of objects of many kinds is in registries of as many: those of one kind are told by its own counter.
      if (object.inner !== undefined && generic.has(object.inner)) continue;
      takenOff(object.counter, last);
      for (const { link, from } of unlinkedAfter) unlinked(object.counter, link, from);
    }
  }
  for (const { unlinks: taken } of releases) for (const { view, object } of taken) unlinked(object?.counter, view.link, view.from);
  if (words.size === 0) return [];

  const found = new Set(code.relatives(file, [...words.values()]).slice(0, MOST_RELATIVES));
  let passing: readonly FunctionRef[] = [...code.functionsIn(file), ...found];
  for (let depth = 0; depth < MOST_CALLS; depth += 1) {
    const callers = passing.filter((ref) => passesOn(engine, ref, registries)).flatMap((ref) => code.callers(ref))
      .filter((caller) => caller.file !== file && !found.has(caller)).slice(0, MOST_RELATIVES - found.size);
    for (const caller of callers) found.add(caller);
    passing = callers;
  }
  return [...found];
}

/** Does the function return an entry that it found, or publish or unlink one that it was given? */
function passesOn(engine: FullEngine, ref: FunctionRef, registries: readonly RegistryName[]): boolean {
  const { typing } = engine.base;
  const isGiven = (item: Value | undefined): boolean => item !== undefined && rootOf(item).node.k === 'param';
  return engine.executionOf(ref).finals.some(({ returns, state }) => {
    const found = returns && registryOf(rootOf(returns), typing, ref.file);
    if (found && registries.some((name) => (name.link !== '' ? name.link === found.link : sameRegistry(found, name)))) return true;
    return state.effects.some((effect) => {
      if (effect.do === 'publish') return isGiven(effect.item) && registries.some((name) => name.link === effect.link);
      return effect.do === 'unlink' && isGiven(effect.item) &&
        registries.some((name) => unlinks(effect.link, effect.from && typing.placeName(effect.from, ref.file), name));
    });
  });
}

/** `node` of `struct foo.node`, `foo_list` of `file.c:foo_list`; undefined: nothing that a text could say. */
function lastWord(name: string): string | undefined {
  return /(\w+)(?:\[\])?$/.exec(name)?.[1];
}
