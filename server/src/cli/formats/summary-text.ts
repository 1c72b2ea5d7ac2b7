// A function's summary as a kernel developer would write it down: locks, references, lists, fields, sleeping.

import type { FunctionSummary, SummaryRef } from '../../ide/finding.ts';
import { oneLine } from '../problems.ts';

type LockEffect = FunctionSummary['locks'][number]['effect'];
type RegistryEffect = FunctionSummary['registry'][number]['effect'];

const lockWords: Readonly<Record<LockEffect, string>> = {
  requires: 'needs', takes: 'takes', drops: 'drops', 'takes-and-drops': 'takes and drops',
};

const registryWords: Readonly<Record<RegistryEffect, (object: string, container: string) => string>> = {
  publishes: (object, container) => `puts ${object} on ${container}`,
  unlinks: (object, container) => `takes ${object} off ${container}`,
  finds: (object, container) => `finds ${object} in ${container}`,
};

export function summaryText(summaries: readonly FunctionSummary[]): string {
  return summaries.map(functionText).join('\n');
}

/** The same in one list, without lines: what of a function is compared when its text changes. */
export function effectLines(summary: FunctionSummary): readonly string[] {
  return [
    ...(Object.keys(lockWords) as LockEffect[]).flatMap((effect) =>
      summary.locks.filter((lock) => lock.effect === effect).map(({ lock }) => `${lockWords[effect]} ${lock}`)),
    ...summary.refs.map(reference),
    ...summary.registry.map(listed),
    ...summary.writes.map((entry) => `writes ${written(entry)}`),
    ...(summary.maySleep ? ['may sleep'] : []),
  ].map(oneLine);
}

function listed(entry: FunctionSummary['registry'][number]): string {
  return registryWords[entry.effect](entry.object, entry.in) + condition(entry.when);
}

function written({ place, value }: FunctionSummary['writes'][number]): string {
  return `${place} = ${value}`;
}

function functionText(summary: FunctionSummary): string {
  const lines = [
    ...section('locks', (Object.keys(lockWords) as LockEffect[]).flatMap((effect) => locks(summary, effect))),
    ...section('references', summary.refs.map((ref) => `${reference(ref)} (${ref.site.file}:${ref.site.line})`)),
    ...section('lists', summary.registry.map(listed)),
    ...section('writes', summary.writes.map(written)),
    ...section('outcomes', summary.outcomes.map(outcome)),
    summary.maySleep ? 'may sleep' : 'does not sleep',
    ...section('not seen', summary.gaps.map((gap) => `${gap.file}:${gap.line}: ${gap.detail}`)),
  ];
  return [`${summary.file}:${summary.line}: ${summary.function}()`, ...lines.map((line) => `  ${oneLineKeepIndent(line)}`)].join('\n') + '\n';
}

function section(title: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`${title}:`, ...entries.map((entry) => `  ${entry}`)];
}

function locks(summary: FunctionSummary, effect: LockEffect): readonly string[] {
  const names = summary.locks.filter((lock) => lock.effect === effect).map(({ lock }) => lock);
  return names.length === 0 ? [] : [`${lockWords[effect]} ${names.join(', ')}`];
}

function reference(ref: SummaryRef): string {
  const times = Math.abs(ref.change) === 1 ? '' : ` ${Math.abs(ref.change)} times`;
  const verb = ref.change < 0 ? 'drops' : 'takes';
  const last = ref.change >= 0 ? '' : ref.mayBeLast ? '; may be the last' : '; is not the last';
  const held = ref.held.length === 0 ? 'no lock held' : `${ref.held.join(', ')} held`;
  return `${verb} ${ref.object}${times}, ${held}${last}${condition(ref.when)}`;
}

function outcome({ when, returns, effects }: FunctionSummary['outcomes'][number]): string {
  const what = effects.length === 0 ? 'no effect' : effects.join('; ');
  return `${when === '' ? 'always' : `if ${when}`}: ${what}${returns === 'void' ? '' : `; returns ${returns}`}`;
}

function condition(when: string): string {
  return when === '' ? '' : `, if ${when}`;
}

function oneLineKeepIndent(line: string): string {
  return (/^ */.exec(line)?.[0] ?? '') + oneLine(line);
}
