// Names for the places of a function that edits elsewhere in it do not change: `kobject_put#2` is its second call of
// that name. An offset would be new for everything behind a typed blank.

import type { Span } from '../base/span.ts';
import type { Expr, FunctionIr, Instruction, Terminator } from './ir.ts';

export interface Labels {
  /** The label of an instruction's or a branch's span; what has none of its own is named by its offset. */
  labelOf(span: Span): string;
  /** Back from a label, in the text that the function was lowered from. */
  spanOf(label: string): Span | undefined;
}

const made = new WeakMap<FunctionIr, Labels>();

export function labelsOf(fn: FunctionIr): Labels {
  const known = made.get(fn);
  if (known) return known;
  const labels = makeLabels(fn);
  made.set(fn, labels);
  return labels;
}

function makeLabels(fn: FunctionIr): Labels {
  const places: { span: Span; name: string }[] = [];
  for (const { instructions, terminator } of fn.blocks) {
    for (const instruction of instructions) places.push({ span: instruction.at, name: nameOf(instruction) });
    if ('at' in terminator) places.push({ span: terminator.at, name: terminatorName(terminator) });
  }
  places.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const byKey = new Map<string, string>();
  const byLabel = new Map<string, Span>();
  const times = new Map<string, number>();
  for (const { span, name } of places) {
    const key = keyOf(span);
    if (byKey.has(key)) continue;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    byKey.set(key, `${name}#${time}`);
    byLabel.set(`${name}#${time}`, span);
  }
  return {
    labelOf: (span) => byKey.get(keyOf(span)) ?? `@${span.start - fn.span.start}-${span.end - fn.span.start}`,
    spanOf(label) {
      const known = byLabel.get(label);
      if (known) return known;
      const offsets = /^@(-?\d+)-(-?\d+)$/.exec(label);
      return offsets ? { start: fn.span.start + Number(offsets[1]), end: fn.span.start + Number(offsets[2]) } : undefined;
    },
  };
}

const keyOf = (span: Span): string => `${span.start}:${span.end}`;

function nameOf(instruction: Instruction): string {
  if (instruction.op === 'set') return `=${lastName(instruction.target)}`;
  const { callee } = instruction;
  return callee.kind === 'direct' ? callee.name : `*${lastName(callee.pointer)}`;
}

function terminatorName(terminator: Terminator): string {
  return terminator.op === 'iterate' ? terminator.macro : terminator.op;
}

function lastName(expression: Expr): string {
  switch (expression.op) {
    case 'name': case 'field':
      return expression.name;
    case 'deref':
      return lastName(expression.pointer);
    case 'index':
      return lastName(expression.base);
    default:
      return '';
  }
}
