// Where the user's own facts file is, whether it exists or not.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { pathInTree } from '../ide/tree.ts';
import type { WorkspaceOptions } from '../ide/workspace.ts';

/**
 * By the XDG base directory rules: a relative $XDG_CONFIG_HOME does not count. Spelled as the files of `tree` are, so
 * that an editor that has opened the facts file finds them by its name.
 */
export function userFacts(tree: string | undefined): Required<Pick<WorkspaceOptions, 'userFacts'>> {
  const given = process.env['XDG_CONFIG_HOME'];
  const folder = given !== undefined && isAbsolute(given) ? given : join(homedir(), '.config');
  const path = join(folder, 'kreflens', 'facts.json');
  return { userFacts: tree === undefined ? path : pathInTree(tree, path) };
}
