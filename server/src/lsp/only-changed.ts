// The setting `onlyChanged`: findings in functions whose effects differ from those of the last commit. By effects, not by
// text: moving lines or renaming a local brings nothing up, and a callee's change brings up its callers.

import type { Finding, FunctionSummary } from '../ide/finding.ts';
import type { Workspace } from '../ide/workspace.ts';
import type { Document } from './documents.ts';
import type { Session } from './session.ts';
import type { Tree } from './trees.ts';

/** An engine of its own, on the committed texts of the documents and what the disk has of the rest. */
interface Before {
  readonly workspace: Workspace;
  /** By file. */
  readonly texts: Map<string, string>;
  /** By file and function, of the text above. */
  readonly effects: Map<string, string>;
}

const opened = new WeakMap<Tree, Before>();

/** All of them where the last commit is not at hand. */
export function inChangedFunctions(session: Session, { place: { tree, file } }: Document, findings: readonly Finding[]): readonly Finding[] {
  if (findings.length === 0) return findings;
  const text = session.world.headText?.(tree.root, file);
  if (text === undefined) return findings;
  const before = beforeOf(session, tree);
  if (before.texts.get(file) !== text) {
    before.texts.set(file, text);
    before.workspace.setText(file, text);
    before.effects.clear();
  }
  const effectsBefore = (name: string): string => {
    const key = `${file}:${name}`;
    const known = before.effects.get(key) ?? effectsOf(before.workspace.summary(name, file));
    before.effects.set(key, known);
    return known;
  };
  return findings.filter(({ function: name }) => effectsOf(tree.workspace.summary(name, file)) !== effectsBefore(name));
}

/** The disk or the `.config` changed: what was read of it is read again when it is needed. */
export function forgetBefore(tree: Tree): void {
  opened.delete(tree);
}

function beforeOf({ trees }: Session, tree: Tree): Before {
  const known = opened.get(tree) ?? { workspace: trees.openEngine(tree), texts: new Map<string, string>(), effects: new Map<string, string>() };
  opened.set(tree, known);
  return known;
}

/** Without the places: lines move. That there is no such function is an answer, too, and equals no function's. */
function effectsOf(summaries: readonly FunctionSummary[]): string {
  return JSON.stringify(summaries.map(({ maySleep, locks, refs, writes, registry, outcomes }) => ({
    maySleep, locks, refs: refs.map(({ site: _site, ...ref }) => ref), writes, registry, outcomes,
  })));
}
