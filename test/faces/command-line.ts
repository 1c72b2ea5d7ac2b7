// Runs the command line in this process, on real folders, with the small engine; output is caught.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

import type { Host } from '../../server/src/cli/host.ts';
import { run } from '../../server/src/cli/run.ts';
import { disk, diskFiles } from '../../server/src/main/disk.ts';
import { checkMany } from '../../server/src/main/check-host.ts';
import { indexHost } from '../../server/src/main/index-host.ts';
import { git } from '../../server/src/main/git.ts';
import { openFakeWorkspace } from './fake-workspace.ts';

/** A folder with these files, gone after the test. Names are paths inside it. */
export function folder(test: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'kreflens-test-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** The smallest folder that counts as a kernel tree. */
export const kernelTree = { Kconfig: '', 'include/linux/kref.h': '' } as const;

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export async function kreflens(cwd: string, args: readonly string[], change: Partial<Host> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const status = await run(
    {
      cwd,
      env: () => undefined,
      version: '1.2.3',
      now: () => 0,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      ...disk,
      readStdin: () => ({ ok: false, why: 'not given' }),
      git,
      page: () => undefined,
      filesOf: diskFiles,
      openWorkspace: openFakeWorkspace,
      checkMany,
      index: indexHost,
      serve: () => Promise.resolve(0),
      ...change,
    },
    args,
  );
  return { status, out, err };
}
