// Which headers a file sees, in which order.

import type { IncludeItem } from '../syntax/items.ts';
import { folderOf, inside, join, upwards } from './paths.ts';
import type { Store } from './store.ts';

export interface Closure {
  /** Header -> rank; of two definitions of a name the one of lower rank counts. */
  readonly rank: ReadonlyMap<string, number>;
  /** Headers reached by `#include "..."` all the way. */
  readonly quoted: readonly string[];
  /** The bound was reached: further headers are not seen. */
  readonly cut: boolean;
}

export interface Includes {
  closure(file: string): Closure;
  release(file: string): void;
  clear(): void;
}

interface Target {
  readonly path: string;
  readonly number: number;
  readonly quoted: boolean;
  readonly isGeneric: boolean;
}

/** A source file of 6.12 sees at most about 1,500 headers. */
const maxHeaders = 6000;
const quotedFirst = -1e6;
/** x86 stands for all architectures, except in a file of another one. */
const defaultArch = 'x86';
/**
 * include/asm-generic/ holds fall-backs under `#ifndef name`; the architecture's header defines its own name and
 * includes the fall-back after it, though never before.
 */
const fallBackLast = 1e6;

export function openIncludes(store: Store): Includes {
  const closures = new Map<string, Closure>();
  // By architecture; what a header outside include/ means by "x.h" can also depend on the -I options of the file that
  // is compiled, so by that one's folder.
  const resolved = new Map<string, (readonly Target[] | undefined)[]>();
  // Paths by number, and the last walk that met each, so that a walk over a thousand headers, once per source file, only touches arrays.
  const numbers = new Map<string, number>();
  let seenIn = new Int32Array(1024);
  let quotedIn = new Int32Array(1024);
  let walks = 0;
  const makeFolders = new Map<string, readonly string[]>();

  function closure(file: string): Closure {
    let known = closures.get(file);
    if (known === undefined) closures.set(file, (known = walk(file)));
    return known;
  }

  function walk(root: string): Closure {
    const arch = /^arch\/([^/]+)\//.exec(root)?.[1] ?? defaultArch;
    const shared = resolvedIn(arch);
    const local = resolvedIn(`${arch} ${folderOf(root)}`);
    const rank = new Map<string, number>();
    const quoted: string[] = [];
    const generic: string[] = [];
    const walkNumber = ++walks;
    let count = 1;
    let next = 0;
    let cut = false;
    const visit = (path: string, number: number, byQuotes: boolean): void => {
      const known = path.startsWith('include/') ? shared : local;
      const targets = (known[number] ??= targetsOf(path, arch, root));
      for (const target of targets) {
        const stillQuoted = byQuotes && target.quoted;
        const again = seenIn[target.number] === walkNumber;
        if (again && (!stillQuoted || quotedIn[target.number] === walkNumber)) continue;
        if (count > maxHeaders) {
          cut = true;
          return;
        }
        seenIn[target.number] = walkNumber;
        if (!again) count++;
        if (stillQuoted) {
          quotedIn[target.number] = walkNumber;
          quoted.push(target.path);
        }
        visit(target.path, target.number, stillQuoted);
        // After its own includes: their text stands before its.
        if (rank.has(target.path)) continue;
        rank.set(target.path, next++);
        if (target.isGeneric) generic.push(target.path);
      }
    };
    const start = numberOf(root);
    seenIn[start] = walkNumber;
    quotedIn[start] = walkNumber;
    visit(root, start, true);
    for (const path of quoted) rank.set(path, (rank.get(path) ?? 0) + quotedFirst);
    for (const path of generic) {
      const at = rank.get(path) ?? 0;
      if (at >= 0) rank.set(path, at + fallBackLast);
    }
    return { rank, quoted, cut };
  }

  function numberOf(path: string): number {
    let number = numbers.get(path);
    if (number === undefined) {
      numbers.set(path, (number = numbers.size));
      if (number >= seenIn.length) {
        seenIn = grown(seenIn);
        quotedIn = grown(quotedIn);
      }
    }
    return number;
  }

  function resolvedIn(key: string): (readonly Target[] | undefined)[] {
    let known = resolved.get(key);
    if (known === undefined) resolved.set(key, (known = []));
    return known;
  }

  function targetsOf(path: string, arch: string, root: string): readonly Target[] {
    const found: Target[] = [];
    for (const include of store.file(path)?.includes ?? []) {
      const target = find(include, path, arch, root);
      if (target === undefined) continue;
      store.offer(target);
      found.push({ path: target, number: numberOf(target), quoted: include.quoted, isGeneric: target.startsWith('include/asm-generic/') });
    }
    return found;
  }

  function find(include: IncludeItem, from: string, arch: string, root: string): string | undefined {
    const { path } = include;
    const here = folderOf(from);
    if (include.quoted) {
      const beside = join(here, path);
      if (beside !== undefined && store.exists(beside)) return beside;
    }
    const bases = [
      'include', 'include/uapi', `arch/${arch}/include`, `arch/${arch}/include/uapi`,
      ...(path.startsWith('asm/') ? [] : folderOptions(folderOf(root))),
    ];
    for (const base of bases) {
      const candidate = join(base, path);
      if (candidate !== undefined && store.exists(candidate)) return candidate;
    }
    if (path.startsWith('asm/')) {
      const generic = `include/asm-generic/${path.slice('asm/'.length)}`;
      if (store.exists(generic)) return generic;
    }
    if (include.quoted) {
      for (const folder of upwards(here).slice(1)) {
        const candidate = join(folder, path);
        if (candidate !== undefined && store.exists(candidate)) return candidate;
      }
    }
    return undefined;
  }

  /** Folders of the -I options in the Makefiles of a folder and its parents: `-I $(src)/libxfs`. */
  function folderOptions(folder: string): readonly string[] {
    let known = makeFolders.get(folder);
    if (known === undefined) {
      const found: string[] = [];
      for (const at of upwards(folder)) {
        // The top Makefile sets up include/ and the architecture's, which are tried anyhow.
        if (at === '' || at === '/' || !store.exists(inside(at, 'Makefile'))) continue;
        const text = store.text(inside(at, 'Makefile')) ?? '';
        for (const option of text.matchAll(/-I\s*(\S+)/g)) {
          const spelled = (option[1] ?? '')
            .replace(/^\$\(srctree\)\/\$\(src\)/, at).replace(/^\$[({](?:src|obj)[)}]/, at)
            .replace(/^\$[({](?:srctree|objtree)[)}]\/?/, '');
          const path = spelled.includes('$') ? undefined : join('', spelled);
          if (path !== undefined && !found.includes(path)) found.push(path);
        }
      }
      makeFolders.set(folder, (known = found));
    }
    return known;
  }

  return {
    closure,
    release: (file) => closures.delete(file),
    clear() {
      closures.clear();
      resolved.clear();
      makeFolders.clear();
    },
  };
}

function grown(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(2 * numbers.length);
  twice.set(numbers);
  return twice;
}
