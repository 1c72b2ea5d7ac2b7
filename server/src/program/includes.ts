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
  const resolved = new Map<string, readonly { path: string; quoted: boolean }[]>();
  const makeFolders = new Map<string, readonly string[]>();

  function closure(file: string): Closure {
    let known = closures.get(file);
    if (known === undefined) closures.set(file, (known = walk(file)));
    return known;
  }

  function walk(root: string): Closure {
    const arch = /^arch\/([^/]+)\//.exec(root)?.[1] ?? defaultArch;
    const rank = new Map<string, number>();
    const quotedSeen = new Set<string>([root]);
    const seen = new Set<string>([root]);
    let next = 0;
    let cut = false;
    const visit = (path: string, byQuotes: boolean): void => {
      for (const include of includesOf(path, arch, root)) {
        const quoted = byQuotes && include.quoted;
        const again = seen.has(include.path);
        if (again && (!quoted || quotedSeen.has(include.path))) continue;
        if (seen.size > maxHeaders) {
          cut = true;
          return;
        }
        seen.add(include.path);
        if (quoted) quotedSeen.add(include.path);
        visit(include.path, quoted);
        // After its own includes: their text stands before its.
        if (!rank.has(include.path)) rank.set(include.path, next++);
      }
    };
    visit(root, true);
    quotedSeen.delete(root);
    rank.delete(root);
    for (const [path, at] of rank) {
      if (quotedSeen.has(path)) rank.set(path, at + quotedFirst);
      else if (path.startsWith('include/asm-generic/')) rank.set(path, at + fallBackLast);
    }
    return { rank, quoted: [...quotedSeen], cut };
  }

  function includesOf(path: string, arch: string, root: string): readonly { path: string; quoted: boolean }[] {
    // What a header outside include/ means by "x.h" can depend on the -I options of the file that is compiled.
    const key = `${arch} ${path.startsWith('include/') ? '' : folderOf(root)} ${path}`;
    let known = resolved.get(key);
    if (known === undefined) {
      const found: { path: string; quoted: boolean }[] = [];
      for (const include of store.file(path)?.includes ?? []) {
        const target = find(include, path, arch, root);
        if (target !== undefined) found.push({ path: target, quoted: include.quoted });
      }
      resolved.set(key, (known = found));
    }
    return known;
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
