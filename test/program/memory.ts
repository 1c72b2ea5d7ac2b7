// A program in memory: paths and texts in, an open `Code` out.

import type { Files } from '../../server/src/base/files.ts';
import type { Knowledge, Primitive } from '../../server/src/kernel/schema.ts';
import { type CodeOptions, openCode } from '../../server/src/program/program.ts';

export type Texts = Record<string, string>;

export interface MemoryFiles extends Files {
  /** Paths in the order they were read. */
  readonly reads: string[];
}

export function memoryFiles(texts: Texts): MemoryFiles {
  const reads: string[] = [];
  return {
    reads,
    read(path) {
      reads.push(path);
      return texts[path];
    },
    list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const names = new Set<string>();
      for (const path of Object.keys(texts)) {
        if (!path.startsWith(prefix)) continue;
        const rest = path.slice(prefix.length);
        const slash = rest.indexOf('/');
        names.add(slash === -1 ? rest : rest.slice(0, slash + 1));
      }
      return [...names].sort();
    },
  };
}

const lock: Primitive = { name: 'mutex_lock', effects: [{ do: 'lock', lock: 'arg0', mode: 'mutex' }], source: 'test' };
const unlock: Primitive = { name: 'mutex_unlock', effects: [{ do: 'unlock', lock: 'arg0', mode: 'mutex' }], source: 'test' };
const likely: Primitive = { name: 'likely', transparent: true, source: 'test' };

export function testKnowledge(homes: Texts = {}): Knowledge {
  return {
    primitives: new Map([lock, unlock, likely].map((each) => [each.name, each])),
    iterators: new Map([['list_for_each_entry', { name: 'list_for_each_entry', cursor: 0, container: 1, member: 2, source: 'test' }]]),
    guards: new Map(),
    containers: new Map([['container_of', { name: 'container_of', pointer: 0, type: 1, member: 2 }]]),
    homes: new Map(Object.entries(homes)),
    guarded: [],
    references: new Set(),
  };
}

export function program(texts: Texts, homes: Texts = {}, options: CodeOptions = {}): ReturnType<typeof openCode> {
  return openCode(memoryFiles(texts), testKnowledge(homes), options);
}

/** `file:name` of a reference, or undefined. */
export function spelled(ref: { readonly file: string; readonly name: string } | undefined): string | undefined {
  return ref === undefined ? undefined : `${ref.file}:${ref.name}`;
}
