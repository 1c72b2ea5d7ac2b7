// What any client must be able to do with the bundled sample: see the finding, read the hover, find the places under a
// lock and the callers, apply the fix.
// A client's script does it in the real client and prints one line of JSON, an `Answer`; here it is judged.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Answer {
  /** `line` is 0-based. */
  readonly diagnostics: readonly { readonly line: number; readonly code: string; readonly message: string }[];
  /** The hover at the first diagnostic's start, as plain text or Markdown. */
  readonly hover: string;
  /** What the client finds for the workspace symbol `lock:groups_lock`: the registry's places under that lock. */
  readonly symbols: readonly string[];
  /** Incoming calls of the function with the finding, with their details. */
  readonly callers: readonly string[];
  /** Titles of the code actions there. */
  readonly actions: readonly string[];
  /** Codes of the diagnostics that are left after the first action was applied. */
  readonly afterFix: readonly string[];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RULE = 'final-put-outside-lookup-lock';
const FILE = 'drivers/group/group.c';

/** Puts the program where a shell finds it as `kreflens`. Answers the folder. */
function install(root: string): string {
  const folder = join(root, '.bin');
  mkdirSync(folder);
  const program = process.env['KREFLENS_CLI'] ?? join(ROOT, 'dist/cli.js');
  writeFileSync(join(folder, 'kreflens'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  return folder;
}

/** What the README tells users of another editor to put into their configuration. */
function setupFor(language: 'lua' | 'elisp'): string {
  const blocks = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))];
  assert.equal(blocks.length, 1);
  return blocks[0]?.[1] ?? '';
}

/**
 * Runs a client on a copy of the sample, in its root and with `kreflens` on the path. Its script finds the README's
 * configuration, in `language`, in KREFLENS_SETUP and the file to open in KREFLENS_FILE.
 */
export function runClient(program: string, args: readonly string[], language: 'lua' | 'elisp'): Answer {
  const root = mkdtempSync(join(tmpdir(), 'kreflens-client-'));
  try {
    cpSync(join(ROOT, 'test/fixtures/demo'), root, { recursive: true });
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        ...process.env,
        HOME: root,
        PATH: `${install(root)}:${process.env['PATH'] ?? ''}`,
        KREFLENS_SETUP: setupFor(language),
        KREFLENS_FILE: join(root, FILE),
      },
    });
    if (error !== undefined) throw error;
    const line = `${stdout}\n${stderr}`.split(/\r?\n/).find(one => one.startsWith('{"'));
    assert.ok(line !== undefined && status === 0, `${program} ended with ${status}:\n${stdout}\n${stderr}`);
    return JSON.parse(line) as Answer;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export function assertServed(answer: Answer): void {
  const put = readFileSync(join(ROOT, 'test/fixtures/demo', FILE), 'utf8').split('\n').findIndex(line => line.includes('\tkref_put('));
  assert.deepEqual(answer.diagnostics.map(({ line, code }) => ({ line, code })), [{ line: put, code: RULE }]);
  assert.match(answer.diagnostics[0]?.message ?? '', /last put of .*groups_lock/);
  assert.match(answer.hover, /last/);
  assert.deepEqual(answer.symbols, ['lock:groups_lock lookup kref_get(&group->ref)']);
  assert.deepEqual(answer.callers, ['member_del: no lock held']);
  assert.ok(answer.actions.length > 0, 'a fix is offered');
  assert.deepEqual(answer.afterFix, []);
}
