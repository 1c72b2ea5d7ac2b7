// Texts as the last commit has them, for the setting `onlyChanged`.

import { isAbsolute } from 'node:path';

import { git } from './git.ts';

/** Milliseconds: someone types several times in that, and commits less often. */
const remembered = 5_000;

export interface LastCommit {
  /** undefined: no repository, or the file is not in it. `tree` is an absolute folder. */
  textOf(tree: string, file: string): string | undefined;
}

export function openLastCommit(now: () => number): LastCommit {
  const known = new Map<string, { readonly text: string | undefined; readonly at: number }>();
  return {
    textOf(tree, file) {
      // Outside of the tree.
      if (isAbsolute(file)) return undefined;
      const key = `${tree}\n${file}`;
      const last = known.get(key);
      if (last !== undefined && now() - last.at < remembered) return last.text;
      const answer = git(tree, ['cat-file', 'blob', `HEAD:./${file}`]);
      const text = answer.ok ? answer.value : undefined;
      known.set(key, { text, at: now() });
      return text;
    },
  };
}
