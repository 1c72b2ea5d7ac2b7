// The bundled sample as a folder to open and to edit: a kernel tree so small that answers come at once.

import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SAMPLE = fileURLToPath(new URL('../fixtures/demo', import.meta.url));

const FILE = 'drivers/group/group.c';

export interface SampleTree {
  /** Absolute. */
  readonly root: string;
  /** The C file, named after the tree: quick open finds it by that. */
  readonly file: string;
}

export interface SampleTrees {
  readonly trees: readonly SampleTree[];
  /** A workspace of the first two. */
  readonly workspace: string;
  /** Makes it one of all of them, while it is open. */
  readonly openAll: () => void;
  /** 1-based line of the unlocked last put, and of the get of the lookup. */
  readonly put: number;
  readonly get: number;
  readonly remove: () => void;
}

export function makeSampleTrees(...names: readonly string[]): SampleTrees {
  const aside = mkdtempSync(join(tmpdir(), 'kreflens-sample-'));
  const trees = names.map(name => ({ root: join(aside, name), file: `drivers/group/${name}.c` }));
  for (const { root, file } of trees) {
    cpSync(SAMPLE, root, { recursive: true });
    renameSync(join(root, FILE), join(root, file));
  }
  const workspace = join(aside, 'both.code-workspace');
  const writeWorkspace = (folders: readonly SampleTree[]): void =>
    writeFileSync(workspace, JSON.stringify({ folders: folders.map(({ root }) => ({ path: root })) }));
  writeWorkspace(trees.slice(0, 2));
  const lines = readFileSync(join(SAMPLE, FILE), 'utf8').split('\n');
  const lineWith = (text: string): number => lines.findIndex(line => line.includes(text)) + 1;
  return {
    trees, workspace, put: lineWith('\tkref_put('), get: lineWith('\tkref_get('),
    openAll: () => writeWorkspace(trees),
    remove: () => rmSync(aside, { recursive: true, force: true }),
  };
}
