// The interleaving of two CPUs that a finding is about, as kernel changelogs draw it.

import type { Judged } from '../finality/judge.ts';
import type { LookupRecord } from '../finality/records.ts';
import { lineOf, textAt, type RuleContext } from '../rules/context.ts';
import type { Effect } from '../summary/effect.ts';
import { COLUMN, columns, INDENT, type Row } from './columns.ts';
import type { Finding, Witness } from './finding.ts';
import { contextFor } from './judgements.ts';
import type { Session } from './session.ts';
import { containerText } from './verdict.ts';

/** No newline at the end. A finding without a second CPU says so in one line. */
export function race(session: Session, finding: Finding): string {
  const context = contextFor(session, finding.file);
  const rows = rowsOf(context, finding);
  if (rows.length > 0) return columns(rows);
  return `no race: ${finding.rule === 'ref-leak' ? 'a leak takes only one CPU' : 'one CPU is enough'}`;
}

function rowsOf(context: RuleContext, finding: Finding): readonly Row[] {
  switch (finding.rule) {
    case 'final-put-outside-lookup-lock':
      return finalPut(context, finding);
    case 'unlink-deferred-past-lock':
      return deferredUnlink(context, finding);
    case 'teardown-while-shared':
      return teardown(context, finding);
    case 'lookup-get-outside-lock':
      return lateGet(finding);
    default:
      return [];
  }
}

const cpu = (number: 0 | 1) => (depth: number, text: string): Row => ({ cpu: number, depth, text });
const cpu0 = cpu(0);
const cpu1 = cpu(1);

/** `device_del()`, and below it each call on the way to the primitive. */
function chainRows(row: (depth: number, text: string) => Row, chain: readonly Witness[]): readonly Row[] {
  const [first] = chain;
  if (!first) return [];
  return [row(0, `${first.function}()`), ...chain.map((step, depth) => row(depth + 1, callText(step.text, depth + 1)))];
}

/** A call as it is spelled, or with its first argument, or none, where it is long: it has to fit in a column. */
function callText(text: string, depth: number): string {
  const room = COLUMN - depth * INDENT;
  if (text.length <= room) return text;
  const call = /^(\w+)\(([^,()]*),/.exec(text);
  const short = call ? `${call[1] ?? ''}(${call[2] ?? ''}, ...)` : '';
  if (short !== '' && short.length <= room) return short;
  const name = /^\w+(?=\()/.exec(text)?.[0];
  return name === undefined ? text : `${name}(...)`;
}

function sentence(finding: Finding): string {
  return finding.object === undefined ? 'the object' : finding.object;
}

/** Puts before CPU1 looks; the count is zero, the object still on the list. */
function finalPut(context: RuleContext, finding: Finding): readonly Row[] {
  const put = finding.put ?? [];
  const depth = put.length + 1;
  const lock = finding.lock ?? 'the lock';
  return [
    ...chainRows(cpu0, put),
    cpu0(depth, 'count 1 -> 0'),
    ...finds(context, finding, lock, 'count 0 -> 1, already dying'),
    cpu1(1, `unlock ${lock}`),
    ...releases(context, finding, depth, lock),
    cpu1(1, `uses freed ${sentence(finding)}`),
  ];
}

/** What the release does, as far as it was seen. */
function releases(context: RuleContext, finding: Finding, depth: number, lock: string): readonly Row[] {
  const judged = judgedPut(context, finding);
  const last = judged?.put.last ?? [];
  const find = (what: Effect['do']) => last.find((effect) => effect.do === what && effect.chain.length > (judged?.put.chain.length ?? 0));
  const unlink = find('unlink');
  const free = find('free');
  const text = (effect: Effect | undefined, otherwise: string): string => {
    const site = effect?.chain.at(-1);
    return site ? callText(textAt(context, site), depth + 1) : otherwise;
  };
  const release = (unlink ?? free)?.chain[judged?.put.chain.length ?? 0]?.function;
  if (release === undefined) return [cpu0(depth, 'release: off the list, freed')];
  const takesLock = judged?.verdict.kind === 'unlocked' && judged.verdict.selfLocking;
  return [
    cpu0(depth, `${release}()`),
    ...(takesLock ? [cpu0(depth + 1, `lock ${lock}`)] : []),
    cpu0(depth + 1, text(unlink, 'off the list')),
    ...(takesLock ? [cpu0(depth + 1, `unlock ${lock}`)] : []),
    cpu0(depth + 1, text(free, 'freed')),
  ];
}

/** The judgement that a finding on a put was made from. */
function judgedPut(context: RuleContext, finding: Finding): Judged | undefined {
  const instance = context.analysis.instances.find(({ chain }) => {
    const site = chain[0];
    return site !== undefined && chain.length === finding.put?.length && site.file === finding.file && site.function === finding.function &&
      lineOf(context, site) === finding.range.start.line + 1;
  });
  return instance?.judged.find(({ verdict }) => verdict.kind === (finding.rule === 'unlink-deferred-past-lock' ? 'deferred' : 'unlocked'));
}

/** What CPU1 does from its lock to its get. */
function finds(context: RuleContext, finding: Finding, lock: string, count: string): readonly Row[] {
  const lookup = finding.lookup ?? [];
  const [first] = lookup;
  if (!first) return [];
  const record = lookupOf(context, first);
  const where = record ? `on ${containerText(record)}` : 'on the list';
  return [
    cpu1(0, `${first.function}()`),
    cpu1(1, `lock ${lock}`),
    cpu1(1, `finds ${sentence(finding)} ${where}`),
    ...lookup.map((step, depth) => cpu1(depth + 1, callText(step.text, depth + 1))),
    cpu1(lookup.length + 1, count),
  ];
}

/** The record behind a lookup witness, for the name of its list. */
function lookupOf(context: RuleContext, witness: Witness): LookupRecord | undefined {
  return context.analysis.facts.registries.flatMap(({ plain }) => plain).find((lookup) => {
    const site = lookup.chain[0];
    return site !== undefined && site.file === witness.file && site.function === witness.function &&
      textAt(context, site) === witness.text && lineOf(context, site) === witness.line;
  });
}

function deferredUnlink(context: RuleContext, finding: Finding): readonly Row[] {
  const put = finding.put ?? [];
  const [first] = put;
  const lock = finding.lock ?? 'the lock';
  if (!first) return [];
  const depth = put.length + 1;
  const locked = lockedFrom(put, lock);
  const rows = put.map((step, index) => cpu0(index + 1, callText(step.text, index + 1)));
  return [
    cpu0(0, `${first.function}()`),
    ...rows.slice(0, locked),
    cpu0(locked + 1, `lock ${lock}`),
    ...rows.slice(locked),
    cpu0(depth, 'count 1 -> 0'),
    cpu0(depth, `release put off${finding.config === undefined ? '' : ` (${finding.config})`}`),
    cpu0(locked + 1, `unlock ${lock}`),
    ...finds(context, finding, lock, 'count 0 -> 1, already dying'),
    cpu1(1, `unlock ${lock}`),
    cpu0(0, 'later, without the lock:'),
    cpu0(1, 'release: off the list, freed'),
    cpu1(1, `uses freed ${sentence(finding)}`),
  ];
}

/** The step of the chain from which on the lock is held. */
function lockedFrom(chain: readonly Witness[], lock: string): number {
  const last = lock.split(/[.>]/).at(-1) ?? lock;
  return Math.max(0, chain.findIndex(({ held }) => held.some((one) => one === lock || one.split(/[.>]/).at(-1) === last)));
}

/** CPU1 has its reference and dropped the lock: it is about to use what CPU0 takes apart. */
function teardown(context: RuleContext, finding: Finding): readonly Row[] {
  const steps = (finding.steps ?? []).filter(({ role }) => role === 'teardown');
  const [first] = steps;
  const lock = finding.lock ?? 'the lock';
  if (!first) return [];
  return [
    ...finds(context, finding, lock, 'count 1 -> 2'),
    cpu1(1, `unlock ${lock}`),
    cpu0(0, `${first.function}()`),
    cpu0(1, `lock ${lock}`),
    ...steps.map((step, depth) => cpu0(depth + 1, callText(step.text, depth + 1))),
    cpu0(steps.length + 1, 'count is 2, not looked at'),
    cpu0(1, `unlock ${lock}`),
    cpu1(1, `uses ${sentence(finding)}: torn down`),
  ];
}

/** CPU1 found it under the lock; before it takes its reference CPU0 drops the last one. */
function lateGet(finding: Finding): readonly Row[] {
  const [find, ...get] = finding.lookup ?? [];
  const lock = finding.lock ?? 'the lock';
  if (!find) return [];
  return [
    cpu1(0, `${find.function}()`),
    cpu1(1, `lock ${lock}`),
    cpu1(1, callText(find.text, 1)),
    cpu1(1, `unlock ${lock}`),
    cpu0(0, 'drops the last reference'),
    cpu0(1, 'count 1 -> 0'),
    cpu0(1, `lock ${lock}`),
    cpu0(1, 'off the list'),
    cpu0(1, `unlock ${lock}`),
    cpu0(1, 'freed'),
    ...get.map((step, depth) => cpu1(depth + 1, callText(step.text, depth + 1))),
    cpu1(get.length + 1, 'count of freed memory: 0 -> 1'),
  ];
}
