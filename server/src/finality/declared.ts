// What facts say of variables and members, in the names that locks and registries have here: which lock guards them.

import type { GuardedBy } from '../kernel/schema.ts';
import type { Code } from '../program/code.ts';
import { plainName } from './object-view.ts';
import type { LookupRecord, NamedLock } from './records.ts';

/** The facts that speak of a variable (`crates`, as `file` sees it) or a struct's member (`struct crate.node`). */
export function guardsOf(guarded: readonly GuardedBy[], name: string, file: string, code: Code): readonly GuardedBy[] {
  const spelled = name.replace(/^.*:/, '');
  return guarded.filter((fact) => fact.of.includes(spelled) && (fact.in === undefined || code.variable(spelled, file)?.file === fact.in));
}

/**
 * The lookup with the locks that guard the list it walks, or the member that links its entries: who looks there holds
 * them, be it a caller that is not seen. Not one that this path drops before the get: that it does not hold any more.
 */
export function withGuards(lookup: LookupRecord, guarded: readonly GuardedBy[], code: Code): LookupRecord {
  const { container, link } = lookup.registry;
  const { file } = lookup.ref;
  const locks = [container, link].flatMap((name) => guardsOf(guarded, name, file, code)).map(({ by }) => lockNamed(by, file, code))
    // What this path itself took for the find it may have dropped: that speaks for itself.
    .filter(({ name }) => !lookup.dropped.includes(name) && !lookup.atFind.some((own) => own.name === name));
  if (locks.length === 0) return lookup;
  const and = (held: readonly NamedLock[]): readonly NamedLock[] => [...held, ...locks];
  return { ...lookup, locks: and(lookup.locks), atFind: and(lookup.atFind), atGet: and(lookup.atGet) };
}

/** `crates_lock`, or `struct shop.lock`: that of the object in question. */
function lockNamed(by: string, file: string, code: Code): NamedLock {
  const variable = code.variable(by, file);
  const name = variable?.isStatic ? `${variable.file}:${by}` : by;
  return { name, inner: by.includes('.') ? by : undefined, id: '', shared: false, text: plainName(by) };
}
