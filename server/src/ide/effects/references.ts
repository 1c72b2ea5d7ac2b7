// References taken and dropped: which object, under which locks, on which condition, and whether a put may be the last.

import { compareText } from '../../base/order.ts';
import type { Value } from '../../domain/value.ts';
import type { Final } from '../../engine/execute.ts';
import { baseOf, type Judged } from '../../finality/judge.ts';
import type { PutRecord } from '../../finality/records.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Effect, Site } from '../../summary/effect.ts';
import type { SummaryRef } from '../finding.ts';
import { contextFor } from '../judgements.ts';
import type { Session } from '../session.ts';
import { heldText, offsetOf, tellWays, type View, type Way } from './view.ts';

/** `lineOf` gives the line of an offset into the definition. */
export function refsOf(view: View, lineOf: (offset: number) => number): readonly SummaryRef[] {
  const { session, ref, ways, spelling } = view;
  const startOf = (site: Site): number => offsetOf(view, site);
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
      const key = `${site.at}:${sign}:${object}`;
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
    .sort((a, b) => startOf(a.site) - startOf(b.site) || b.sign - a.sign || compareText(a.object, b.object))
    .map(({ object, sign, site, on, times, held, lasts }): SummaryRef => ({
      object, change: sign * times, when: tellWays(view, (way) => on.has(way)), held, mayBeLast: isLast(lasts),
      site: { file: site.file, line: lineOf(startOf(site)) },
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
    `${finals.get(final) ?? -1}:${count.id}:${effect.chain.map((site) => `${site.function}${site.at}`).join('>')}`;
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
function canBeLast({ verdict, owned }: Judged): boolean {
  if (verdict.kind !== 'safe') return true;
  return verdict.reason !== 'owns-another' && verdict.reason !== 'not-only-holder' && owned <= 0;
}
