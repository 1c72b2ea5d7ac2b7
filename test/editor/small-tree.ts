// A small editable kernel tree in which device_del() has the race of 2016: what the tests edit is copied from a real
// tree and rolled back to state B, the headers are linked.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BASE_HEADER, CLASS, CORE, delPut, state } from '../support/states.ts';

export interface SmallTree {
  readonly root: string;
  /** Where the last, unlocked put is: 1-based line, and the column of the call, a tab counting as one column. */
  readonly put: { readonly file: string; readonly line: number; readonly column: number };
  /** What the disk has now in that line and the `around` lines before and after it. */
  readonly linesAroundPut: (around: number) => string;
  readonly remove: () => void;
}

export function makeSmallTree(kernel: string): SmallTree {
  const root = mkdtempSync(join(tmpdir(), 'kreflens-tree-'));
  const driverCore = readdirSync(join(kernel, 'drivers/base')).filter(name => /\.[ch]$/.test(name)).map(name => `drivers/base/${name}`);
  for (const file of ['Kconfig', 'lib/kobject.c', ...driverCore]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(join(kernel, file), join(root, file));
  }
  symlinkSync(join(kernel, 'include'), join(root, 'include'));

  const shipped = new Map([CORE, BASE_HEADER, CLASS].map(file => [file, readFileSync(join(kernel, file), 'utf8')]));
  const { files } = state('B', shipped);
  for (const [file, text] of files) writeFileSync(join(root, file), text);
  const { file, line } = delPut(files);
  const lines = (): readonly string[] => readFileSync(join(root, file), 'utf8').split('\n');
  return {
    root,
    put: { file, line, column: (lines()[line - 1] ?? '').search(/\S/) + 1 },
    linesAroundPut: around => lines().slice(line - 1 - around, line + around).join('\n'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
