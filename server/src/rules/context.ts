// What every rule gets: the analysis, and a way to turn places into positions and texts.

import { compareText } from '../base/order.ts';
import { lineStarts, positionAt, type Position, type Span } from '../base/span.ts';
import type { Gap } from '../base/gap.ts';
import type { Code, FunctionRef } from '../program/code.ts';
import type { Analysis } from '../finality/analysis.ts';
import type { Hold, Site } from '../summary/effect.ts';
import type { Typing } from '../engine/typing.ts';
import type { Confidence, Finding, RuleId, Severity, Step, Witness } from '../ide/finding.ts';
import { printPlace, printValue, rootOf, type Value } from '../domain/value.ts';

export interface RuleContext {
  readonly analysis: Analysis;
  readonly code: Code;
  readonly typing: Typing;
  readonly textOf: (file: string) => string;
  /** undefined: no .config known. */
  readonly configHolds: (atom: string) => boolean | undefined;
  readonly gapsOf: (ref: FunctionRef) => readonly Gap[];
  /** The object of a counter, in that function's own names. */
  readonly objectIn: (ref: FunctionRef, count: Value) => string;
}

export type Rule = (context: RuleContext) => readonly Finding[];

const SEVERITY: Readonly<Record<Confidence, Severity>> = { high: 'warning', medium: 'information', low: 'hint' };

export function severityOf(confidence: Confidence): Severity {
  return SEVERITY[confidence];
}

/** A site's span in its file's text as it is now. */
export function spanIn(context: RuleContext, site: Site): Span {
  const ref = context.code.functionsIn(site.file).find((candidate) => candidate.name === site.function);
  return (ref && context.code.spanAt(ref, site.at)) ?? { start: 0, end: 0 };
}

export function rangeOf(context: RuleContext, site: Site): { start: Position; end: Position } {
  const span = spanIn(context, site);
  const starts = lineStarts(context.textOf(site.file));
  return { start: positionAt(starts, span.start), end: positionAt(starts, span.end) };
}

/** 1-based line of a site. */
export function lineOf(context: RuleContext, site: Site): number {
  return rangeOf(context, site).start.line + 1;
}

/** Source text of a site on one line, at most 80 characters. */
export function textAt(context: RuleContext, site: Site): string {
  const span = spanIn(context, site);
  const text = context.textOf(site.file).slice(span.start, span.end).replace(/\s+/g, ' ').trim();
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A call chain as witness steps, each with the locks held there. */
export function witnesses(context: RuleContext, chain: readonly Site[], held: readonly Hold[]): readonly Witness[] {
  return chain.map((site, depth) => ({
    file: site.file,
    line: lineOf(context, site),
    function: site.function,
    text: textAt(context, site),
    held: [...new Set(held.filter((hold) => nesting(hold) <= depth).map((hold) => printPlace(hold.lock)))],
  }));
}

/** How many calls below the function a lock was taken: each call on the way prefixes the hold's id. */
function nesting(hold: Hold): number {
  return hold.id.split('>').length - 1;
}

export function step(context: RuleContext, role: Step['role'], site: Site): Step {
  return { role, file: site.file, line: lineOf(context, site), function: site.function, text: textAt(context, site) };
}

/** The object of a counter, as the function spells it. */
export function objectText(count: Value): string {
  const root = rootOf(count);
  if (root.node.k === 'load') return printPlace(root.node.address);
  return printValue(root).replace(/^&/, '');
}

const LONGEST_MESSAGE = 100;

/** The first that fits; the same said with fewer words after it. */
export function fitting(...messages: readonly [string, ...string[]]): string {
  return messages.find((message) => message.length <= LONGEST_MESSAGE) ?? messages.at(-1) ?? messages[0];
}

export function makeFinding(
  context: RuleContext, rule: RuleId, confidence: Confidence, site: Site, message: string, rest: Partial<Finding>,
): Finding {
  return {
    rule, severity: severityOf(confidence), confidence, file: site.file, function: site.function, range: rangeOf(context, site),
    message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 3)}...` : message, fixes: [], gaps: [], ...rest,
  };
}

export function byPlace(one: Finding, other: Finding): number {
  return compareText(one.file, other.file) || one.range.start.line - other.range.start.line || one.range.start.character - other.range.start.character || compareText(one.rule, other.rule);
}
