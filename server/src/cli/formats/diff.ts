// What a patch changes in effects and findings, for people and for scripts.

import type { EffectChanges, FunctionChange } from '../../ide/effect-changes.ts';
import type { FunctionSummary } from '../../ide/finding.ts';
import { findingJson, print } from './json.ts';
import { effectLines } from './summary-text.ts';
import { findingText } from './text.ts';

interface LineChanges {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Effects first, then findings that are gone (indented, so that no matcher takes them), then new ones as `check` prints them. */
export function diffText(changes: EffectChanges): string {
  const effects = changes.functions.flatMap((change) => {
    const { removed, added } = lineChanges(change);
    if (removed.length + added.length === 0) return [];
    return [`${change.file}: ${change.function}()${kindWord(change)}`, ...removed.map((line) => `  - ${line}`), ...added.map((line) => `  + ${line}`)];
  });
  const fixed = changes.fixed.flatMap((finding) => [`  ${findingText(finding).split('\n')[0] ?? ''}`]);
  const introduced = changes.introduced.map(findingText).join('');
  return [
    ...effects.map((line) => `${line}\n`),
    ...(fixed.length === 0 ? [] : ['fixed:\n', ...fixed.map((line) => `${line}\n`)]),
    ...(introduced === '' ? [] : ['introduced:\n', introduced]),
  ].join('');
}

export function diffJson(changes: EffectChanges, version: string): string {
  return print({
    schema: 1,
    tool: { name: 'kreflens', version },
    functions: changes.functions.flatMap((change) => {
      const { removed, added } = lineChanges(change);
      const kind = change.before === undefined ? 'added' : change.after === undefined ? 'removed' : 'changed';
      return removed.length + added.length === 0 ? [] : [{ function: change.function, file: change.file, change: kind, removed, added }];
    }),
    introduced: changes.introduced.map(findingJson),
    fixed: changes.fixed.map(findingJson),
    kept: changes.kept,
  });
}

function kindWord({ before, after }: FunctionChange): string {
  return before === undefined ? ', new' : after === undefined ? ', gone' : '';
}

function lineChanges({ before, after }: FunctionChange): LineChanges {
  const old = linesOf(before);
  const now = linesOf(after);
  return { removed: without(old, now), added: without(now, old) };
}

function linesOf(summary: FunctionSummary | undefined): readonly string[] {
  return summary === undefined ? [] : effectLines(summary);
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}
