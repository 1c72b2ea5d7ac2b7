// A small world for the lowering's tests: its own knowledge, and the macros that the tested text defines.

import type { Guard, Iterator, Knowledge, Primitive } from '../../server/src/kernel/schema.ts';
import { lowerFunction } from '../../server/src/lower/function.ts';
import type { FunctionIr } from '../../server/src/lower/ir.ts';
import { learn } from '../../server/src/syntax/catalogue.ts';
import type { MacroItem } from '../../server/src/syntax/items.ts';
import { scan } from '../../server/src/syntax/scan.ts';

const source = 'test';
const byName = <T extends { readonly name: string }>(entries: readonly T[]): ReadonlyMap<string, T> => new Map(entries.map((entry) => [entry.name, entry]));

const primitives: readonly Primitive[] = [
  { name: 'READ_ONCE', transparent: true, source },
  { name: 'likely', transparent: true, source },
  { name: 'unlikely', transparent: true, source },
  { name: 'BUG', noreturn: true, source },
  { name: 'PRIM', source },
];
const iterators: readonly Iterator[] = [
  { name: 'list_for_each_entry', cursor: 0, container: 1, member: 2, source },
];
const guards: readonly Guard[] = [
  { name: 'mutex', kind: 'guard', enter: 'mutex_lock(_T)', leave: 'mutex_unlock(_T)', source },
  { name: 'mutex_try', kind: 'guard', enter: 'mutex_trylock(_T)', conditional: true, leave: 'mutex_unlock(_T)', source },
  { name: 'mutex_intr', kind: 'guard', enter: 'mutex_lock_interruptible(_T) == 0', conditional: true, leave: 'mutex_unlock(_T)', source },
  { name: 'rcu', kind: 'guard', enter: 'rcu_read_lock()', leave: 'rcu_read_unlock()', source },
  { name: 'kfree', kind: 'free', leave: 'if (!IS_ERR_OR_NULL(_T)) kfree(_T)', source },
  { name: 'put_thing', kind: 'free', leave: 'if (_T) put_thing(_T)', source },
  { name: 'fd', kind: 'class', enter: 'fdget(_T)', leave: 'fdput(_T)', source },
];

export const knowledge: Knowledge = {
  primitives: byName(primitives),
  iterators: byName(iterators),
  guards: byName(guards),
  containers: byName([
    { name: 'container_of', pointer: 0, type: 1, member: 2 },
    { name: 'list_entry', pointer: 0, type: 1, member: 2 },
    { name: 'from_holder', pointer: 1, type: 0, member: 2, typeof: true as const },
  ]),
  guarded: [], references: new Set(), homes: new Map(),
};

/** All functions of a text, lowered. Every macro that the text defines is expanded. */
export function lowerText(text: string): FunctionIr[] {
  const items = scan(text);
  const macros = items.filter((item): item is MacroItem => item.kind === 'macro');
  const named = byName(macros);
  const catalogue = learn(macros);
  return items.flatMap((item) => item.kind === 'function'
    ? [lowerFunction({ file: 'a.c', text, item, catalogue, knowledge, macros: { find: (name) => named.get(name), expands: (name) => named.has(name) } })]
    : []);
}
