// What the faces (command line, language server) ask of the engine. Plain data in, plain data out; nothing throws.

import type { CheckReport, Finding, FunctionSummary } from './finding.ts';
import type { Position } from '../base/span.ts';

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
  readonly kconfig?: ReadonlyMap<string, string>;
}

export interface Workspace {
  /** Tells the engine that a file's text is now this one (an open editor), or undefined: what the disk has. */
  setText(file: string, text: string | undefined): void;
  /** Findings of these files, ordered by file, line, rule. */
  check(files: readonly string[]): CheckReport;
  /** Summaries of a function, by name or FILE:NAME; empty when there is none. */
  summary(name: string, file?: string): readonly FunctionSummary[];
  hover(file: string, position: Position): Hover | undefined;
  fixes(finding: Finding): readonly VerifiedFix[];
  why(file: string, line: number): WhyAnswer | undefined;
  /** The two-CPU diagram of a finding, at most 75 columns, no trailing newline. */
  race(finding: Finding): string;
}
