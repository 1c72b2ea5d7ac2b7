// What a crash log's stacks have to do with findings, for people and for scripts.

import type { Crash } from '../../ide/crash/crash.ts';
import type { Frame, Stack } from '../../ide/crash/log.ts';
import type { Match } from '../../ide/crash/match.ts';
import { findingJson, print } from './json.ts';
import { oneLine } from '../problems.ts';
import { findingText } from './text.ts';

/** `log` is how output names the log: `log:12` is its line 12. */
export function oopsText(log: string, crash: Crash): string {
  const lines = [
    ...crash.explained.flatMap(({ finding, matches }) => [
      ...findingText(finding).trimEnd().split('\n'),
      ...matches.map((match) => `    ${log}:${match.stack.line}: ${matchText(match)}`),
    ]),
    ...crash.alike.map((finding) => `${finding.file}:${finding.range.start.line + 1}: note: shares the lookup, but its put is on no stack [${finding.rule}]`),
    ...crash.unexplained.map((stack) => `${log}:${stack.line}: note: no finding explains '${stack.title}': ${shortStack(stack)}`),
    ...(crash.left === 0 ? [] : [`${log}: note: only the first ${crash.stacks.length} stacks were looked at, of ${crash.stacks.length + crash.left}`]),
    ...(crash.unknown.length === 0 ? [] : [`${log}: note: not defined in this tree: ${crash.unknown.join(', ')}`]),
    ...(crash.unchecked.length === 0 ? [] : [`${log}: note: not looked at: ${crash.unchecked.join(', ')}`]),
  ];
  return lines.map((line) => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}\n`).join('');
}

const subjects: Readonly<Record<Stack['role'], string>> = { use: 'this use', free: 'this free', allocation: 'this allocation' };

function matchText({ stack, what, frames, certain }: Match): string {
  const way = frames.map((frame) => `${frame.function}() at line ${frame.line}`).join(', ');
  const subject = subjects[stack.role];
  const is = certain ? 'is' : 'may be';
  switch (what) {
    case 'put': return `${stack.role === 'free' ? subject : 'this stack'} ${is} the put: ${way} (${stack.title})`;
    case 'lookup': return `${subject} ${is} the lookup: ${way} (${stack.title})`;
    case 'after-lookup': return `${subject} comes after the lookup, which ${way} calls (${stack.title})`;
  }
}

const shown = 6;

function shortStack({ frames }: Stack): string {
  const certain = frames.filter((frame) => frame.certain).map((frame) => frame.function);
  return [...certain.slice(0, shown), ...(certain.length > shown ? ['...'] : [])].join(' <- ');
}

export function oopsJson(log: string, crash: Crash, version: string): string {
  const numbers = new Map(crash.stacks.map((stack, index) => [stack, index]));
  return print({
    schema: 1,
    tool: { name: 'kreflens', version },
    log,
    stacks: crash.stacks.map(({ role, title, line, frames }) => ({ role, title, line, frames: frames.map(frameJson) })),
    matches: crash.explained.map(({ finding, matches }) => ({
      finding: findingJson(finding),
      stacks: matches.map(({ stack, what, certain, frames }) => ({ stack: numbers.get(stack), is: what, certain, frames: frames.map(frameJson) })),
    })),
    sharesLookup: crash.alike.map(findingJson),
    unmatched: crash.unexplained.map((stack) => numbers.get(stack)),
    unknown: crash.unknown,
    checked: crash.checked,
    unchecked: crash.unchecked,
    left: crash.left,
  });
}

function frameJson({ function: name, line, offset, size, module, source, certain }: Frame): unknown {
  return { function: name, line, offset, size, module, source, certain };
}
