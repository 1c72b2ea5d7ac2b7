// The parts of the suite that need something of this machine: which there are, what each needs, how to get it.
// A part that lacks its need is skipped and says why; with CI=true it fails instead, since a skip proves nothing there.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Part {
  /** For node:test's `skip` option: false, or the reason. */
  readonly skip: string | false;
}

type Need = 'KREFLENS_TREE_6_1' | 'KREFLENS_TREE_6_12' | 'editor' | 'neovim' | 'emacs';

const MISSING: Readonly<Record<Need, () => string | undefined>> = {
  KREFLENS_TREE_6_1: () => missingTree('KREFLENS_TREE_6_1'),
  KREFLENS_TREE_6_12: () => missingTree('KREFLENS_TREE_6_12'),
  editor: missingEditor,
  neovim: () => missingProgram('nvim', 'neovim'),
  emacs: () => missingProgram('emacs', 'emacs-nox') ?? missingEglot(),
};

/** Throws, which fails the test file, when a need is missing and CI=true. */
export function part(...needs: readonly Need[]): Part {
  const reasons = needs.map(need => MISSING[need]()).filter(reason => reason !== undefined);
  if (reasons.length === 0) return { skip: false };
  const reason = reasons.join('; ');
  if (process.env['CI'] === 'true') throw new Error(`CI=true allows no skip: ${reason}`);
  return { skip: reason };
}

function missingTree(variable: string): string | undefined {
  const tree = process.env[variable];
  if (tree === undefined) return `${variable} is not set`;
  return existsSync(join(tree, 'Kconfig')) ? undefined : `${variable}: no kernel tree in ${tree}`;
}

function missingEditor(): string | undefined {
  const home = process.env['KREFLENS_EDITOR'];
  if (home === undefined) return 'KREFLENS_EDITOR is not set';
  if (!existsSync(join(home, 'cs/node_modules/code-server/out/node/entry.js'))) return `no code-server in ${home}`;
  return missingProgram('chromium', 'chromium');
}

function missingProgram(program: string, debianPackage: string): string | undefined {
  const found = (process.env['PATH'] ?? '').split(':').some(folder => existsSync(join(folder, program)));
  return found ? undefined : `no ${program} (Debian package ${debianPackage})`;
}

/** Emacs has eglot of its own from 29 on; Debian 12's Emacs 28 gets it from the package elpa-eglot. */
function missingEglot(): string | undefined {
  const { status } = spawnSync('emacs', ['--batch', '--eval', "(require 'eglot)"], { stdio: 'ignore' });
  return status === 0 ? undefined : 'no eglot (Debian package elpa-eglot)';
}
