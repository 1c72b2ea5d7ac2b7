// From a crash log to findings: the stacks in it, the files that define their functions, and what explains them.

import type { Files, Workspace } from '../workspace.ts';
import { chooseFindings } from '../choose-findings.ts';
import { isNotice } from '../rule-catalogue.ts';
import { isFurniture } from '../../kernel/backtraces.ts';
import { findDefinitions, type Definitions } from './definitions.ts';
import { stacksIn, type Frame, type Stack } from './log.ts';
import { explain, type Explanation } from './match.ts';

export interface Crash extends Explanation {
  /** Of the log, in its order; empty: there is none in it. */
  readonly stacks: readonly Stack[];
  /** Stacks that were not looked at, since there are too many. */
  readonly left: number;
  /** Functions on the stacks that the tree does not define, sorted. */
  readonly unknown: readonly string[];
  /** Files that were checked, and those of the stacks' functions that were not, since there are too many. */
  readonly checked: readonly string[];
  readonly unchecked: readonly string[];
}

/** A machine that is dying says it many times; the first are about the cause. */
const MOST_STACKS = 64;

/** A stack goes through few files that have to do with the object: those nearest to the crash. */
const MOST_FILES = 12;

export function crash(files: Files, workspace: Pick<Workspace, 'check'>, log: string): Crash {
  const all = stacksIn(log);
  const stacks = all.slice(0, MOST_STACKS);
  const frames = framesByDepth(stacks);
  const names = new Set(frames.map((frame) => frame.function));
  const hints = new Set(frames.flatMap(({ source }) => source?.file ?? []));
  const definitions: Definitions = names.size === 0 ? new Map() : findDefinitions(files, names, hints);
  const defining = [...new Set(frames.flatMap((frame) => filesOf(frame, definitions)))];
  const checked = defining.slice(0, MOST_FILES).sort();
  const report = checked.length === 0 ? [] : workspace.check(checked).findings;
  const findings = chooseFindings(report, { rules: [], minConfidence: 'low' }).filter(({ rule }) => !isNotice(rule));
  return {
    stacks, left: all.length - stacks.length, ...explain(stacks, findings, definitions), checked, unchecked: defining.slice(MOST_FILES).sort(),
    unknown: [...names].filter((name) => !definitions.has(name)).sort(),
  };
}

/** The calls that may have to do with the object, the innermost of each stack first. */
function framesByDepth(stacks: readonly Stack[]): readonly Frame[] {
  const relevant = stacks.filter(({ role }) => role !== 'allocation').map(({ frames }) => frames.filter(({ certain }) => certain));
  const deepest = Math.max(0, ...relevant.map((frames) => frames.length));
  return Array.from({ length: deepest }, (_, depth) => relevant.flatMap((frames) => frames[depth] ?? [])).flat();
}

function filesOf(frame: Frame, definitions: Definitions): readonly string[] {
  const all = (definitions.get(frame.function) ?? []).map(({ file }) => file).filter((file) => !isFurniture(file));
  const decoded = all.filter((file) => file === frame.source?.file);
  return decoded.length > 0 ? decoded : all;
}
