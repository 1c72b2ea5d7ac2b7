// The object is found under a lock and counted after it was dropped. The get moves to before the unlock; where dying
// entries can be found there, it has to be one that fails on them. In the helper that finds, if it is the helper that
// drops the lock.

import { rootOf } from '../../domain/value.ts';
import type { Final } from '../../engine/execute.ts';
import { chainKey } from '../../finality/judge.ts';
import type { LookupRecord, NamedLock } from '../../finality/records.ts';
import { releaseUnlinks } from '../../finality/registries.ts';
import type { FunctionRef } from '../../program/code.ts';
import { isLateGet } from '../../rules/lookup-get-outside-lock/rule.ts';
import { spanIn } from '../../rules/context.ts';
import type { Effect, Site } from '../../summary/effect.ts';
import { checkedGet } from './apis.ts';
import type { Candidate, Subject } from './candidate.ts';
import { placeFor, type LateGet, type NewPlace } from './late-get-place.ts';
import { fitted, fittedIf, indentOf } from './layout.ts';
import { isAt } from './put.ts';
import { callAt, callParts, spanOf, statementAt } from './source.ts';

export function lateGetFixes(subject: Subject): readonly Candidate[] {
  const late = lateGetOf(subject);
  if (!late) return [];
  const { lookup, lock, parts, pointer } = late;
  const checked = checkedGet(subject.session.engine.base.knowledge, parts.name);
  const place = placeFor(subject, late);
  const file = place?.source.ref.file ?? subject.finding.file;
  const helper = place && place.source.ref !== subject.ref ? place.source.ref.name : undefined;
  const proved = [
    `'${lock.text}' is held from the find to the get: no last put that holds it comes between`,
    `${parts.name}() neither sleeps nor takes a lock`,
    ...(helper === undefined ? [] : [`${subject.finding.function}() is the only caller of ${helper}()`]),
  ];
  const candidates: Candidate[] = [];
  if (place) {
    candidates.push({
      id: 'get-under-lock',
      title: helper === undefined ? `Take the reference before ${lock.text} is dropped` : `Take the reference in ${helper}(), under ${lock.text}`,
      edits: [{ file, ...before(place, (indent) => plainGet(place, indent)) }, place.removal],
      proved, assumed: [],
      explain: ({ appeared }) => {
        const put = appeared.find((one) => one.rule === 'final-put-outside-lookup-lock');
        return put && `${put.function}() drops the last reference without '${lock.text}': the get could still revive a dying object`;
      },
    });
  }
  if (place?.guarded && checked !== undefined) {
    const without = unlinksWithout(subject, lookup, lock);
    candidates.push({
      id: 'checked-get-under-lock',
      title: `Take the reference with ${checked}(), before ${lock.text} is dropped`,
      edits: [{ file, ...before(place, (indent) => checkedGetLines(place, parts.name, checked, indent)) }, place.removal],
      proved: [
        ...proved,
        `an entry whose count has reached zero counts as absent`,
        `every known release takes '${lock.text}' to unlink: under it the memory of an entry stays`,
      ],
      assumed: ['whoever finds nothing copes with an entry that is still on the list: one that is dying counts as absent'],
      ...(without === undefined ? {} : { refuted: [`${without}() takes it off without '${lock.text}': the memory may go before the get`] }),
    });
  }
  if (checked !== undefined) {
    candidates.push({
      id: 'checked-get-in-place', title: `Use ${checked}() where the get stands now`, edits: [], proved: [], assumed: [],
      refuted: [`'${lock.text}' is dropped before: the memory of '${pointer}' may be gone by then, and its count with it`],
    });
  }
  return candidates;
}

function lateGetOf(subject: Subject): LateGet | undefined {
  const { context, session, source } = subject;
  for (const registry of context.analysis.facts.registries) {
    for (const lookup of registry.plain) {
      const site = lookup.chain[0];
      const lock = lookup.atFind[0];
      if (!site || !lock || !isAt(subject, site) || !isLateGet(context, registry, lookup)) continue;
      const call = callAt(source, spanIn(context, site));
      const parts = call && callParts(source, call);
      const statement = statementAt(source, spanIn(context, site));
      const pointer = parts?.args[0] && /^&?([A-Za-z_]\w*)\b/.exec(parts.args[0].text)?.[1];
      if (!call || !parts || pointer === undefined || statement?.type !== 'expression_statement' || statement.namedChildren[0]?.id !== call.id) continue;
      if (lookup.chain.length > 1 && !session.engine.base.knowledge.primitives.has(parts.name)) continue;
      const unlock = earlyUnlock(subject, lookup, lock);
      if (unlock) return { lookup, lock, parts, call, statement, pointer, unlock };
    }
  }
  return undefined;
}

/** The unlock between find and get: in the function itself or, as its callers no longer see it, in the helper that finds. */
function earlyUnlock({ context, session, ref }: Subject, lookup: LookupRecord, lock: NamedLock): readonly Site[] | undefined {
  const unlockIn = (from: FunctionRef, foundAt: readonly Site[], gets: (final: Final, found: Effect & { readonly do: 'find' }) => boolean): readonly Site[] | undefined => {
    for (const final of session.engine.executionOf(from).finals) {
      const { effects } = final.state;
      const index = effects.findIndex((effect) => effect.do === 'find' && chainKey(effect.chain) === chainKey(foundAt));
      const found = effects[index];
      if (found?.do !== 'find' || !gets(final, found)) continue;
      const unlock = effects.slice(index).find((effect) => effect.do === 'unlock' && context.typing.placeName(effect.lock, from.file) === lock.name);
      if (unlock) return unlock.chain;
    }
    return undefined;
  };
  const own = unlockIn(ref, lookup.foundAt, ({ state }) => state.effects.some((effect) => effect.do === 'get' && chainKey(effect.chain) === chainKey(lookup.chain)));
  const [call, inside] = lookup.foundAt;
  const helper = inside && session.code.functionsIn(inside.file).find(({ name }) => name === inside.function);
  const inner = own ?? (helper && unlockIn(helper, lookup.foundAt.slice(1), (final, found) => final.returns !== undefined && rootOf(final.returns) === found.element));
  return own ?? (call && inner && [call, ...inner]);
}

function before({ source, unlock }: NewPlace, lines: (indent: string) => string): { start: number; end: number; newText: string } {
  const { start } = spanOf(source, unlock);
  const indent = indentOf(source.text, start);
  return { start, end: start, newText: `${lines(indent)}\n${indent}` };
}

function plainGet({ guarded, pointer, get }: NewPlace, indent: string): string {
  return guarded ? `if (${pointer})\n${indent}\t${fitted(`${indent}\t`, get)}` : fitted(indent, get);
}

function checkedGetLines({ pointer, get }: NewPlace, plain: string, checked: string, indent: string): string {
  const call = `${checked}${get.slice(plain.length).replace(/;$/, '').replace(/\s*\n\s*/g, ' ')}`;
  return `${fittedIf(indent, `${pointer} && !${call}`, '')}\n${indent}\t${pointer} = NULL;`;
}

/** A function that takes an entry off the registry without the lock, whatever it does before or after. */
function unlinksWithout({ context }: Subject, lookup: LookupRecord, lock: NamedLock): string | undefined {
  for (const { puts } of context.analysis.records.values()) {
    for (const put of puts) {
      if (put.object.counter !== lookup.counter) continue;
      const { now } = releaseUnlinks(put.last, put.object.count, lookup.registry, context.typing, put.ref.file);
      const held = [...put.locks, ...context.analysis.entryLocks(put.ref)];
      const isUnder = now.every((effect) => held.some((one) => one.name === lock.name) ||
        effect.held.some((hold) => context.typing.placeName(hold.lock, put.ref.file) === lock.name));
      if (!isUnder) return put.ref.name;
    }
  }
  return undefined;
}
