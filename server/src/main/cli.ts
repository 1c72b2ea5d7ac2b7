// The command line's composition root: gives it the real world.

import { readFileSync } from 'node:fs';

import type { Host, Result } from '../cli/host.ts';
import { run } from '../cli/run.ts';
import { openWorkspace } from '../ide/open-workspace.ts';
import { disk, diskFiles, rootOf } from './disk.ts';
import { git } from './git.ts';
import { checkMany } from './check-host.ts';
import { indexHost } from './index-host.ts';
import { rulePage, version } from './installation.ts';
import { optimiseLate } from './patience.ts';
import { serveStdio } from './serve.ts';
import { startParser } from './start-parser.ts';
import { userFacts } from './user-facts.ts';

// The reader of a pipe may leave early (`kreflens check ... | head`): that is no failure to report.
process.stdout.on('error', () => process.exit(0));

/** By its number: standard input may be a pipe, a file or nothing, on every platform. */
function readStdin(): Result<Uint8Array> {
  try {
    return { ok: true, value: readFileSync(0) };
  } catch {
    return { ok: false, why: 'cannot be read' };
  }
}

optimiseLate();
const parser = await startParser(process.env['KREFLENS_PARSER']);

const host: Host = {
  cwd: process.cwd(),
  env: (name) => process.env[name] || undefined,
  version,
  now: () => performance.now(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ...disk,
  readStdin,
  git,
  page: rulePage,
  filesOf: diskFiles,
  openWorkspace: (files, options) => openWorkspace(files, { ...userFacts(rootOf(files)), ...options }),
  checkMany,
  index: indexHost,
  serve: () => serveStdio(parser.ok ? parser.notice : undefined),
};

if (!parser.ok || parser.notice !== undefined) process.stderr.write(`kreflens: ${parser.ok ? parser.notice : parser.why}\n`);
try {
  process.exitCode = parser.ok ? await run(host, process.argv.slice(2)) : 2;
} catch (error) {
  const [message, where] = (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n');
  process.stderr.write(`kreflens: internal error: ${message}${where === undefined ? '' : ` ${where.trim()}`}\n`);
  process.exitCode = 2;
}
