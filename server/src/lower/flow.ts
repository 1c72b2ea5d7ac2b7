// Blocks under construction. Jumps may point to blocks that are filled later; `finish` drops what cannot be
// reached, joins straight lines and numbers the rest in reverse postorder.

import type { Span } from '../base/span.ts';
import type { Block, Expr, Instruction, Terminator } from './ir.ts';

export interface Draft {
  readonly id: number;
  readonly instructions: Instruction[];
  end: Terminator | undefined;
  config: readonly string[];
}

export interface Flow {
  readonly drafts: Draft[];
  /** Where the next instruction goes; a block that nothing jumps to after a `return`. */
  current: Draft;
  config: readonly string[];
}

export function newFlow(): Flow {
  const entry: Draft = { id: 0, instructions: [], end: undefined, config: [] };
  return { drafts: [entry], current: entry, config: [] };
}

export function newBlock(flow: Flow): Draft {
  const draft: Draft = { id: flow.drafts.length, instructions: [], end: undefined, config: flow.config };
  flow.drafts.push(draft);
  return draft;
}

export const emit = (flow: Flow, instruction: Instruction): void => void flow.current.instructions.push(instruction);

/** Ends the current block; what follows is unreachable until `enter`. */
export function end(flow: Flow, terminator: Terminator): void {
  flow.current.end ??= terminator;
  flow.current = newBlock(flow);
}

export const jump = (flow: Flow, to: Draft): void => end(flow, { op: 'goto', to: to.id });

/** Falls into `block` and goes on there. */
export function enter(flow: Flow, block: Draft): void {
  flow.current.end ??= { op: 'goto', to: block.id };
  resume(flow, block);
}

/** Goes on in `block` without falling into it. */
export function resume(flow: Flow, block: Draft): void {
  block.config = flow.config; // a label's block may have been made by a jump from elsewhere
  flow.current = block;
}

export function branch(flow: Flow, condition: Expr, then: Draft, otherwise: Draft, at: Span): void {
  if (condition.op === 'number' && !Number.isNaN(condition.value)) jump(flow, condition.value !== 0 ? then : otherwise);
  else if (then === otherwise) jump(flow, then);
  else end(flow, { op: 'branch', condition, then: then.id, else: otherwise.id, at });
}

export function finish(flow: Flow): Block[] {
  const { drafts } = flow;
  const target = (id: number): number => {
    // An empty block that only jumps on is no stop on the way; a loop of such blocks is one.
    const seen = new Set<number>();
    let at = id;
    for (;;) {
      const draft = drafts[at];
      if (!draft || draft.instructions.length > 0 || draft.end?.op !== 'goto' || seen.has(at)) return at;
      seen.add(at);
      at = draft.end.to;
    }
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const draft of drafts) {
      const last = draft.end;
      if (last?.op !== 'branch' || target(last.then) !== target(last.else)) continue;
      draft.end = { op: 'goto', to: last.then };
      changed = true;
    }
  }
  const order = reversePostorder(drafts, target);
  const entries = new Map<number, number>();
  for (const id of order) for (const to of successors(drafts[id], target)) entries.set(to, (entries.get(to) ?? 0) + 1);

  // A block with one way in, from a block with one way out, is its continuation.
  const heads: { ids: number[]; last: Draft }[] = [];
  const headOf = new Map<number, number>();
  for (const id of order) {
    if (headOf.has(id)) continue;
    let last = drafts[id];
    if (!last) continue;
    const ids = [id];
    headOf.set(id, heads.length);
    while (last.end?.op === 'goto') {
      const to = target(last.end.to);
      const after = drafts[to];
      if (!after || to === 0 || headOf.has(to) || entries.get(to) !== 1 || !sameConfig(last, after)) break;
      ids.push(to);
      headOf.set(to, heads.length);
      last = after;
    }
    heads.push({ ids, last });
  }
  const place = (id: number): number => headOf.get(target(id)) ?? 0;
  return heads.map(({ ids, last }, id) => ({
    id,
    instructions: ids.flatMap((each) => drafts[each]?.instructions ?? []),
    terminator: redirect(last.end ?? { op: 'stop' }, place),
    ...(last.config.length > 0 ? { config: last.config } : {}),
  }));
}

const sameConfig = (a: Draft, b: Draft): boolean => a.config.length === b.config.length && a.config.every((atom, i) => atom === b.config[i]);

function successors(draft: Draft | undefined, target: (id: number) => number): number[] {
  const last = draft?.end;
  if (last?.op === 'goto') return [target(last.to)];
  if (last?.op === 'branch') return [target(last.then), target(last.else)];
  if (last?.op === 'iterate') return [target(last.body), target(last.exit)];
  return [];
}

function reversePostorder(drafts: readonly Draft[], target: (id: number) => number): number[] {
  const seen = new Set<number>([0]);
  const order: number[] = [];
  // Last successor first, so that the reversed order has the first one (the `then`) right behind its branch.
  const stack: { id: number; rest: number[] }[] = [{ id: 0, rest: successors(drafts[0], target) }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (!top) break;
    const to = top.rest.pop();
    if (to === undefined) {
      order.push(top.id);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ id: to, rest: successors(drafts[to], target) });
    }
  }
  return order.reverse();
}

function redirect(terminator: Terminator, place: (id: number) => number): Terminator {
  switch (terminator.op) {
    case 'goto':
      return { op: 'goto', to: place(terminator.to) };
    case 'branch':
      return { ...terminator, then: place(terminator.then), else: place(terminator.else) };
    case 'iterate':
      return { ...terminator, body: place(terminator.body), exit: place(terminator.exit) };
    default:
      return terminator;
  }
}
