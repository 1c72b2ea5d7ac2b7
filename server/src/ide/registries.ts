// The indexes of counted objects that some files work on, and all that is done with their entries: where they are
// found, referenced, dropped and taken off, with the locks held at each.

import { compareText } from '../base/order.ts';
import { finish } from '../base/steps.ts';
import { foldLastPuts } from '../engine/summarise.ts';
import { chainKey, lookupLocks } from '../finality/judge.ts';
import { plainName } from '../finality/object-view.ts';
import type { NamedLock } from '../finality/records.ts';
import { isOfKind, sameRegistry, unlinks, type Registry } from '../finality/registries.ts';
import type { FunctionRef } from '../program/code.ts';
import { lineOf, textAt, type RuleContext } from '../rules/context.ts';
import type { Site } from '../summary/effect.ts';
import type { Session } from './session.ts';
import { namedLocks } from './held-locks.ts';
import { contextOf } from './judgements.ts';
import type { RegistryPlace, RegistryView } from './around.ts';

/** Sorted by name. An index in which nothing is ever looked up with a reference is none. */
export function registriesOf(session: Session, files: readonly string[]): readonly RegistryView[] {
  const refs = [...new Set(files)].sort(compareText).flatMap((file) => session.code.functionsIn(file));
  const context = finish(contextOf(session, refs));
  const events = eventsOf(session, context);
  return context.analysis.facts.registries
    .map((registry) => viewOf(context, registry, events))
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.object, b.object));
}

/** Something done to an object: seen in `ref`, at the end of a chain of calls. */
interface Event {
  readonly ref: FunctionRef;
  readonly chain: readonly Site[];
  readonly held: readonly string[];
  /** The registries that it concerns. */
  concerns(registry: Registry): boolean;
  /** The function only passes on what it was given: its callers do it, too, in a reader's eyes. */
  readonly passedOn: boolean;
}

interface Events {
  readonly gets: readonly Event[];
  readonly puts: readonly Event[];
  readonly unlinks: readonly Event[];
}

function eventsOf(session: Session, context: RuleContext): Events {
  const { records, judged, entryLocks } = context.analysis;
  const heldIn = (ref: FunctionRef, own: readonly NamedLock[], dropped: readonly string[]): readonly string[] =>
    textsOf([...own, ...entryLocks(ref).filter((lock) => !dropped.includes(lock.name))]);
  const gets: Event[] = [];
  const taken: Event[] = [];
  for (const [ref, own] of records) {
    for (const { view, registries, object } of own.unlinks) {
      taken.push({
        ref, chain: view.chain, held: heldIn(ref, view.locks, []), passedOn: true,
        concerns: (registry) => {
          if (registries.length > 0) return registries.some((other) => sameRegistry(registry.name, other));
          if (!unlinks(view.link, view.from, registry.name)) return false;
          // Any kobject may be linked by its `entry`: which list that is only its kind tells.
          return object === undefined ? !registry.generic : isOfKind(object, registry) && !(registry.generic && object.counter === object.inner);
        },
      });
    }
    gets.push(...getsOf(session, ref, heldIn));
  }
  const puts = judged.map(({ put, registry }): Event => ({
    ref: put.ref, chain: put.chain, held: heldIn(put.ref, put.locks, put.dropped), passedOn: put.object.origin === 'param',
    concerns: (other) => other === registry,
  }));
  return { gets, puts, unlinks: taken };
}

function getsOf(session: Session, ref: FunctionRef, heldIn: (ref: FunctionRef, own: readonly NamedLock[], dropped: readonly string[]) => readonly string[]): readonly Event[] {
  const { typing } = session.engine.base;
  return session.engine.executionOf(ref).finals.flatMap(({ state }) => foldLastPuts(state.effects).flatMap((effect): Event[] => {
    if (effect.do !== 'get') return [];
    const counter = typing.typeName(effect.count, ref.file);
    if (counter === undefined) return [];
    const locks = namedLocks(typing, ref.file, effect.held);
    const dropped = effect.dropped.flatMap((lock) => typing.placeName(lock, ref.file) ?? []);
    return [{
      ref, chain: effect.chain, held: heldIn(ref, locks, dropped), passedOn: effect.count.node.k === 'at' && effect.count.node.base.node.k === 'param',
      concerns: ({ counters, kinds, generic }) => (kinds.size > 0 || generic ? kinds : counters).has(counter),
    }];
  }));
}

function viewOf(context: RuleContext, registry: Registry, events: Events): RegistryView {
  // Told where the entry is found, in whatever function that is; a pointer is found where it is used.
  const found = [...registry.plain, ...registry.checked].map((lookup): Event => ({
    ref: lookup.ref, chain: lookup.registry.link === '*' ? lookup.chain : lookup.chain.slice(lookup.foundAt.length - 1), held: textsOf(lookupLocks(lookup, context.analysis.entryLocks)), passedOn: false, concerns: () => true,
  }));
  const lookups = placesOf(context, found);
  const known = new Set(lookups.map(keyOf));
  const of = (all: readonly Event[]): readonly RegistryPlace[] => placesOf(context, all.filter((event) => event.concerns(registry)));
  return {
    name: plainName(registry.name.container),
    object: plainName([...registry.kinds, ...registry.counters][0] ?? '').replace(/\..*/, ''),
    lookups,
    gets: of(events.gets).filter((place) => !known.has(keyOf(place))),
    puts: of(events.puts),
    unlinks: of(events.unlinks),
  };
}

/** Each place once, with the locks held there on every way; what an inner function does with its own object is not told again for its callers. */
function placesOf(context: RuleContext, events: readonly Event[]): readonly RegistryPlace[] {
  const own = new Set(events.filter((event) => !event.passedOn).map(({ chain }) => chainKey(chain)));
  const byPlace = new Map<string, RegistryPlace>();
  for (const { chain, held } of events) {
    const [site] = chain;
    if (!site || chain.some((_, index) => index > 0 && own.has(chainKey(chain.slice(index))))) continue;
    const place = { file: site.file, line: lineOf(context, site), function: site.function, held, text: textAt(context, site) };
    const before = byPlace.get(keyOf(place));
    byPlace.set(keyOf(place), before ? { ...place, held: before.held.filter((lock) => held.includes(lock)) } : place);
  }
  return [...byPlace.values()].sort((a, b) => compareText(a.file, b.file) || a.line - b.line || compareText(a.text, b.text));
}

function keyOf({ file, line, text }: Pick<RegistryPlace, 'file' | 'line' | 'text'>): string {
  return `${file}:${line}:${text}`;
}

function textsOf(locks: readonly NamedLock[]): readonly string[] {
  return [...new Set(locks.map(({ text }) => text))];
}
