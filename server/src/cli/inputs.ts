// The files that PATH arguments stand for, in a fixed order, each known to be readable C text.

import { join } from 'node:path';

import type { Gap } from '../base/gap.ts';
import type { Host } from './host.ts';
import { fileInTree, type NamedPath } from './open.ts';
import type { Problems } from './problems.ts';
import { isC, largestFile, sourceText } from './source-text.ts';

export interface Inputs {
  /** As the engine spells them: relative to the tree, or absolute outside of it. Sorted, each once. */
  readonly files: readonly string[];
  readonly gaps: readonly Gap[];
}

export function collectInputs(host: Host, problems: Problems, tree: string, paths: readonly NamedPath[]): Inputs {
  const files = new Set<string>();
  const gaps: Gap[] = [];
  for (const named of paths) {
    if (named.kind === 'folder') addFolder(host, problems, tree, named, files, gaps);
    else addFile(host, problems, tree, named, files, gaps);
  }
  return { files: [...files].sort(), gaps };
}

function addFile(host: Host, problems: Problems, tree: string, named: NamedPath, files: Set<string>, gaps: Gap[]): void {
  const why = named.kind === 'special' ? 'not a regular file' : !isC(named.path) ? 'not C (no .c or .h file)' : undefined;
  if (why !== undefined) return problems.say(`${named.named}: ${why}`);
  const file = fileInTree(host, tree, named.path);
  const source = readSource(host, file, named.path, named.size);
  if (!source.ok) return problems.say(`${named.named}: ${source.why}`);
  if (!files.has(file)) gaps.push(...source.value);
  files.add(file);
}

function addFolder(host: Host, problems: Problems, tree: string, named: NamedPath, files: Set<string>, gaps: Gap[]): void {
  let found = 0;
  let unreadable = 0;
  const visit = (folder: string, shown: string): void => {
    const names = host.listFolder(folder, tree);
    if (!names.ok) {
      unreadable += 1;
      return problems.say(`${shown}: ${names.why}`);
    }
    for (const name of names.value) {
      if (name.endsWith('/')) visit(join(folder, name), join(shown, name.slice(0, -1)));
      else if (name.endsWith('.c')) {
        found += 1;
        addFoundFile(host, tree, join(folder, name), files, gaps);
      }
    }
  };
  visit(named.path, named.named);
  if (found === 0 && unreadable === 0) problems.say(`${named.named}: no C file in this folder`);
}

/** A file that nobody named: what is wrong with it is a gap, so that one bad file does not fail a whole folder. */
function addFoundFile(host: Host, tree: string, path: string, files: Set<string>, gaps: Gap[]): void {
  const file = fileInTree(host, tree, path);
  if (files.has(file)) return;
  const stat = host.stat(path);
  const source = stat.ok ? readSource(host, file, path, stat.value.size) : stat;
  if (!source.ok) {
    gaps.push({ file, line: 1, kind: 'parse', detail: source.why });
    return;
  }
  gaps.push(...source.value);
  files.add(file);
}

function readSource(host: Host, file: string, path: string, size: number): { ok: true; value: readonly Gap[] } | { ok: false; why: string } {
  if (size > largestFile) return { ok: false, why: 'larger than 16 MB' };
  const bytes = host.readBytes(path);
  if (!bytes.ok) return bytes;
  const source = sourceText(file, bytes.value);
  return source.ok ? { ok: true, value: source.value.gaps } : source;
}
