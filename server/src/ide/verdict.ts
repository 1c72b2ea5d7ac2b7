// The verdict on a put in kernel words, and the argument for it.

import { lookupLocks, type Judged } from '../finality/judge.ts';
import { plainName } from '../finality/object-view.ts';
import type { LookupRecord } from '../finality/records.ts';
import { lineOf, textAt, type RuleContext } from '../rules/context.ts';
import type { Site } from '../summary/effect.ts';
import { gravityOf, ownedLeast, type PutHere } from './puts.ts';

export interface Verdict {
  /** `can be the last: ...`: one sentence. */
  readonly sentence: string;
  /** What would change it; undefined: nothing sensible to say. */
  readonly change: string | undefined;
  readonly judged: Judged | undefined;
}

/** The gravest of the verdicts first; those that say the same once. */
export function verdictsOf(context: RuleContext, put: PutHere): readonly Verdict[] {
  const sorted = [...put.judged].sort((a, b) => gravityOf(b) - gravityOf(a));
  const verdicts = new Map<string, Verdict>();
  for (const judged of sorted) {
    const verdict = verdictOn(context, put, judged);
    if (!verdicts.has(verdict.sentence)) verdicts.set(verdict.sentence, verdict);
  }
  return verdicts.size > 0 ? [...verdicts.values()] : [byCallers(context, put) ?? unjudged(put)];
}

/** What a helper's put is for those who call it, where the helper itself cannot tell. */
function byCallers(context: RuleContext, put: PutHere): Verdict | undefined {
  const gravest = put.outer.flatMap((instance) => [...instance.judged].sort((a, b) => gravityOf(b) - gravityOf(a)).slice(0, 1));
  const [worst] = [...gravest].sort((a, b) => gravityOf(b) - gravityOf(a));
  if (!worst) return undefined;
  const verdict = verdictOn(context, put, worst);
  const open = gravest.filter((one) => one.verdict.kind === 'unlocked').length;
  if (worst.verdict.kind !== 'unlocked' || !verdict.sentence.startsWith(UNLOCKED)) return verdict;
  const where = open === gravest.length ? 'no call of it comes with' : `${open} of ${gravest.length} calls of it come without`;
  const lock = lookupLocks(worst.verdict.lookup, context.analysis.entryLocks)[0]?.text ?? 'the lock';
  return { ...verdict, sentence: `${UNLOCKED}${where} another reference to '${put.object}' or ${lock}, under which ${worst.verdict.lookup.ref.name}() finds it` };
}

const UNLOCKED = 'can be the last: ';

export function verdictOn(context: RuleContext, put: PutHere, judged: Judged): Verdict {
  const { verdict } = judged;
  const object = `'${put.object}'`;
  const { lookup } = verdict;
  const locks = lookup ? lookupLocks(lookup, context.analysis.entryLocks) : [];
  const lock = locks[0]?.text ?? '';
  const finder = lookup ? `${lookup.ref.name}()` : 'a lookup';
  const say = (sentence: string, change?: string): Verdict => ({ sentence, change, judged });
  if (verdict.kind === 'unlocked') {
    return say(
      `${UNLOCKED}no other reference to ${object} is held here, and neither is ${lock}, under which ${finder} finds it`,
      `dropping it with ${lock} held, holding another reference until ${lock} is taken, or a lookup that takes its reference only if the count is not zero`,
    );
  }
  if (verdict.kind === 'deferred') {
    const when = verdict.config === undefined ? '' : ` with ${verdict.config}`;
    return say(
      `can be the last: ${lock} is held, but${when} the object leaves the list later, without it`,
      `taking ${object} off the list before the put, with ${lock} held`,
    );
  }
  switch (verdict.reason) {
    case 'owns-another':
      return say(
        `cannot be the last: ${judged.owned === 1 ? 'another reference' : `${judged.owned} other references`} to ${object} ${judged.owned === 1 ? 'is' : 'are'} still held here`,
        'dropping the other reference first, or not taking it',
      );
    case 'not-only-holder':
      return say(
        `cannot be the last: the count of ${object} was seen not to be one, and ${lock} is held since`,
        `dropping ${lock} between the test and the put`,
      );
    case 'locked':
      return say(`can be the last, and is right: ${lock}, under which ${finder} finds ${object}, is held from the put until it is off the list`, `dropping ${lock} before the put`);
    case 'unlinked-before':
      return say(`can be the last, and is right: ${object} was taken off the list before, so that ${finder} cannot find it any more`, 'putting it before it is off the list');
    case 'owned-index':
      return say(`can be the last, and is right: the list holds a reference of its own, so what ${finder} finds on it is alive`, 'dropping the reference of the list while the object is still on it');
    case 'checked-get':
      return say('can be the last, and is right: lookups take a reference only if the count is not zero', 'a lookup with a plain get');
    case 'liveness-flag':
      return say(`can be the last, and is right: ${object} is flagged as going before, under the lock, and lookups skip it`, 'a lookup that does not test the flag');
    case 'no-unlink-in-release':
      return say(`can be the last: its release takes ${object} off no list, so it must be off before`, `a release that takes ${object} off its list`);
    case 'no-lookup':
      return say(`can be the last: no lookup is known that finds ${object} under a lock and takes a plain reference`, 'such a lookup');
  }
}

function unjudged(put: PutHere): Verdict {
  const object = `'${put.object}'`;
  if (ownedLeast(put) > 0) return { sentence: `cannot be the last: another reference to ${object} is still held here`, change: 'dropping the other reference first', judged: undefined };
  const origin = put.records[0]?.object.origin;
  if (origin === 'fresh') return { sentence: `can be the last, and is right: ${object} was made here and nobody else knows it yet`, change: 'putting it on a list before', judged: undefined };
  if (origin === 'result') return { sentence: `unknown: where ${object} comes from was not seen`, change: 'seeing what the call returns', judged: undefined };
  return { sentence: `can be the last: no lookup is known here that finds ${object} and takes a plain reference`, change: 'such a lookup', judged: undefined };
}

export function place(context: RuleContext, site: Site): string {
  return `${site.file}:${lineOf(context, site)}`;
}

/** `cleanup_glue_dir(dev, glue_dir) in device_del() at drivers/base/core.c:3984` */
export function at(context: RuleContext, site: Site): string {
  return `${textAt(context, site)} in ${site.function}() at ${place(context, site)}`;
}

/** How an object is found and its reference taken. */
export function lookupText(context: RuleContext, lookup: LookupRecord): string {
  const site = lookup.chain[0];
  if (!site) return '';
  const locks = lookupLocks(lookup, context.analysis.entryLocks).map((lock) => lock.text);
  const held = locks.length === 0 ? 'no lock held' : `${locks.join(', ')} held`;
  const get = lookup.checked ? 'takes a reference if the count is not zero' : 'takes a plain reference';
  return `${lookup.ref.name}() finds it on ${containerText(lookup)} and ${get}, ${held}: ${textAt(context, site)} at ${place(context, site)}`;
}

export function containerText(lookup: LookupRecord): string {
  return plainName(lookup.registry.container);
}
