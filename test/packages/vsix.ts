// The packages that `npm run package` left in dist/, opened: a .vsix is a zip file.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

export interface Package {
  /** `linux-x64`, `alpine-x64`. */
  readonly platform: string;
  /** Of the .vsix. */
  readonly bytes: number;
  /** Path below the extension's folder -> content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The machine's own platform, by the name of its package. */
export const current = `${process.platform}-${process.arch}`;

export function packages(): readonly Package[] {
  return readdirSync(dist).sort().flatMap((name) => {
    const platform = /^kreflens-(\w+-\w+)-.*\.vsix$/.exec(name)?.[1];
    if (platform === undefined) return [];
    const zip = readFileSync(join(dist, name));
    return [{ platform, bytes: zip.length, files: filesIn(zip) }];
  });
}

/** A zip file ends with a directory of its entries, which this follows. Throws if there is none. */
function filesIn(zip: Buffer): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  for (let entries = zip.readUInt16LE(end + 10); entries > 0; entries--) {
    const isPacked = zip.readUInt16LE(at + 10) !== 0;
    const size = zip.readUInt32LE(at + 20);
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [number, number, number];
    const path = zip.toString('utf8', at + 46, at + 46 + name);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + size);
    if (path.startsWith('extension/') && !path.endsWith('/')) files.set(path.slice('extension/'.length), isPacked ? inflateRawSync(data) : data);
    at += 46 + name + extra + comment;
  }
  return files;
}

/** A platform's package as it is once installed: a folder outside of the repository, gone after the tests of the file. */
export function installed(platform: string): string {
  const one = packages().find((each) => each.platform === platform);
  if (one === undefined) throw new Error(`no package for ${platform} in dist/: run "npm run package"`);
  const folder = mkdtempSync(join(tmpdir(), `kreflens-${platform}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of one.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
