// Runs git, the only program that is ever started, and only to read: for `kreflens diff REV..REV` and the setting `onlyChanged`.

import { spawnSync } from 'node:child_process';

import type { Result } from '../cli/host.ts';

/** Bytes: beyond the largest file of a kernel, and the longest list of its files. */
const mostOutput = 256 * 1024 * 1024;

/** Standard output of `git ARGS` in that folder. A tree is no reason to run what its configuration names. */
export function git(folder: string, args: readonly string[]): Result<string> {
  const { error, status, stdout, stderr } = spawnSync('git', ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-pager', ...args], {
    cwd: folder, encoding: 'utf8', maxBuffer: mostOutput, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
  });
  if (error !== undefined) return { ok: false, why: 'code' in error && error.code === 'ENOENT' ? 'git is not installed' : `git failed: ${error.message}` };
  if (status === 0) return { ok: true, value: stdout };
  const said = stderr.split('\n')[0] ?? '';
  return { ok: false, why: /not a git repository/.test(said) ? 'not a git repository' : said.replace(/^fatal: /, '') || `git exits with ${status}` };
}
