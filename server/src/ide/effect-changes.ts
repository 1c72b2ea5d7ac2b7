// What a change of texts changes in what functions do, and which findings come and go with it.

import { scan } from '../syntax/scan.ts';
import type { FunctionItem } from '../syntax/items.ts';
import type { Finding, FunctionSummary } from './finding.ts';
import type { Workspace } from './workspace.ts';

export interface FileChange {
  /** Relative to the tree. */
  readonly file: string;
  /** undefined: the file was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** What it was called before. */
  readonly formerly?: string;
}

export interface FunctionChange {
  readonly file: string;
  readonly function: string;
  /** undefined: there was none, or there is none any more. */
  readonly before: FunctionSummary | undefined;
  readonly after: FunctionSummary | undefined;
}

export interface EffectChanges {
  /** Functions whose text changed, and those of the changed files that call them; in the order of the files. */
  readonly functions: readonly FunctionChange[];
  /** Places are those of the text after. */
  readonly introduced: readonly Finding[];
  /** Places are those of the text before. */
  readonly fixed: readonly Finding[];
  /** Findings that were there before and still are. */
  readonly kept: number;
}

/** `choose` says which findings count. The workspace is left with the texts after the change. */
export function effectChanges(
  workspace: Pick<Workspace, 'setText' | 'check' | 'summary'>, changes: readonly FileChange[], choose: (findings: readonly Finding[]) => readonly Finding[],
): EffectChanges {
  const renamed = new Map(changes.flatMap(({ file, formerly }) => (formerly === undefined ? [] : [[formerly, file] as const])));
  const pairs = changes.filter(({ file }) => !renamed.has(file)).map(({ file, before, after, formerly }) => ({
    before: formerly ?? file, after: file,
    names: namesTouched(formerly === undefined ? before : changes.find((change) => change.file === formerly)?.before, after),
  }));
  const look = (side: 'before' | 'after') => {
    // An absent file is an empty one: that is the same to whoever includes it or calls into it.
    for (const change of changes) workspace.setText(change.file, change[side] ?? '');
    const findings = choose(workspace.check(changes.filter((change) => change[side] !== undefined).map(({ file }) => file)).findings);
    const summaries = pairs.map((pair) => new Map(pair.names.map((name) => [name, workspace.summary(name, pair[side])[0]] as const)));
    return { findings, summaries };
  };
  const before = look('before');
  const after = look('after');
  const keyOf = keyWith(renamed);
  const introduced = without(after.findings, before.findings, keyOf);
  return {
    functions: pairs.flatMap(({ after: file, names }, index) => names.map((name) => (
      { file, function: name, before: before.summaries[index]?.get(name), after: after.summaries[index]?.get(name) }))),
    introduced,
    fixed: without(before.findings, after.findings, keyOf),
    kept: after.findings.length - introduced.length,
  };
}

/** The functions whose own text differs, and those that call them, in the order of the text after. */
function namesTouched(before: string | undefined, after: string | undefined): readonly string[] {
  const old = functionsOf(before);
  const now = functionsOf(after);
  const names = [...new Set([...now.keys(), ...old.keys()])];
  const touched = new Set(names.filter((name) => old.get(name)?.text !== now.get(name)?.text));
  for (let size = -1; size !== touched.size; ) {
    size = touched.size;
    for (const name of names) {
      const calls = [...(old.get(name)?.item.calls ?? []), ...(now.get(name)?.item.calls ?? [])];
      if (calls.some((callee) => touched.has(callee))) touched.add(name);
    }
  }
  return names.filter((name) => touched.has(name));
}

function functionsOf(text: string | undefined): ReadonlyMap<string, { readonly item: FunctionItem; readonly text: string }> {
  const items = text === undefined ? [] : scan(text).filter((item) => item.kind === 'function');
  return new Map(items.map((item) => [item.name, { item, text: text?.slice(item.span.start, item.span.end) ?? '' }]));
}

/** A finding is the same on both sides if it says the same of the same function: lines move. */
function keyWith(renamed: ReadonlyMap<string, string>): (finding: Finding) => string {
  return ({ rule, file, function: name, object, lock, config, message }) =>
    JSON.stringify([rule, renamed.get(file) ?? file, name, object, lock, config, message]);
}

/** Of several alike, as many as there are more of. */
function without(findings: readonly Finding[], others: readonly Finding[], keyOf: (finding: Finding) => string): readonly Finding[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(keyOf(other), (left.get(keyOf(other)) ?? 0) + 1);
  return findings.filter((finding) => {
    const count = left.get(keyOf(finding)) ?? 0;
    left.set(keyOf(finding), count - 1);
    return count <= 0;
  });
}
