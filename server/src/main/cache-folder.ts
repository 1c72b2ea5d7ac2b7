// Where the store stands: outside of every tree, so that trees share it and stay clean.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Absolute. The XDG base directory specification says to pass over a relative XDG_CACHE_HOME. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = environment['XDG_CACHE_HOME'];
  return join(named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache'), 'kreflens');
}
