// Tries edits on a copy of the texts and looks again: is the finding gone, has another one appeared, does the text
// still parse, are the locks balanced as before? The program is the session's own, with other texts for a moment;
// the engine is a new one, so that nothing the session has worked out is touched.

import { printPlace } from '../../domain/value.ts';
import { createEngine } from '../../engine/engine.ts';
import { foldLastPuts } from '../../engine/summarise.ts';
import { createRecordSource } from '../../finality/analysis.ts';
import type { FunctionRef } from '../../program/code.ts';
import { objectText } from '../../rules/context.ts';
import { applyEdits } from '../apply-edits.ts';
import { checkFiles } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Session } from '../session.ts';
import type { Edit } from '../workspace.ts';

export interface TrialReport {
  readonly gone: boolean;
  readonly appeared: readonly Finding[];
  /** What no longer parses, or leaves with other locks held than before: one sentence each. */
  readonly broken: readonly string[];
  /** Objects of which an edited function drops fewer references than before, as it spells them. */
  readonly lost: readonly string[];
}

/** `enteredLocked`: functions that drop a lock for their caller once the edits are in. */
export function tryEdits(session: Session, edits: readonly Edit[], finding: Finding, enteredLocked: readonly FunctionRef[]): TrialReport {
  const changed = [...new Set(edits.map((edit) => edit.file))];
  const files = [...new Set([finding.file, ...changed])];
  const edited = changed.flatMap((file) => session.code.functionsIn(file)
    .filter(({ item: { span } }) => edits.some((edit) => edit.file === file && edit.start >= span.start && edit.end <= span.end)));
  const exempt = new Set(enteredLocked.map((ref) => ref.name));
  const before = checkFiles(session, files).findings;
  const healthBefore = edited.map((ref) => healthOf(session, ref));
  const texts = new Map(changed.map((file) =>
    [file, applyEdits(session.textOf(file), edits.filter((edit) => edit.file === file))] as const));

  try {
    for (const [file, text] of texts) session.code.setText(file, text);
    const copy = copyOf(session, texts);
    const after = checkFiles(copy, files).findings;
    const pairs = edited.flatMap((ref, index) => {
      const now = copy.code.functionsIn(ref.file).find((candidate) => candidate.name === ref.name);
      const old = healthBefore[index];
      return old ? [{ name: ref.name, old, now: now && healthOf(copy, now) }] : [];
    });
    return {
      gone: count(after, finding) < count(before, finding),
      appeared: appeared(before, after),
      broken: pairs.flatMap(({ name, old, now }) => (now ? worseThan(old, now, name, exempt) : [`${name}() would not parse`])),
      lost: pairs.flatMap(({ old, now }) => [...old.drops].filter(([object, drops]) => now && (now.drops.get(object) ?? 0) < drops).map(([object]) => object)),
    };
  } finally {
    for (const file of changed) session.code.setText(file, session.textOf(file));
  }
}

function copyOf(session: Session, texts: ReadonlyMap<string, string>): Session {
  const { code, configHolds } = session;
  const textOf = (file: string): string => texts.get(file) ?? session.textOf(file);
  const engine = createEngine(code, session.engine.base.knowledge, { textOf, configHolds });
  return { files: session.files, code, configHolds, textOf, engine, source: createRecordSource(engine), setText: () => undefined };
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
}

function healthOf(session: Session, ref: FunctionRef): Health {
  const locks = session.engine.summaryOf(ref).outcomes.flatMap((outcome) => [
    ...outcome.taken.map((hold) => printPlace(hold.lock)), ...outcome.dropped.map((lock) => `${printPlace(lock)} (dropped)`),
  ]);
  return {
    parseGaps: session.code.ir(ref).gaps.filter((gap) => gap.kind === 'parse').length,
    locks: [...new Set(locks)].sort().join(', ') || 'none',
    drops: dropsOf(session, ref),
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

function worseThan(before: Health, after: Health, name: string, exempt: ReadonlySet<string>): readonly string[] {
  if (after.parseGaps > before.parseGaps) return [`${name}() would not parse`];
  if (exempt.has(name) || after.locks === before.locks) return [];
  return [`${name}() would leave with other locks held than before: ${after.locks}, not ${before.locks}`];
}
