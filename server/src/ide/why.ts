// Why a put is reported, or why not: the verdict and the argument for it.

import type { Judged } from '../finality/judge.ts';
import { foldLastPuts } from '../engine/summarise.ts';
import type { PutRecord } from '../finality/records.ts';
import type { Hold } from '../summary/effect.ts';
import { byPlace, lineOf, type RuleContext } from '../rules/context.ts';
import { finalPutOutsideLookupLock } from '../rules/final-put-outside-lookup-lock/rule.ts';
import { unlinkDeferredPastLock } from '../rules/unlink-deferred-past-lock/rule.ts';
import { contextFor } from './judgements.ts';
import { putsOnLine, type PutHere } from './puts.ts';
import type { Session } from './session.ts';
import { spellingOf } from './spelling.ts';
import { at, lookupText, place, verdictOn, verdictsOf } from './verdict.ts';
import type { WhyAnswer } from './workspace.ts';

const MOST_CALLERS = 4;
const MOST_OTHERS = 3;

/** `line` is 1-based. undefined: nothing is put there. */
export function why(session: Session, file: string, line: number): WhyAnswer | undefined {
  const [put, ...others] = putsOnLine(session, file, line);
  if (!put) return undefined;
  const context = contextFor(session, file);
  const [verdict, ...further] = verdictsOf(context, put);
  const record = verdict?.judged?.put ?? put.records[0];
  if (!verdict || !record) return undefined;
  const lines: string[] = [...putLines(context, put, record)];
  lines.push(...holders(context, put, record, verdict.judged));
  const lookup = verdict.judged?.verdict.lookup;
  if (lookup) lines.push(`lookup: ${lookupText(context, lookup)}`);
  for (const other of further.slice(0, MOST_OTHERS)) lines.push(`on another way through ${put.ref.name}(): ${other.sentence}`);
  lines.push(...callerLines(session, context, put));
  const reports = reportLines(context, put);
  if (reports.length === 0 && verdict.judged?.verdict.kind === 'unlocked' && put.outer.length > 0) reports.push('not reported here: its callers decide');
  lines.push(...reports);
  if (verdict.change !== undefined) lines.push(`what would change it: ${verdict.change}`);
  for (const other of others.slice(0, MOST_OTHERS)) {
    const [first] = verdictsOf(context, other);
    if (first) lines.push(`the same line also puts '${other.object}': ${first.sentence}`);
  }
  return { verdict: verdict.sentence, lines };
}

function putLines(context: RuleContext, put: PutHere, record: PutRecord): readonly string[] {
  const holds = heldAtPut(record);
  return record.chain.map((site, depth) => {
    const here = holds.filter((hold) => hold.id.split('>').length - 1 <= depth).map((hold) => put.spelling.place(hold.lock));
    const held = here.length === 0 ? 'no lock held' : `${[...new Set(here)].join(', ')} held`;
    return `put ${depth + 1}/${record.chain.length}: ${at(context, site)}, ${held}`;
  });
}

function heldAtPut(record: PutRecord): readonly Hold[] {
  const effect = foldLastPuts(record.final.state.effects).find((candidate) => candidate.do === 'put' && candidate.chain === record.chain);
  return (effect?.held ?? []).filter((hold) => hold.mode !== 'irq' && hold.mode !== 'bh' && hold.mode !== 'preempt');
}

/** Who holds which reference on this path when the put happens. */
function holders(context: RuleContext, put: PutHere, record: PutRecord, judged: Judged | undefined): readonly string[] {
  const object = `'${put.object}'`;
  const effects = foldLastPuts(record.final.state.effects);
  const index = effects.findIndex((effect) => effect.do === 'put' && effect.chain === record.chain);
  const lines: string[] = [];
  effects.forEach((effect, position) => {
    if (effect.do !== 'init' && effect.do !== 'get' && effect.do !== 'put') return;
    const site = effect.chain[0];
    if (effect.count !== record.object.count || position === index || !site) return;
    if (effect.do === 'put') {
      const order = position < index ? 'dropped before' : 'still held, dropped later';
      lines.push(`${position < index ? 'a' : 'another'} reference to ${object} is ${order}: ${at(context, site)}`);
    } else if (position < index) lines.push(`${effect.do === 'init' ? 'made' : 'reference taken'}: ${at(context, site)}`);
  });
  const store = judged?.role?.stores[0];
  const stored = store?.chain[0];
  if (judged?.role && store && stored) {
    const count = judged.role.count === 1 ? 'one reference' : `${judged.role.count} references`;
    lines.push(`owner: ${count} came with the pointer that ${store.ref.name}() stored in ${store.field.replace(/^(struct|union) /, '')} (${place(context, stored)})`);
  } else if (lines.length === 0) lines.push(`owner: ${OWNERS[record.object.origin]} ${object}`);
  return lines;
}

const OWNERS: Readonly<Record<PutRecord['object']['origin'], string>> = {
  param: 'the caller gives one reference with the argument',
  field: 'one reference is taken to come with the pointer',
  global: 'one reference is taken to come with the pointer',
  element: 'this path took no reference before it put',
  fresh: 'this path made',
  result: 'one reference is taken to come with what the call returned,',
};

/** Where the put is reported, if it is: here, or at the caller that decides. */
function reportLines(context: RuleContext, put: PutHere): string[] {
  const site = put.records[0]?.chain[0];
  if (!site) return [];
  const line = lineOf(context, site);
  return [...finalPutOutsideLookupLock(context), ...unlinkDeferredPastLock(context)].sort(byPlace).flatMap((finding) => {
    if (!finding.put?.some((step) => step.file === site.file && step.line === line && step.function === site.function)) return [];
    const reported = finding.range.start.line + 1;
    const here = finding.file === site.file && reported === line;
    return [here ? `reported here: ${finding.rule}` : `reported at ${finding.file}:${reported} in ${finding.function}(): ${finding.rule}`];
  });
}

/** A helper's put is judged again at each of its callers, who know more. */
function callerLines(session: Session, context: RuleContext, put: PutHere): readonly string[] {
  const lines = new Set<string>();
  for (const instance of put.outer) {
    const site = instance.chain[0];
    const [judged] = [...instance.judged].sort((a, b) => Number(a.verdict.kind === 'safe') - Number(b.verdict.kind === 'safe'));
    if (!site || !judged) continue;
    const spelling = spellingOf(session, instance.ref);
    const seen: PutHere = { ...put, spelling, object: spelling.object(judged.put.object.count) };
    lines.add(`called by ${instance.ref.name}() at ${place(context, site)}: ${verdictOn(context, seen, judged).sentence}`);
  }
  const all = [...lines].sort();
  return all.length <= MOST_CALLERS ? all : [...all.slice(0, MOST_CALLERS), `and from ${all.length - MOST_CALLERS} more places`];
}
