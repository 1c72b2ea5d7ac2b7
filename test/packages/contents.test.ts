// What is in each platform's package: held by contents.txt, which UPDATE_GOLDEN=1 writes anew; read the difference.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { packages } from './vsix.ts';

const golden = new URL('contents.txt', import.meta.url);
const all = packages();

/** What all packages hold, then what only one of them does. */
function listing(): string {
  const common = [...(all[0]?.files.keys() ?? [])].filter((path) => all.every(({ files }) => files.has(path)));
  const own = all.map(({ platform, files }) => [platform, [...files.keys()].filter((path) => !common.includes(path))] as const);
  return [['all', common] as const, ...own].map(([title, paths]) => `== ${title}\n${[...paths].sort().map((path) => `${path}\n`).join('')}`).join('\n');
}

test('there is a package for each platform', () => {
  assert.deepEqual(all.map(({ platform }) => platform), ['alpine-x64', 'darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64']);
});

test('each holds what is listed, and nothing else', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, listing());
  assert.equal(listing(), readFileSync(golden, 'utf8'));
});

for (const { platform, bytes, files } of all) {
  const text = (path: string): string => Buffer.from(files.get(path) ?? '').toString('utf8');
  const paths = [...files.keys()];

  test(`${platform}: at most 10 MB, for this platform, without source maps or traces of the machine that made it`, () => {
    assert.ok(bytes <= 10 * 1024 * 1024, `${bytes} bytes`);
    assert.deepEqual(paths.filter((path) => /\.(map|ts)$/.test(path)), []);
    const ours = paths.filter((path) => /^dist\/[\w-]+\.c?js$/.test(path));
    assert.ok(ours.length >= 5);
    assert.deepEqual(ours.filter((path) => text(path).includes('sourceMappingURL=data:')), []);
  });

  test(`${platform}: the native parser for it, or none`, () => {
    const natives = paths.filter((path) => path.endsWith('.node')).sort();
    const wanted = ['tree-sitter-c', 'tree-sitter'].map((name) => `dist/node_modules/${name}/prebuilds/${platform}/${name}.node`);
    assert.deepEqual(natives, platform === 'alpine-x64' ? [] : wanted);
    for (const path of natives) assert.equal(machineOf(files.get(path) ?? new Uint8Array()), platform, path);
  });

  test(`${platform}: C files are the walkthrough's sample, and no text is the kernel's`, () => {
    assert.deepEqual(paths.filter((path) => /\.[chS]$/.test(path) && !path.startsWith('dist/sample/')), []);
    // Put together, so that this file does not contain what it looks for.
    const tag = new RegExp(`${'SPDX'}-License-Identifier:[^\\n]*GPL|GNU (?:Lesser )?General ${'Public'} License`, 'i');
    assert.deepEqual(paths.filter((path) => tag.test(text(path))), []);
  });

  test(`${platform}: the licence of every package that it brings along`, () => {
    const notices = text('dist/third-party.txt');
    const said = new Set([...notices.matchAll(/^(@?[\w./-]+) (\d[\w.-]*): [A-Z]/gm)].map((match) => match[1]));
    const beside = new Set(paths.flatMap((path) => /^dist\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
    // esbuild names each bundled file in a comment.
    const bundled = paths.filter((path) => /^dist\/[\w-]+\.c?js$/.test(path))
      .flatMap((path) => [...text(path).matchAll(/^\s*\/\/ (?:.*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)].map((match) => match[1] ?? ''));
    assert.ok(bundled.length > 20 && beside.size > 1);
    assert.deepEqual([...new Set([...beside, ...bundled])].filter((name) => !said.has(name)), []);
  });

  test(`${platform}: of the network's modules only the one that the protocol's library can use, and nobody asks it to`, () => {
    const network = /(?:require|import)\(["'](?:node:)?(net|http|https|http2|dgram|tls|dns|inspector|cluster)["']\)|from ["'](?:node:)?(net|http|https|http2|dgram|tls|dns|inspector|cluster)["']/g;
    const used = paths.filter((path) => /^dist\/[\w-]+\.c?js$/.test(path)).flatMap((path) => [...text(path).matchAll(network)].map((match) => `${path} ${match[1] ?? match[2]}`));
    assert.deepEqual(used.sort(), ['dist/cli.js net', 'dist/extension.cjs net', 'dist/server.js net']);
  });
}

/** The platform that a binary says it is for. */
function machineOf(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const head = view.getUint32(0);
  if (head === 0x7f454c46) return `linux-${view.getUint16(18, true) === 0xb7 ? 'arm64' : view.getUint16(18, true) === 0x3e ? 'x64' : '?'}`;
  if (head === 0xcffaedfe) return `darwin-${view.getUint32(4, true) === 0x0100000c ? 'arm64' : view.getUint32(4, true) === 0x01000007 ? 'x64' : '?'}`;
  if (head >>> 16 === 0x4d5a) return `win32-${view.getUint16(view.getUint32(60, true) + 4, true) === 0x8664 ? 'x64' : '?'}`;
  return 'no binary';
}
