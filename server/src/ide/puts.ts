// The puts at a place, with what was judged of them: what `why` and the hover at a put tell.

import { lineStarts, positionAt } from '../base/span.ts';
import { baseOf, type Instance, type Judged } from '../finality/judge.ts';
import type { PutRecord } from '../finality/records.ts';
import type { FunctionRef } from '../program/code.ts';
import { chainKey } from '../finality/judge.ts';
import { spanIn, type RuleContext } from '../rules/context.ts';
import { contextFor } from './judgements.ts';
import type { Session } from './session.ts';
import { spellingOf, type Spelling } from './spelling.ts';

/** One object that is put by one statement, over all ways through the function. */
export interface PutHere {
  readonly ref: FunctionRef;
  readonly object: string;
  readonly spelling: Spelling;
  /** Never empty. */
  readonly records: readonly PutRecord[];
  readonly judged: readonly Judged[];
  /** The same put as callers see it. */
  readonly outer: readonly Instance[];
}

/** `covers` is asked with the span of each put's outermost call, in the file's text. Gravest first. */
export function putsWhere(session: Session, file: string, covers: (span: { start: number; end: number }) => boolean, ref: FunctionRef): readonly PutHere[] {
  const context = contextFor(session, file);
  const spelling = spellingOf(session, ref);
  const byObject = new Map<string, PutRecord[]>();
  for (const put of context.analysis.records.get(ref)?.puts ?? []) {
    const site = put.chain[0];
    if (!site || !covers(spanIn(context, site))) continue;
    const object = spelling.object(put.object.count);
    const key = `${site.at}:${object}`;
    byObject.set(key, [...(byObject.get(key) ?? []), put]);
  }
  const puts = [...byObject.values()].map((records): PutHere => {
    const wanted = new Set(records);
    const judged = context.analysis.judged.filter((one) => wanted.has(one.put));
    const object = records[0] ? spelling.object(records[0].object.count) : '';
    return { ref, object, spelling, records, judged, outer: outerInstances(context, records) };
  });
  return puts.sort((a, b) => gravity(b) - gravity(a) || Number(hasRelease(b)) - Number(hasRelease(a)) || depth(a) - depth(b));
}

/** A count whose release was seen belongs to an object that matters. */
function hasRelease(put: PutHere): boolean {
  return put.records.some(({ last }) => last.length > 0);
}

function depth(put: PutHere): number {
  return put.records[0]?.chain.length ?? 0;
}

function outerInstances(context: RuleContext, records: readonly PutRecord[]): readonly Instance[] {
  const keys = new Set(records.map((put) => chainKey(put.chain)));
  return context.analysis.instances.filter(({ chain }) => chain.some((_, index) => index > 0 && keys.has(chainKey(chain.slice(index)))));
}

/** Of several verdicts on one put the gravest is told first. */
export function gravityOf(one: Judged): number {
  if (one.verdict.kind === 'unlocked') return 9;
  if (one.verdict.kind === 'deferred') return 8;
  switch (one.verdict.reason) {
    case 'locked': return 7;
    case 'unlinked-before': return 6;
    case 'liveness-flag': return 5;
    case 'owned-index': return 5;
    case 'checked-get': return 4;
    case 'not-only-holder': return 3;
    case 'owns-another': return 3;
    case 'no-unlink-in-release': return 2;
    case 'no-lookup': return 1;
  }
}

function gravity(put: PutHere): number {
  return put.judged.reduce((most, one) => Math.max(most, gravityOf(one)), 0);
}

/** The function that a file's offset stands in. */
export function functionAt(session: Session, file: string, offset: number): FunctionRef | undefined {
  return session.code.functionsIn(file).find(({ item }) => item.span.start <= offset && offset < item.span.end);
}

export function putsOnLine(session: Session, file: string, line: number): readonly PutHere[] {
  const starts = lineStarts(session.textOf(file));
  const start = starts[line - 1];
  if (start === undefined) return [];
  const end = starts[line] ?? Number.POSITIVE_INFINITY;
  const ref = session.code.functionsIn(file).find(({ item }) => item.span.start < end && start < item.span.end);
  if (!ref) return [];
  // On the line of its beginning, or anywhere within when it spans several.
  return putsWhere(session, file, (span) => {
    const first = positionAt(starts, span.start).line + 1;
    const last = positionAt(starts, span.end).line + 1;
    return first <= line && line <= last;
  }, ref);
}

/** Without a judgement: what the path itself still owns after the put. */
export function ownedLeast(put: PutHere): number {
  return put.records.reduce((least, record) => Math.min(least, record.ownedAfter(baseOf(record, undefined))), Number.POSITIVE_INFINITY);
}
