// Tries edits on a copy of the texts and looks again: is the finding gone, has another one appeared, does the text
// still parse, are locks and references balanced as before? The program is the session's own, with other texts for a
// moment. A function keeps its reference, and what the engine knows of it, as long as its text is the same: so the texts
// of those that call an edited one are changed as well, by a blank, and everything else is looked at once only.

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

export interface Trial {
  /** `enteredLocked`: functions that drop a lock for their caller once the edits are in. */
  try(edits: readonly Edit[], enteredLocked: readonly FunctionRef[]): TrialReport;
}

/** Trials against the session's texts as they are now: what they give is worked out once for all of them. */
export function openTrial(session: Session, finding: Finding): Trial {
  const findings = new Map<string, readonly Finding[]>();
  const health = new Map<string, Health>();
  return {
    try(edits, enteredLocked) {
      const changed = [...new Set(edits.map((edit) => edit.file))];
      const files = [...new Set([finding.file, ...changed])].sort();
      const edited = changed.flatMap((file) => session.code.functionsIn(file)
        .filter(({ item: { span } }) => edits.some((edit) => edit.file === file && edit.start >= span.start && edit.end <= span.end)));
      const before = remembered(findings, files.join('\n'), () => checkFiles(session, files).findings);
      const old = edited.map((ref) => remembered(health, `${ref.file}\n${ref.name}`, () => healthOf(session, ref)));
      return withTexts(session, edits, edited, (copy) => {
        const after = checkFiles(copy, files).findings;
        const exempt = new Set(enteredLocked.map((ref) => ref.name));
        const pairs = edited.flatMap(({ file, name }, index) => {
          const now = copy.code.functionsIn(file).find((candidate) => candidate.name === name);
          const was = old[index];
          return was ? [{ name, was, now: now && healthOf(copy, now) }] : [];
        });
        return {
          gone: count(after, finding) < count(before, finding),
          appeared: appeared(before, after),
          broken: pairs.flatMap(({ name, was, now }) => (now ? worseThan(was, now, name, exempt) : [`${name}() would not parse`])),
          lost: pairs.flatMap(({ was, now }) => [...was.drops].filter(([object, drops]) => now && (now.drops.get(object) ?? 0) < drops).map(([object]) => object)),
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

/** Runs `look` on a session with the edits in, and puts the texts back. */
function withTexts<T>(session: Session, edits: readonly Edit[], edited: readonly FunctionRef[], look: (copy: Session) => T): T {
  // What reaches an edited function through a pointer cannot be told by names: then all is worked out anew.
  const anew = edited.some((ref) => session.code.addressTaken(ref));
  const all = anew ? edits : [...edits, ...blanksIn(dependentsOf(session, edited))];
  const texts = new Map([...new Set(all.map((edit) => edit.file))].map((file) =>
    [file, applyEdits(session.textOf(file), all.filter((edit) => edit.file === file))] as const));

  try {
    for (const [file, text] of texts) session.code.setText(file, text);
    return look(copyOf(session, texts, anew));
  } finally {
    for (const file of texts.keys()) session.code.setText(file, session.textOf(file));
  }
}

/** Functions that call an edited one, at whatever distance. */
function dependentsOf({ code }: Session, edited: readonly FunctionRef[]): readonly FunctionRef[] {
  const reached = new Set(edited);
  for (const ref of reached) for (const caller of code.callers(ref)) reached.add(caller);
  return [...reached].slice(edited.length);
}

/** One before each closing brace. */
function blanksIn(refs: readonly FunctionRef[]): readonly Edit[] {
  return refs.map(({ file, item }) => ({ file, start: item.bodySpan.end - 1, end: item.bodySpan.end - 1, newText: ' ' }));
}

function copyOf(session: Session, texts: ReadonlyMap<string, string>, anew: boolean): Session {
  const { files, code, configHolds } = session;
  const textOf = (file: string): string => texts.get(file) ?? session.textOf(file);
  const copy = { files, code, configHolds, textOf, setText: () => undefined };
  if (!anew) return { ...copy, engine: session.engine, source: session.source };
  const engine = createEngine(code, session.engine.base.knowledge, { textOf, configHolds });
  return { ...copy, engine, source: createRecordSource(engine) };
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
