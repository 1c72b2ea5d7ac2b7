// The object of a get or put as one way through a function sees it: where it came from, what it is called, which
// registries it is known to be in, and what of it is left when the way ends.

import { ZERO, classOf } from '../domain/facts.ts';
import { pathOf, rootOf, type Value } from '../domain/value.ts';
import type { Effect } from '../summary/effect.ts';
import type { Final } from '../engine/execute.ts';
import { REFERENCE_COUNTS, type Typing } from '../engine/typing.ts';

/** A registry an object is an entry of: the type-level name of its container, and of the member that links it. */
export interface RegistryName {
  readonly container: string;
  /** `struct foo.node`; empty when entries are stored as plain pointers. */
  readonly link: string;
}

export type Origin = 'param' | 'field' | 'element' | 'fresh' | 'result' | 'global';

/** The object of a get or put, as seen on one path. */
export interface ObjectView {
  readonly count: Value;
  /** Type-level name of the counter: `struct foo.ref`. */
  readonly counter: string | undefined;
  /** The same counter seen from the innermost struct that holds it: `struct kobject.kref` for `dev->kobj.kref`. */
  readonly inner: string | undefined;
  readonly origin: Origin;
  /** Type-level name of the place it was loaded from, for origin `field` or `global`. */
  readonly field: string | undefined;
  /** The object whose field that is: `dev` for `dev->kobj.parent`. */
  readonly fieldOwner: Value | undefined;
  /** Registries that it is known to be an entry of, on this path. */
  readonly memberOf: readonly RegistryName[];
  /** Containers that it was found not to be in, on this path. */
  readonly notIn: readonly string[];
  /** Known NULL (then nothing happens). */
  readonly absent: boolean;
}

export function objectView(count: Value, final: Final, effects: readonly Effect[], typing: Typing, file: string): ObjectView {
  const root = rootOf(count);
  const { node } = root;
  let origin: Origin = 'result';
  let field: string | undefined;
  let fieldOwner: Value | undefined;
  const memberOf: RegistryName[] = [];
  if (node.k === 'param') origin = 'param';
  else if (node.k === 'fresh') origin = 'fresh';
  else if (node.k === 'element') {
    origin = 'element';
    const registry = registryOf(root, typing, file);
    if (registry) memberOf.push(registry);
  } else if (node.k === 'load') {
    origin = rootOf(node.address).node.k === 'global' ? 'global' : 'field';
    field = typing.placeName(node.address, file);
    fieldOwner = rootOf(node.address);
  } else if (node.k === 'global') origin = 'global';
  for (const effect of effects) {
    if (effect.do !== 'publish' || rootOf(effect.item) !== root) continue;
    const container = typing.placeName(effect.into, file);
    if (container !== undefined) memberOf.push({ container, link: effect.link });
  }
  const notIn: string[] = [];
  for (const mark of final.state.marks) {
    if (mark.mark === 'member' && rootOf(mark.value) === root) memberOf.push({ container: mark.container, link: '' });
    if (mark.mark === 'not-member' && rootOf(mark.value) === root) notIn.push(mark.container);
  }
  return {
    count, counter: typing.typeName(count, file), inner: innerName(count, typing, file), origin, field, fieldOwner, memberOf, notIn,
    absent: (classOf(final.state.facts, root) & ~ZERO) === 0,
  };
}

export function registryOf(element: Value, typing: Typing, file: string): RegistryName | undefined {
  if (element.node.k !== 'element') return undefined;
  const container = typing.placeName(element.node.container, file);
  return container === undefined ? undefined : { container, link: element.node.link };
}

/** The name of a counter, or a lock, from the innermost struct around it; undefined where it is in none that is known. */
export function innerName(place: Value, typing: Typing, file: string): string | undefined {
  const path = pathOf(place);
  const last = path.at(-1);
  if (last === undefined || last.startsWith('-')) return undefined;
  const holder = typing.values.at(rootOf(place), path.slice(0, -1));
  const type = typing.contentType(holder, file);
  return type && type.pointers === 0 ? type.name + last : undefined;
}

/** A type-level name as people say it: without `struct`, without the file of a static. */
export function plainName(name: string): string {
  return name.replace(/^.*:/, '').replace(/^(struct|union) /, '');
}

/** A free, an unlink, a callback after a grace period, or a put of what is held in turn: who only wakes a waiter counts users. */
export function endsObject(last: readonly Effect[]): boolean {
  return last.some((effect) => {
    switch (effect.do) {
      case 'free': case 'unlink': case 'put':
        return true;
      case 'defer':
        return effect.how === 'rcu' || endsObject(effect.effects);
      default:
        return false;
    }
  });
}

/** Of a type that counts references and nothing else. */
export function isOfCountType(count: Value, typing: Typing, file: string): boolean {
  return REFERENCE_COUNTS.has(typing.contentType(count, file)?.name ?? '');
}

/** References taken less references dropped, in the first `until` effects. */
export function balance(effects: readonly Effect[], count: Value, until: number): number {
  let sum = 0;
  for (const effect of effects.slice(0, until)) {
    if (effect.do === 'init' && effect.count === count) sum += effect.references ?? 1;
    if (effect.do === 'get' && effect.count === count) sum += 1;
    if (effect.do === 'put' && effect.count === count) sum -= 1;
  }
  return sum;
}

/** Does a fresh object leave the function, other than through the registry it was put in? `isGone`: who holds it does not outlive the way. */
export function handedOut(root: Value, final: Final, isGone: (holder: Value) => boolean = () => false): boolean {
  if (final.returns && rootOf(final.returns) === root) return true;
  for (const { address, value } of final.state.memory.values()) {
    if (rootOf(value) !== root) continue;
    const holder = rootOf(address);
    if (holder !== root && holder.node.k !== 'local' && !isGone(holder)) return true;
  }
  return false;
}
