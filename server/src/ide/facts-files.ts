// The facts files in use: the user's own, and above it the tree's. Their mistakes are findings in them.

import { lineStarts, positionAt } from '../base/span.ts';
import { readFacts, noFacts, type CallersHold, type Facts, type FactsMistake } from '../kernel/facts.ts';
import type { FunctionIr } from '../lower/ir.ts';
import type { Code } from '../program/code.ts';
import type { CheckReport, Finding } from './finding.ts';
import type { Files } from './workspace.ts';

/** At the tree's root. */
export const treeFacts = '.kreflens.json';

export interface FactsFiles {
  /** The later are believed where two speak of one name. */
  all(): readonly Facts[];
  isFacts(file: string): boolean;
  /** As of `Workspace.setText`; the file is a facts file. False: it says what it said before. */
  setText(file: string, text: string | undefined): boolean;
  /** Of this file; of all files in use if none is named. */
  mistakes(file?: string): readonly Finding[];
}

export function openFacts(files: Files, userFacts: string | undefined): FactsFiles {
  const names = [...(userFacts === undefined ? [] : [userFacts]), treeFacts];
  const read = (file: string, text: string | undefined): Known => (text === undefined ? { facts: noFacts, mistakes: [], text: '' } : { ...readFacts(text), text });
  const known = new Map(names.map((file) => [file, read(file, files.read(file))]));
  return {
    all: () => [...known.values()].map(({ facts }) => facts),
    isFacts: (file) => known.has(file),
    setText(file, text) {
      const now = read(file, text ?? files.read(file));
      const same = known.get(file)?.text === now.text;
      known.set(file, now);
      return !same;
    },
    mistakes: (file) => [...known].filter(([name]) => file === undefined || name === file).flatMap(([name, one]) => findingsIn(name, one)),
  };
}

interface Known {
  readonly facts: Facts;
  readonly mistakes: readonly FactsMistake[];
  readonly text: string;
}

function findingsIn(file: string, { mistakes, text }: Known): readonly Finding[] {
  const starts = lineStarts(text);
  return mistakes.map(({ message, span }) => ({
    rule: 'facts', severity: 'warning', confidence: 'high', file, function: '',
    range: { start: positionAt(starts, span.start), end: positionAt(starts, span.end) }, message, fixes: [], gaps: [],
  }));
}

export const nothingChecked: CheckReport = { findings: [], gaps: [], stats: { files: 0, functions: 0, analysed: 0 } };

/** The code as if its functions carried __must_hold() for the locks that facts say their callers hold. */
export function withCallers<T extends Pick<Code, 'ir'>>(code: T, facts: readonly Facts[]): T {
  const byName = new Map<string, CallersHold[]>();
  for (const fact of facts.flatMap(({ callers }) => callers)) {
    for (const name of fact.of) byName.set(name, [...(byName.get(name) ?? []), fact]);
  }
  if (byName.size === 0) return code;
  const made = new WeakMap<FunctionIr, FunctionIr>();
  return {
    ...code,
    ir(ref) {
      const ir = code.ir(ref);
      const locks = (byName.get(ref.name) ?? []).filter((fact) => fact.in === undefined || fact.in === ref.file).flatMap(({ hold }) => hold);
      if (locks.length === 0) return ir;
      const known = made.get(ir) ?? { ...ir, annotations: [...ir.annotations, ...locks.map((lock) => ({ kind: 'must_hold' as const, text: pointerTo(lock, ir) }))] };
      made.set(ir, known);
      return known;
    },
  };
}

/** A lock that is named by itself is the lock, not a pointer to one, unless a parameter has that name. */
function pointerTo(lock: string, { params }: FunctionIr): string {
  return /^\w+$/.test(lock) && !params.some(({ name }) => name === lock) ? `&${lock}` : lock;
}
