// The platforms that get a package each, and which files of which parser package belong into it: the native parser where
// its packages publish a binary, the WebAssembly one everywhere.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));

export const PLATFORMS = ['linux-x64', 'linux-arm64', 'alpine-x64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];

/** The published binaries for Linux need glibc: alpine-x64 finds none, as its name is nobody's. */
export function isNative(platform) {
  return ['tree-sitter', 'tree-sitter-c'].every((name) => existsSync(join(modules, name, 'prebuilds', platform, `${name}.node`)));
}

/** Package -> paths in it. */
export function parserFiles(platform) {
  const grammar = ['package.json', 'tree-sitter-c.wasm'];
  const webAssembly = { 'web-tree-sitter': ['package.json', 'tree-sitter.js', 'tree-sitter.wasm'], 'tree-sitter-c': grammar };
  if (!isNative(platform)) return webAssembly;
  return {
    ...webAssembly,
    'tree-sitter': ['package.json', 'index.js', `prebuilds/${platform}/tree-sitter.node`],
    'tree-sitter-c': [...grammar, 'bindings/node/index.js', 'src/node-types.json', `prebuilds/${platform}/tree-sitter-c.node`],
    'node-gyp-build': ['package.json', 'index.js', 'node-gyp-build.js'],
  };
}
