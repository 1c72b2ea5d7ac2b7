// The locks held at any place of a function. The engine notes them at each call by name, before the call does anything;
// between two calls no lock changes hands. So those held at a place are those held at the next call on every way.

import type { Execution } from '../engine/execute.ts';
import type { Hold } from '../summary/effect.ts';

/** Sets of locks with which the place is reached: some instruction of a block, or (past the last one) its end. Empty: not known. */
export type HeldAt = (block: number, instruction: number) => readonly (readonly Hold[])[];

export function heldAtOf(execution: Execution): HeldAt {
  const { fn, finals } = execution;
  const atCalls = new Map<number, (readonly Hold[])[]>();
  for (const { span, held } of execution.calls) atCalls.set(span.start, [...(atCalls.get(span.start) ?? []), held]);

  const collect = (block: number, from: number, found: Set<readonly Hold[]>, seen: Set<number>): void => {
    const code = fn.blocks[block];
    if (!code) return;
    for (const instruction of code.instructions.slice(from)) {
      const noted = instruction.op === 'call' ? atCalls.get(instruction.at.start) : undefined;
      if (noted) {
        for (const held of noted) found.add(held);
        return;
      }
    }
    const go = (to: number): void => {
      if (seen.has(to)) return;
      seen.add(to);
      collect(to, 0, found, seen);
    };
    const { terminator } = code;
    switch (terminator.op) {
      case 'goto':
        return go(terminator.to);
      case 'branch':
        go(terminator.then);
        return go(terminator.else);
      case 'iterate':
        go(terminator.body);
        return go(terminator.exit);
      case 'return': {
        const here = finals.filter(({ span }) => span.start === terminator.at.start);
        for (const { state } of here.length > 0 ? here : finals) found.add(state.held);
        return;
      }
      case 'stop':
        return;
    }
  };
  return (block, instruction) => {
    const found = new Set<readonly Hold[]>();
    collect(block, instruction, found, new Set());
    return [...found];
  };
}
