// A rule's page, asked of the bundled command line: it works while the server is down, and offline.

import { execFile } from 'node:child_process';

export type Page = { readonly kind: 'page'; readonly text: string } | { readonly kind: 'failed'; readonly reason: string };

export function explain(commandLine: string, rule: string): Promise<Page> {
  // In the desktop editor `execPath` is Electron, which is Node only when told so.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  return new Promise(resolve => {
    execFile(process.execPath, [commandLine, 'explain', rule], { env }, (error, stdout, stderr) => {
      resolve(error === null ? { kind: 'page', text: stdout } : { kind: 'failed', reason: stderr.trim() || error.message });
    });
  });
}
