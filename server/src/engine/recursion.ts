// Which functions of a file reach themselves, and in what order those are worked through. The order depends on the
// file's text alone, so that what recursion cuts off does not depend on who asked first.

import type { FunctionRef } from '../program/code.ts';

export interface Place {
  /** The functions that reach each other, callees first as far as there is such an order. */
  readonly group: ReadonlyMap<FunctionRef, number>;
  readonly index: number;
}

export interface Recursion {
  /** undefined: the function never reaches itself within its file. */
  placeOf(ref: FunctionRef): Place | undefined;
}

/** `mentions`: names that a function's body speaks of, callbacks it hands on included. */
export function recursionIn(functions: readonly FunctionRef[], mentions: (ref: FunctionRef) => Iterable<string>): Recursion {
  const byName = new Map<string, FunctionRef>();
  for (const ref of functions) if (!byName.has(ref.name)) byName.set(ref.name, ref);
  const callees = new Map<FunctionRef, readonly FunctionRef[]>();
  for (const ref of functions) {
    const found = new Set<FunctionRef>();
    for (const name of mentions(ref)) {
      const callee = byName.get(name);
      if (callee) found.add(callee);
    }
    callees.set(ref, [...found]);
  }
  const places = new Map<FunctionRef, Place>();
  for (const component of components(functions, callees)) {
    const [only] = component;
    if (component.length === 1 && only && !callees.get(only)?.includes(only)) continue;
    const members = new Set(component);
    const group = new Map<FunctionRef, number>();
    const first = functions.find((ref) => members.has(ref));
    if (first) postOrder(first, (ref) => callees.get(ref)?.filter((callee) => members.has(callee)) ?? []).forEach((ref, index) => group.set(ref, index));
    for (const [ref, index] of group) places.set(ref, { group, index });
  }
  return { placeOf: (ref) => places.get(ref) };
}

function postOrder(start: FunctionRef, calleesOf: (ref: FunctionRef) => readonly FunctionRef[]): FunctionRef[] {
  const order: FunctionRef[] = [];
  const seen = new Set([start]);
  const stack = [{ ref: start, callees: calleesOf(start), next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const callee = top.callees[top.next];
    top.next += 1;
    if (!callee) {
      order.push(top.ref);
      stack.pop();
    } else if (!seen.has(callee)) {
      seen.add(callee);
      stack.push({ ref: callee, callees: calleesOf(callee), next: 0 });
    }
  }
  return order;
}

/** Tarjan's strongly connected components, without recursion of our own: call chains of a file can be long. */
function components(functions: readonly FunctionRef[], callees: ReadonlyMap<FunctionRef, readonly FunctionRef[]>): FunctionRef[][] {
  const found: FunctionRef[][] = [];
  const index = new Map<FunctionRef, number>();
  const low = new Map<FunctionRef, number>();
  const open: FunctionRef[] = [];
  const isOpen = new Set<FunctionRef>();
  const enter = (ref: FunctionRef) => {
    index.set(ref, index.size);
    low.set(ref, index.size - 1);
    open.push(ref);
    isOpen.add(ref);
    return { ref, next: 0 };
  };
  const lower = (ref: FunctionRef, to: number | undefined): void => {
    low.set(ref, Math.min(low.get(ref) ?? 0, to ?? 0));
  };
  for (const start of functions) {
    if (index.has(start)) continue;
    const stack = [enter(start)];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const callee = callees.get(top.ref)?.[top.next];
      top.next += 1;
      if (callee) {
        if (!index.has(callee)) stack.push(enter(callee));
        else if (isOpen.has(callee)) lower(top.ref, index.get(callee));
        continue;
      }
      stack.pop();
      const outer = stack.at(-1);
      if (outer) lower(outer.ref, low.get(top.ref));
      if (low.get(top.ref) !== index.get(top.ref)) continue;
      const component = open.splice(open.indexOf(top.ref));
      for (const ref of component) isOpen.delete(ref);
      found.push(component);
    }
  }
  return found;
}
