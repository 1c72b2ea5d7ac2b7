// The shape of a lowered function: the order in which its blocks are worked off, its loops, and which locals are still
// needed at a block. Computed once per function.

import type { Block, Expr, FunctionIr, Instruction, Terminator } from '../lower/ir.ts';

export interface Flow {
  /** Position of each block in reverse post-order. */
  readonly order: readonly number[];
  /** Loop heads: the blocks that belong to the loop, the head included. */
  readonly loops: ReadonlyMap<number, ReadonlySet<number>>;
  /** By loop head: locals that each time around computes from what they were (`i++`), and what is computed from those. */
  readonly counters: ReadonlyMap<number, ReadonlySet<string>>;
  /** Locals (and temporaries, as `%7`) that may be read at or after the start of each block. */
  readonly live: readonly ReadonlySet<string>[];
  /** Locals whose address is taken: they are never forgotten. */
  readonly addressed: ReadonlySet<string>;
  /** Temporaries of calls whose result is assigned to a local. */
  readonly kept: ReadonlySet<number>;
  /** Temporaries that anything is done with: `%7`. */
  readonly read: ReadonlySet<string>;
}

export function flowOf(fn: FunctionIr): Flow {
  const successors = fn.blocks.map((block) => targetsOf(block.terminator));
  const { order, backEdges } = reversePostOrder(successors);
  const loops = naturalLoops(successors, backEdges);
  const counters = new Map([...loops].map(([head, blocks]) => [head, countersIn(fn.blocks.filter((block) => blocks.has(block.id)))] as const));
  return { order, loops, counters, live: liveness(fn.blocks, successors, order), addressed: addressedLocals(fn.blocks), kept: keptResults(fn.blocks), read: readTemporaries(fn.blocks) };
}

export function targetsOf(terminator: Terminator): readonly number[] {
  switch (terminator.op) {
    case 'goto':
      return [terminator.to];
    case 'branch':
      return [terminator.then, terminator.else];
    case 'iterate':
      return [terminator.body, terminator.exit];
    case 'return':
    case 'stop':
      return [];
  }
}

function reversePostOrder(successors: readonly (readonly number[])[]) {
  const order = new Array<number>(successors.length).fill(-1);
  const state = new Uint8Array(successors.length);
  const backEdges: { from: number; to: number }[] = [];
  const finished: number[] = [];
  const stack: { block: number; next: number }[] = [{ block: 0, next: 0 }];
  if (successors.length > 0) state[0] = 1;
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (!top) break;
    const to = successors[top.block]?.[top.next];
    if (to === undefined) {
      state[top.block] = 2;
      finished.push(top.block);
      stack.pop();
      continue;
    }
    top.next += 1;
    if (state[to] === 1) backEdges.push({ from: top.block, to });
    else if (state[to] === 0) {
      state[to] = 1;
      stack.push({ block: to, next: 0 });
    }
  }
  finished.reverse().forEach((block, position) => { order[block] = position; });
  return { order, backEdges };
}

function naturalLoops(successors: readonly (readonly number[])[], backEdges: readonly { from: number; to: number }[]) {
  const predecessors = successors.map((): number[] => []);
  successors.forEach((targets, from) => { for (const to of targets) predecessors[to]?.push(from); });
  const loops = new Map<number, Set<number>>();
  for (const { from, to } of backEdges) {
    const body = loops.get(to) ?? new Set([to]);
    const pending = [from];
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      if (body.has(block)) continue;
      body.add(block);
      pending.push(...(predecessors[block] ?? []));
    }
    loops.set(to, body);
  }
  return loops;
}

function countersIn(blocks: readonly Block[]): ReadonlySet<string> {
  const sets = blocks.flatMap(({ instructions }) => instructions.flatMap((instruction) => {
    if (instruction.op !== 'set' || instruction.target.op !== 'name') return [];
    const from = new Set<string>();
    eachName(instruction.value, (name) => from.add(name));
    return [{ name: instruction.target.name, from }];
  }));
  const counters = new Set(sets.filter(({ name, from }) => from.has(name)).map(({ name }) => name));
  for (let before = -1; before !== counters.size; ) {
    before = counters.size;
    for (const { name, from } of sets) if ([...from].some((other) => counters.has(other))) counters.add(name);
  }
  return counters;
}

function liveness(blocks: readonly Block[], successors: readonly (readonly number[])[], order: readonly number[]) {
  const uses = blocks.map(usesAndDefinitions);
  const live = blocks.map(() => new Set<string>());
  const backwards = blocks.map((block) => block.id).sort((a, b) => (order[b] ?? 0) - (order[a] ?? 0));
  for (let changed = true; changed; ) {
    changed = false;
    for (const id of backwards) {
      const at = live[id];
      const own = uses[id];
      if (!at || !own) continue;
      const before = at.size;
      for (const name of own.used) at.add(name);
      for (const to of successors[id] ?? []) {
        for (const name of live[to] ?? []) if (!own.defined.has(name)) at.add(name);
      }
      if (at.size !== before) changed = true;
    }
  }
  return live;
}

/** Names read before they are set in the block, and names set as a whole before they are read. */
function usesAndDefinitions(block: Block) {
  const used = new Set<string>();
  const defined = new Set<string>();
  const use = (name: string) => { if (!defined.has(name)) used.add(name); };
  for (const instruction of block.instructions) {
    for (const expression of readBy(instruction)) eachName(expression, use);
    if (instruction.op === 'call') defined.add(`%${instruction.temp}`);
    else if (instruction.target.op === 'name') defined.add(instruction.target.name);
  }
  for (const expression of readAtEnd(block.terminator)) eachName(expression, use);
  return { used, defined };
}

function readAtEnd(terminator: Terminator): readonly Expr[] {
  if (terminator.op === 'branch') return [terminator.condition];
  if (terminator.op === 'iterate') return terminator.args;
  return terminator.op === 'return' && terminator.value ? [terminator.value] : [];
}

function readBy(instruction: Instruction): readonly Expr[] {
  if (instruction.op === 'set') return instruction.target.op === 'name' ? [instruction.value] : [instruction.target, instruction.value];
  return instruction.callee.kind === 'indirect' ? [instruction.callee.pointer, ...instruction.args] : instruction.args;
}

function addressedLocals(blocks: readonly Block[]): Set<string> {
  const names = new Set<string>();
  const visit = (expression: Expr): void => {
    if (expression.op === 'addr') {
      let of = expression.of;
      while (of.op === 'field' || of.op === 'index') of = of.base;
      if (of.op === 'name') names.add(of.name);
    }
    for (const child of childrenOf(expression)) visit(child);
  };
  for (const block of blocks) {
    for (const instruction of block.instructions) {
      if (instruction.op === 'set') visit(instruction.target);
      for (const expression of readBy(instruction)) visit(expression);
    }
    if (block.terminator.op === 'branch') visit(block.terminator.condition);
    if (block.terminator.op === 'return' && block.terminator.value) visit(block.terminator.value);
  }
  return names;
}

function keptResults(blocks: readonly Block[]): ReadonlySet<number> {
  const kept = new Set<number>();
  for (const { instructions } of blocks) {
    for (const instruction of instructions) {
      if (instruction.op !== 'set' || instruction.target.op !== 'name') continue;
      const value = instruction.value.op === 'cast' ? instruction.value.arg : instruction.value;
      if (value.op === 'temp') kept.add(value.id);
    }
  }
  return kept;
}

function readTemporaries(blocks: readonly Block[]): ReadonlySet<string> {
  const read = new Set<string>();
  const see = (name: string): void => { if (name.startsWith('%')) read.add(name); };
  for (const { instructions, terminator } of blocks) {
    for (const expression of [...instructions.flatMap(readBy), ...readAtEnd(terminator)]) eachName(expression, see);
  }
  return read;
}

export function eachName(expression: Expr, see: (name: string) => void): void {
  if (expression.op === 'name') see(expression.name);
  else if (expression.op === 'temp') see(`%${expression.id}`);
  for (const child of childrenOf(expression)) eachName(child, see);
}

function childrenOf(expression: Expr): readonly Expr[] {
  switch (expression.op) {
    case 'field':
      return [expression.base];
    case 'deref': case 'container':
      return [expression.pointer];
    case 'index':
      return [expression.base, expression.index];
    case 'addr':
      return [expression.of];
    case 'unary': case 'cast':
      return [expression.arg];
    case 'binary':
      return [expression.left, expression.right];
    case 'name': case 'temp': case 'number': case 'string': case 'unknown':
      return [];
  }
}
