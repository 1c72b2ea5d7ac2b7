// What the faces (command line, language server) ask of the engine. Plain data in, plain data out; nothing throws.

import type { Around } from './around.ts';
import type { CheckReport, Finding, FunctionSummary } from './finding.ts';
import type { RaceStep } from './interleaving.ts';
import type { TreeIndex } from '../index/tree-index.ts';
import type { Position } from '../base/span.ts';
import type { Steps } from '../base/steps.ts';

export type { Files } from '../base/files.ts';

export interface Edit {
  /** UTF-16 offsets into the current text of `file`. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

export interface VerifiedFix {
  readonly id: string;
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly proved: readonly string[];
  readonly assumed: readonly string[];
  /** Not empty: the fix is shown disabled, with these reasons. */
  readonly refuted: readonly string[];
}

export interface WhyAnswer {
  /** 'can be the last' | 'cannot be the last' | 'unknown' and the sentence that says why. */
  readonly verdict: string;
  readonly lines: readonly string[];
}

export interface Hover {
  /** At most 12 lines of Markdown, and the same content as plain text. */
  readonly markdown: string;
  readonly plain: string;
  readonly start: Position;
  readonly end: Position;
}

export interface WorkspaceOptions {
  /** What is known of the whole tree. */
  readonly index?: TreeIndex;
  readonly kconfig?: ReadonlyMap<string, string>;
  /** Absolute path of the user's own facts file, whether it is there or not. */
  readonly userFacts?: string;
}

export interface Workspace {
  /** Tells the engine that a file's text is now this one (an open editor), or undefined: what the disk has. */
  setText(file: string, text: string | undefined): void;
  /** Findings of these files, ordered by file, line, rule. */
  check(files: readonly string[]): CheckReport;
  /** The same in steps. A file's findings are those of its text at its last step. */
  checking(files: readonly string[]): Steps<CheckReport>;
  /** What is wrong with the facts files that are in use, as findings in them; `check` of such a file gives the same. */
  mistakes(): readonly Finding[];
  /** Summaries of a function, by name or FILE:NAME; empty when there is none. */
  summary(name: string, file?: string): readonly FunctionSummary[];
  /** `linkTo` gives the address of a line (1-based), for places in the Markdown; absent: they are plain text. */
  hover(file: string, position: Position, linkTo?: (file: string, line: number) => string | undefined): Hover | undefined;
  fixes(finding: Finding): readonly VerifiedFix[];
  /** Edits that state what the put on this line (1-based) relies on and nothing in its function says. */
  facts(file: string, line: number): readonly VerifiedFix[];
  why(file: string, line: number): WhyAnswer | undefined;
  /** The two-CPU diagram of a finding, at most 75 columns, no trailing newline. */
  race(finding: Finding): string;
  /** The steps that the diagram is printed from; empty: one CPU is enough. */
  interleaving(finding: Finding): readonly RaceStep[];
  /** What editors show beside findings and hovers. */
  readonly around: Around;
}
