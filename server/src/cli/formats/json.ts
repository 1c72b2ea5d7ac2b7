// The form for scripts. Keys are written in one fixed order whatever the engine's objects look like.

import type { Gap } from '../../base/gap.ts';
import type { Finding, FixOffer, FunctionSummary, Step, Witness } from '../../ide/finding.ts';
import type { Report } from './report.ts';

export function json(report: Report): string {
  const { files, functions, analysed } = report.stats;
  return print({
    schema: 1,
    tool: { name: 'kreflens', version: report.version },
    // Paths in the output are relative to the tree, and the tree is named so too: equal trees give equal bytes.
    tree: '.',
    findings: report.findings.map(findingJson),
    gaps: report.gaps.map(gapJson),
    stats: { files, functions, analysed, milliseconds: report.milliseconds },
  });
}

export function summaryJson(summaries: readonly FunctionSummary[]): string {
  return print({ schema: 1, functions: summaries.map(functionJson) });
}

export function print(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

// JSON.stringify leaves out what is undefined: so are the keys that the contract says are absent.

export function findingJson(finding: Finding): unknown {
  const { start, end } = finding.range;
  return {
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    file: finding.file,
    function: finding.function,
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
    message: finding.message,
    object: finding.object,
    lock: finding.lock,
    config: finding.config,
    put: finding.put?.map(witnessJson),
    lookup: finding.lookup?.map(witnessJson),
    steps: finding.steps?.map(stepJson),
    fixes: finding.fixes.map(fixJson),
    gaps: finding.gaps.map(gapJson),
  };
}

function witnessJson({ file, line, function: inFunction, text, held }: Witness): unknown {
  return { file, line, function: inFunction, text, held };
}

function stepJson({ role, file, line, function: inFunction, text }: Step): unknown {
  return { role, file, line, function: inFunction, text };
}

function fixJson({ id, title, proved, assumed, refuted }: FixOffer): unknown {
  return { id, title, proved, assumed, refuted };
}

function gapJson({ file, line, function: inFunction, kind, detail }: Gap): unknown {
  return { file, line, function: inFunction, kind, detail };
}

function functionJson(summary: FunctionSummary): unknown {
  return {
    function: summary.function,
    file: summary.file,
    line: summary.line,
    maySleep: summary.maySleep,
    locks: summary.locks.map(({ lock, effect }) => ({ lock, effect })),
    refs: summary.refs.map(({ object, change, when, held, mayBeLast, site }) => ({
      object, change, when, held, mayBeLast, site: { file: site.file, line: site.line },
    })),
    writes: summary.writes.map(({ place, value }) => ({ place, value })),
    registry: summary.registry.map(({ effect, object, in: container, when }) => ({ effect, object, in: container, when })),
    outcomes: summary.outcomes.map(({ when, returns, effects }) => ({ when, returns, effects })),
    gaps: summary.gaps.map(gapJson),
  };
}
