// The project's own files and what they import, for the tests of its architecture.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What npm, builds and test runs leave behind, and git's own folder: not part of the project's text. */
const NOT_OURS = new Set(['node_modules', 'dist', 'test-artifacts', '.git']);

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** All files below a folder (empty: the repository), relative to the root, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  }).sort();
}

export interface Imports {
  /** Files of the repository, relative to its root. */
  readonly files: readonly string[];
  /** Packages and Node's modules, without what follows a package's name. */
  readonly modules: readonly string[];
}

/** All imports of a TypeScript file: of values and of types, static and dynamic, and re-exports. */
export function importsOf(path: string): Imports {
  const names = ts.preProcessFile(read(path), true, true).importedFiles.map(({ fileName }) => fileName);
  const isOurs = (name: string): boolean => name.startsWith('.') || name.startsWith('/');
  return {
    files: names.filter(isOurs).map((name) => relative(ROOT, join(ROOT, dirname(path), name))),
    modules: names.filter((name) => !isOurs(name)).map(packageOf),
  };
}

function packageOf(name: string): string {
  if (name.startsWith('node:')) return name;
  return name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/');
}

/** `server/src/ROOM/...` and `client/src/...` stand in a room; other files in none. */
export function roomOf(path: string): string | undefined {
  if (path.startsWith('client/src/')) return 'client';
  return /^server\/src\/([^/]+)\//.exec(path)?.[1];
}

export const SOURCES: readonly string[] = [...filesBelow('server/src'), ...filesBelow('client/src')].filter((path) => path.endsWith('.ts'));

export interface Room {
  readonly name: string;
  readonly purpose: string;
  /** Rooms, or single files as `ROOM/FILE.ts`. */
  readonly mayImport: readonly string[];
  readonly outside: readonly string[];
}

/** The table of server/src/ROOMS.md. Throws if a row of it cannot be read. */
export function readMap(text: string): readonly Room[] {
  const quoted = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  const rows = text.split('\n').filter((line) => line.startsWith('|')).slice(2);
  return rows.map((row) => {
    const [room = '', purpose = '', mayImport = '', outside = '', ...more] = row.split('|').slice(1, -1).map((cell) => cell.trim());
    const [name, ...others] = quoted(room);
    if (name === undefined || others.length > 0 || purpose === '' || outside === '' || more.length > 0) throw new Error(`not a row of the map: ${row}`);
    return { name, purpose, mayImport: quoted(mayImport), outside: quoted(outside) };
  });
}

export function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}
