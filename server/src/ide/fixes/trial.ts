// Tries edits on a copy of the texts and looks again: is the finding gone, has another one appeared, does the text
// still parse, are locks and references balanced as before, is there a new way to wait for ever?

import { finish } from '../../base/steps.ts';
import { printPlace } from '../../domain/value.ts';
import { foldLastPuts } from '../../engine/summarise.ts';
import type { FunctionRef } from '../../program/code.ts';
import { objectText } from '../../rules/context.ts';
import { checkFiles } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Session } from '../session.ts';
import type { Edit } from '../workspace.ts';
import { benchOf } from './bench.ts';
import { dangersIn } from './dangers.ts';

export interface TrialReport {
  readonly gone: boolean;
  readonly appeared: readonly Finding[];
  /** What no longer parses, or leaves with other locks held than before: one sentence each. */
  readonly broken: readonly string[];
  /** Ways to wait for ever or to sleep where nobody may that were not there before: one sentence each. */
  readonly dangers: readonly string[];
  /** Objects of which an edited function drops fewer references than before, as it spells them. */
  readonly lost: readonly string[];
}

export interface Trial {
  /**
   * `finding`: what has to go, if anything. `enteredLocked`: functions that drop a lock for their caller once the edits
   * are in.
   */
  try(edits: readonly Edit[], finding: Finding | undefined, enteredLocked: readonly FunctionRef[]): TrialReport;
}

/** Trials against the session's texts as they are now: what they give is worked out once for all of them. */
export function openTrial(session: Session, file: string): Trial {
  const findings = new Map<string, readonly Finding[]>();
  const dangers = new Map<string, ReadonlyMap<string, string>>();
  const health = new Map<string, Health>();
  const bench = benchOf(session);
  return {
    try(edits, finding, enteredLocked) {
      const changed = [...new Set(edits.map((edit) => edit.file))];
      const files = [...new Set([file, ...changed])].sort();
      const edited = changed.flatMap((path) => session.code.functionsIn(path)
        .filter(({ item: { span } }) => edits.some((edit) => edit.file === path && edit.start >= span.start && edit.end <= span.end)));
      const before = remembered(findings, files.join('\n'), () => bench.look([], (own) => finish(checkFiles(own, files)).findings));
      const risks = remembered(dangers, files.join('\n'), () => bench.look([], (own) => dangersIn(own, files)));
      const old = edited.map((ref) => remembered(health, `${ref.file}\n${ref.name}`, () => bench.look([], (own) => healthOf(own, ref))));
      return bench.look(edits, (copy) => {
        const after = finish(checkFiles(copy, files)).findings;
        const exempt = new Set(enteredLocked.map((ref) => ref.name));
        const pairs = edited.flatMap(({ file: path, name }, index) => {
          const now = copy.code.functionsIn(path).find((candidate) => candidate.name === name);
          const was = old[index];
          return was ? [{ name, was, now: now && healthOf(copy, now) }] : [];
        });
        return {
          gone: finding === undefined || count(after, finding) < count(before, finding),
          appeared: appeared(before, after),
          broken: pairs.flatMap(({ name, was, now }) => (now ? worseThan(was, now, name, exempt) : [`${name}() would not parse`])),
          dangers: [...dangersIn(copy, files)].filter(([key]) => !risks.has(key)).map(([, text]) => text),
          lost: pairs.flatMap(({ was, now }) => (now ? lostBetween(was, now, finding?.object) : [])),
        };
      });
    },
  };
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const answer = known.get(key) ?? make();
  known.set(key, answer);
  return answer;
}

/** Lines move with an edit: a finding is told by what it says of which function. */
function kindOf(finding: Finding): string {
  return [finding.rule, finding.file, finding.function, finding.config ?? ''].join('|');
}

function count(findings: readonly Finding[], like: Finding): number {
  return findings.filter((finding) => kindOf(finding) === kindOf(like)).length;
}

function appeared(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const left = new Map<string, number>();
  for (const finding of before) left.set(kindOf(finding), (left.get(kindOf(finding)) ?? 0) + 1);
  return after.filter((finding) => {
    const known = left.get(kindOf(finding)) ?? 0;
    left.set(kindOf(finding), known - 1);
    return known <= 0;
  });
}

interface Health {
  readonly parseGaps: number;
  /** Locks that some way through the function leaves taken, or drops for its caller. */
  readonly locks: string;
  /** References dropped, by object, on the way that drops most of them. */
  readonly drops: ReadonlyMap<string, number>;
  /** Not all ways were followed: which ones may change with every edit. */
  readonly isCut: boolean;
}

function healthOf(session: Session, ref: FunctionRef): Health {
  const locks = session.engine.summaryOf(ref).outcomes.flatMap((outcome) => [
    ...outcome.taken.map((hold) => printPlace(hold.lock)), ...outcome.dropped.map((lock) => `${printPlace(lock)} (dropped)`),
  ]);
  return {
    parseGaps: session.code.ir(ref).gaps.filter((gap) => gap.kind === 'parse').length,
    locks: [...new Set(locks)].sort().join(', ') || 'none',
    drops: dropsOf(session, ref),
    isCut: session.engine.executionOf(ref).gaps.some((gap) => gap.kind === 'budget'),
  };
}

function dropsOf(session: Session, ref: FunctionRef): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const final of session.engine.executionOf(ref).finals) {
    const own = new Map<string, number>();
    for (const effect of foldLastPuts(final.state.effects)) {
      if (effect.do !== 'put') continue;
      const object = objectText(effect.count);
      own.set(object, (own.get(object) ?? 0) + 1);
    }
    for (const [object, drops] of own) most.set(object, Math.max(drops, most.get(object) ?? 0));
  }
  return most;
}

/** Objects with fewer drops; where ways are missing, only the one that the change is about. */
function lostBetween(before: Health, after: Health, about: string | undefined): readonly string[] {
  const isTold = (object: string): boolean => object === about || !(before.isCut || after.isCut);
  return [...before.drops].filter(([object, drops]) => isTold(object) && (after.drops.get(object) ?? 0) < drops).map(([object]) => object);
}

function worseThan(before: Health, after: Health, name: string, exempt: ReadonlySet<string>): readonly string[] {
  if (after.parseGaps > before.parseGaps) return [`${name}() would not parse`];
  if (exempt.has(name) || after.locks === before.locks) return [];
  return [`${name}() would leave with other locks held than before: ${after.locks}, not ${before.locks}`];
}
