// Applies edits to a copy of the program and looks again: is the finding gone, has another one appeared, does the text
// still parse, are the locks balanced as before?

import type { Gap } from '../../base/gap.ts';
import { printPlace } from '../../domain/value.ts';
import type { FunctionRef } from '../../program/code.ts';
import { applyEdits } from '../apply-edits.ts';
import { checkFiles } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Session } from '../session.ts';
import type { Edit } from '../workspace.ts';

export interface TrialReport {
  readonly gone: boolean;
  readonly appeared: readonly Finding[];
  /** What no longer parses, or holds other locks at its end than before: one sentence each. */
  readonly broken: readonly string[];
}

/** Where edits are tried: a session of its own over the same files. */
export interface Bench {
  /** What the workspace was told: an open editor's text, or undefined for what the disk has. */
  setText(file: string, text: string | undefined): void;
  /** `enteredLocked`: functions that drop a lock for their caller once the edits are in. */
  try(edits: readonly Edit[], finding: Finding, enteredLocked: readonly FunctionRef[]): TrialReport;
}

/** `open` opens a session over the same files; it is asked once, at the first trial. */
export function createBench(session: Session, open: () => Session): Bench {
  const texts = new Map<string, string>();
  let opened: Session | undefined;
  const copyOf = (): Session => {
    if (opened) return opened;
    opened = open();
    for (const [file, text] of texts) opened.setText(file, text);
    return opened;
  };
  return {
    setText(file, text) {
      if (text === undefined) texts.delete(file);
      else texts.set(file, text);
      opened?.setText(file, text);
    },
    try(edits, finding, enteredLocked) {
      const copy = copyOf();
      const changed = [...new Set(edits.map((edit) => edit.file))];
      const files = [...new Set([finding.file, ...changed])];
      const before = checkFiles(session, files).findings;
      for (const file of changed) {
        copy.setText(file, applyEdits(session.textOf(file), edits.filter((edit) => edit.file === file)));
      }
      const after = checkFiles(copy, files).findings;
      const entered = new Set(enteredLocked.map((ref) => ref.name));
      const report: TrialReport = {
        gone: count(after, finding) < count(before, finding),
        appeared: appeared(before, after),
        broken: changed.flatMap((file) => broken(session, copy, file, entered)),
      };
      for (const file of changed) copy.setText(file, texts.get(file));
      return report;
    },
  };
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

function broken(session: Session, copy: Session, file: string, enteredLocked: ReadonlySet<string>): readonly string[] {
  const known = new Map(session.code.functionsIn(file).map((ref) => [ref.name, ref]));
  const now = copy.code.functionsIn(file);
  if (now.length !== known.size) return [`${file} would not parse`];
  return now.flatMap((ref) => {
    const old = known.get(ref.name);
    if (!old || old === ref) return [];
    if (parseGaps(copy.code.ir(ref).gaps) > parseGaps(session.code.ir(old).gaps)) return [`${ref.name}() would not parse`];
    if (enteredLocked.has(ref.name)) return [];
    const locks = lockBalance(copy, ref);
    return locks === lockBalance(session, old) ? [] : [`${ref.name}() would leave with other locks held than before: ${locks || 'none'}`];
  });
}

function parseGaps(gaps: readonly Gap[]): number {
  return gaps.filter((gap) => gap.kind === 'parse').length;
}

/** Locks that some way through the function leaves taken, or drops for its caller. */
function lockBalance(session: Session, ref: FunctionRef): string {
  const locks = session.engine.summaryOf(ref).outcomes.flatMap((outcome) => [
    ...outcome.taken.map((hold) => `+${printPlace(hold.lock)}`), ...outcome.dropped.map((lock) => `-${printPlace(lock)}`),
  ]);
  return [...new Set(locks)].sort().join(' ');
}
