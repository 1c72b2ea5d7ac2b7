// What comes with the installation: the version and the rules' pages.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import manifest from '../../../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** Beside the bundle in dist/, or in the source tree. */
const pageFolders = [new URL('./rules/', import.meta.url), new URL('../rules/', import.meta.url)];

/** Absolute path of a rule's page. */
export function pagePath(rule: string): string | undefined {
  return pageFolders.map((folder) => fileURLToPath(new URL(`${rule}/page.md`, folder))).find((path) => existsSync(path));
}

export function rulePage(rule: string): string | undefined {
  const path = pagePath(rule);
  return path === undefined ? undefined : readFileSync(path, 'utf8');
}
