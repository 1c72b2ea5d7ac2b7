// Which API does the same as another one, and more: found in the kernel knowledge by what the entries say they do.

import type { Knowledge, LockMode, Primitive, PrimitiveEffect } from '../../kernel/schema.ts';
import type { Code, FunctionRef } from '../../program/code.ts';
import type { NamedLock } from '../../finality/records.ts';

type PutEffect = PrimitiveEffect & { readonly do: 'put' };
type GetEffect = PrimitiveEffect & { readonly do: 'get' };

export function putOf(primitive: Primitive | undefined): PutEffect | undefined {
  return primitive?.effects?.find((effect): effect is PutEffect => effect.do === 'put');
}

function getOf(primitive: Primitive | undefined): GetEffect | undefined {
  return primitive?.effects?.find((effect): effect is GetEffect => effect.do === 'get');
}

/** `arg2` -> 2 */
export function argumentOf(path: string | undefined): number | undefined {
  const match = /^arg(\d)$/.exec(path ?? '');
  return match ? Number(match[1]) : undefined;
}

/** The put of the same kind of counter that takes a lock before the last decrement: kref_put_mutex() for kref_put(). */
export function lockingPut(knowledge: Knowledge, name: string, mode: LockMode): { readonly name: string; readonly lockArgument: number } | undefined {
  const plain = putOf(knowledge.primitives.get(name));
  if (!plain || plain.lockOnLast || plain.neverLast) return undefined;
  const found = [...knowledge.primitives.values()].flatMap((candidate) => {
    const put = putOf(candidate);
    const lockArgument = argumentOf(put?.lockOnLast?.lock);
    const alike = put?.lockOnLast?.mode === mode && put.count === plain.count && put.release === plain.release &&
      (plain.release !== undefined || put.zeroWhen === plain.zeroWhen);
    return alike && lockArgument !== undefined && !candidate.historic && familyOf(candidate.name) === familyOf(name)
      ? [{ name: candidate.name, lockArgument }] : [];
  });
  return closest(found, name);
}

/** The get that fails on a dying object: kref_get_unless_zero() for kref_get(). */
export function checkedGet(knowledge: Knowledge, name: string): string | undefined {
  const plain = getOf(knowledge.primitives.get(name));
  if (!plain || plain.checked) return undefined;
  const found = [...knowledge.primitives.values()].filter((candidate) => {
    const get = getOf(candidate);
    return get?.checked === true && get.count === plain.count && !candidate.historic && candidate.name.startsWith(`${name}_`);
  });
  return closest(found, name)?.name;
}

/** The function that reads a counter of this type: kref_read() for a struct kref, refcount_read() for a refcount_t. */
export function countReader(knowledge: Knowledge, type: string): string | undefined {
  const family = /^(?:struct )?([a-z0-9]+)/.exec(type)?.[1];
  const found = [...knowledge.primitives.values()].filter((one) => one.reads === 'arg0' && !one.historic && familyOf(one.name) === family);
  return closest(found, `${family ?? ''}_`)?.name;
}

/**
 * The function that takes an object of a struct off by its node `member`, and all that goes with it: kobject_del() for
 * the entry of a struct kobject.
 */
export function unlinker(knowledge: Knowledge, struct: string, member: string): Primitive | undefined {
  const family = `${struct.replace(/^struct /, '')}_`;
  const found = [...knowledge.primitives.values()].filter((one) => !one.historic && one.name.startsWith(family) &&
    one.effects?.some((effect) => effect.do === 'unlink' && effect.item === `arg0.${member}`) === true);
  return closest(found, family);
}

/** What tells lockdep, and everybody else, that a lock of whatever kind is held. */
export function assertion(knowledge: Knowledge): string | undefined {
  const found = [...knowledge.primitives.values()].filter((one) => !one.historic && one.source.endsWith('/lockdep.h') &&
    one.effects?.some((effect) => effect.do === 'assert-held' && effect.lock === 'arg0') === true);
  return found.map(({ name }) => name).toSorted((one, other) => one.length - other.length)[0];
}

const familyOf = (name: string): string => name.slice(0, name.indexOf('_'));

function closest<T extends { readonly name: string }>(found: readonly T[], name: string): T | undefined {
  const common = (other: string): number => {
    let length = 0;
    while (length < name.length && name[length] === other[length]) length += 1;
    return length;
  };
  return found.toSorted((one, other) => common(other.name) - common(one.name) || one.name.length - other.name.length || (one.name < other.name ? -1 : 1))[0];
}

/** How a lock is taken and dropped in the code that uses it. */
export interface LockCalls {
  readonly lock: string;
  readonly unlock: string;
  /** The argument as spelled there: `&gdp_mutex`. */
  readonly argument: string;
  readonly mode: LockMode;
  /** The interrupt flags are kept in a variable. */
  readonly flags: boolean;
}

/** As these functions spell it, the first that does; shared (read) holds do not count: a put needs the lock alone. */
export function lockCalls(code: Code, knowledge: Knowledge, lock: NamedLock, refs: readonly FunctionRef[]): LockCalls | undefined {
  for (const ref of refs) {
    let taken: Omit<LockCalls, 'unlock'> | undefined;
    for (const block of code.ir(ref).blocks) {
      for (const instruction of block.instructions) {
        if (instruction.op !== 'call' || instruction.callee.kind !== 'direct') continue;
        const { name } = instruction.callee;
        const [argument, ...rest] = instruction.argTexts;
        if (argument === undefined || !names(argument, lock)) continue;
        for (const effect of knowledge.primitives.get(name)?.effects ?? []) {
          if (effect.do === 'lock' && effect.when === undefined && effect.mode !== 'read') {
            taken ??= { lock: name, argument, mode: effect.mode, flags: rest.length > 0 };
          }
          if (effect.do === 'unlock' && taken) return { ...taken, unlock: name };
        }
      }
    }
  }
  return undefined;
}

/** Does an argument such as `&group->lock` end in the lock's own name? */
export function names(argument: string, lock: NamedLock): boolean {
  const last = /\w+$/.exec(lock.name)?.[0];
  return last !== undefined && /\w+$/.exec(argument.trim())?.[0] === last;
}

/** A static lock of a file is known in that file only; a lock inside an object needs the object. */
export function isVisibleIn(lock: NamedLock, file: string): boolean {
  if (/^(?:struct|union) /.test(lock.name) || lock.name.includes('->')) return false;
  const home = lock.name.lastIndexOf(':');
  return home < 0 || lock.name.slice(0, home) === file;
}
