// Small trees on disk, and the index built from them.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

import { buildIndex, type IndexRequest } from '../../server/src/main/index-build.ts';

export function temporary(test: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'kreflens-index-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** Written long ago, as far as anyone can tell: what was written just now is never trusted to be unchanged. */
export function write(root: string, path: string, text: string, seconds = 1_700_000_000): void {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  utimesSync(full, seconds, seconds);
}

/** Folders of files that call each other. */
export function smallTree(test: TestContext): string {
  const root = temporary(test);
  write(root, 'Kconfig', '');
  write(root, 'include/linux/shed.h', 'int shed_put(int a);\nstatic inline int shed_drop(int a)\n{\n\treturn shed_put(a);\n}\n');
  for (const folder of ['lib', 'fs', 'fs/inner', 'net', 'mm', 'drivers/yard']) {
    for (const name of ['one', 'two', 'three']) {
      const own = `${folder.replace('/', '_')}_${name}`;
      write(root, `${folder}/${name}.c`, `#include <linux/shed.h>\nint ${own}(int a)\n{\n\treturn shed_drop(a) + shed_put(a);\n}\n`);
    }
  }
  write(root, 'lib/shed.c', 'int shed_put(int a)\n{\n\treturn lib_one(a);\n}\n');
  return root;
}

export interface Ran {
  readonly bytes: Buffer;
  readonly scanned: number;
  readonly said: readonly string[];
  readonly gaps: readonly { readonly file: string; readonly detail: string }[];
  callers(name: string): readonly string[];
}

export async function build(tree: string, cache: string, change: Partial<IndexRequest> = {}): Promise<Ran> {
  const said: string[] = [];
  const built = await buildIndex({ tree, cache, jobs: 1, say: (line) => void said.push(line), ...change });
  if (built === undefined) throw new Error('stopped');
  return { bytes: Buffer.from(built.bytes), scanned: built.scanned, said, gaps: built.index.stats.gaps, callers: built.index.callers };
}

export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile()).sort();
}
