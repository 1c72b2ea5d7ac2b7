// The kernel's APIs as the engine asks for them: the data files under data/, unfolded into tables by name.

import { createHash } from 'node:crypto';
import type { ContainerMacro, Guard, Iterator, Knowledge, Primitive } from './schema.ts';
import alloc from './data/alloc.json' with { type: 'json' };
import containers from './data/containers.json' with { type: 'json' };
import device from './data/device.json' with { type: 'json' };
import globalLocks from './data/global-locks.json' with { type: 'json' };
import guards from './data/guards.json' with { type: 'json' };
import homes from './data/homes.json' with { type: 'json' };
import indexes from './data/indexes.json' with { type: 'json' };
import iterators from './data/iterators.json' with { type: 'json' };
import kobject from './data/kobject.json' with { type: 'json' };
import lists from './data/lists.json' with { type: 'json' };
import lockdep from './data/lockdep.json' with { type: 'json' };
import locks from './data/locks.json' with { type: 'json' };
import net from './data/net.json' with { type: 'json' };
import of from './data/of.json' with { type: 'json' };
import plain from './data/plain.json' with { type: 'json' };
import rcu from './data/rcu.json' with { type: 'json' };
import refcount from './data/refcount.json' with { type: 'json' };
import sleep from './data/sleep.json' with { type: 'json' };
import transparent from './data/transparent.json' with { type: 'json' };
import vfs from './data/vfs.json' with { type: 'json' };
import work from './data/work.json' with { type: 'json' };

/** One data file: each entry may stand for several names that do the same. Its JSON Schema is data/schema.json. */
export interface DataFile {
  readonly about: string;
  readonly primitives?: readonly Shared<Primitive>[];
  readonly iterators?: readonly Shared<Iterator>[];
  readonly guards?: readonly Guard[];
  readonly containers?: readonly Shared<ContainerMacro>[];
  /** Path in the tree -> functions that the file defines. */
  readonly homes?: Readonly<Record<string, readonly string[]>>;
}

type Shared<T> = Omit<T, 'name'> & { readonly names: readonly string[] };

// JSON imports widen literals to string; the schema test vouches for the shape.
const FILES = [
  alloc,
  containers,
  device,
  globalLocks,
  guards,
  homes,
  indexes,
  iterators,
  kobject,
  lists,
  lockdep,
  locks,
  net,
  of,
  plain,
  rcu,
  refcount,
  sleep,
  transparent,
  vfs,
  work,
] as unknown as readonly DataFile[];

let knowledge: Knowledge | undefined;
let hash: string | undefined;

/** All that is known; built once, deeply frozen. A name has at most one entry of each kind. */
export function loadKnowledge(): Knowledge {
  return (knowledge ??= buildKnowledge(FILES));
}

/** SHA-256 (hex) of the data: equal if and only if the knowledge is the same. */
export function knowledgeHash(): string {
  return (hash ??= createHash('sha256').update(JSON.stringify(FILES)).digest('hex'));
}

/** Unfolds data files. Of two entries with one name the last wins (the data's own test forbids them). */
export function buildKnowledge(files: readonly DataFile[]): Knowledge {
  const primitives = new Map<string, Primitive>();
  const iterators = new Map<string, Iterator>();
  const fallbackIterators = new Map<string, Iterator>();
  const guards = new Map<string, Guard>();
  const containers = new Map<string, ContainerMacro>();
  const homes = new Map<string, string>();
  for (const file of files) {
    for (const shared of file.primitives ?? []) unfold(shared, primitives);
    for (const shared of file.iterators ?? []) unfold(shared, isFallback(shared) ? fallbackIterators : iterators);
    for (const shared of file.containers ?? []) unfold(shared, containers);
    for (const guard of file.guards ?? []) guards.set(guard.name, freezeDeep(guard));
    for (const [path, names] of Object.entries(file.homes ?? {})) {
      for (const name of names) homes.set(name, path);
    }
  }
  return Object.freeze({ primitives, iterators, fallbackIterators, guards, containers, homes, guarded: [], references: new Set<string>() });
}

function isFallback(iterator: Shared<Iterator>): boolean {
  return iterator.container < 0 || iterator.holds !== undefined;
}

function unfold<T extends { readonly name: string }>(shared: Shared<T>, into: Map<string, T>): void {
  const { names, ...rest } = shared;
  freezeDeep(rest);
  for (const name of names) into.set(name, Object.freeze({ name, ...rest } as unknown as T));
}

function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freezeDeep(part);
  return Object.freeze(value);
}
