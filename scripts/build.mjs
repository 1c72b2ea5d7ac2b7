// npm run build: bundles command line, server and extension into dist/, which then runs by itself: the native parser,
// the rules' pages and the walkthrough's sample are copied beside the bundles. `node scripts/build.mjs FOLDER` builds there instead.

import { build } from 'esbuild';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

/** What each native package needs at run time; of the prebuilt binaries, only this platform's. */
const target = `${process.platform}-${process.arch}`;
const NATIVE = {
  'tree-sitter': ['package.json', 'index.js', `prebuilds/${target}`],
  'tree-sitter-c': ['package.json', 'bindings/node/index.js', 'src/node-types.json', `prebuilds/${target}`],
  'node-gyp-build': ['package.json', 'index.js', 'node-gyp-build.js'],
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
};

/** The packages are ES modules; the libraries bundled into them still ask for `require`. */
const module = {
  ...common,
  format: 'esm',
  external: ['tree-sitter', 'tree-sitter-c'],
  banner: { js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);" },
};

const extension = 'client/src/extension.ts';

mkdirSync(dist, { recursive: true });
await Promise.all([
  build({ ...module, entryPoints: ['server/src/main/cli.ts'], outfile: join(dist, 'cli.js'), banner: { js: `#!/usr/bin/env node\n${module.banner.js}` } }),
  build({ ...module, entryPoints: ['server/src/main/server.ts'], outfile: join(dist, 'server.js') }),
  ...['index-worker', 'index-thread'].map((thread) =>
    build({ ...module, entryPoints: [`server/src/main/${thread}.ts`], outfile: join(dist, `${thread}.js`) })),
  existsSync(join(root, extension))
    ? build({ ...common, format: 'cjs', external: ['vscode'], entryPoints: [extension], outfile: join(dist, 'extension.cjs') })
    : undefined,
  // The race view's page: not an ES module, so that its one script tag needs nothing else.
  build({ ...common, platform: 'browser', target: 'chrome122', format: 'iife', sourcemap: false, entryPoints: ['client/webview/race-view.ts'], outfile: join(dist, 'race-view.js') }),
]);
copy(join(root, 'client/webview/race-view.css'), join(dist, 'race-view.css'));
copySample();
chmodSync(join(dist, 'cli.js'), 0o755);
copyNativePackages();
copyPages();

/** Once per version: a running server has the binaries mapped, and must not find them changed. */
function copyNativePackages() {
  for (const [name, paths] of Object.entries(NATIVE)) {
    const from = join(root, 'node_modules', name);
    const to = join(dist, 'node_modules', name);
    if (paths.every((path) => existsSync(join(to, path))) && version(from) === version(to)) continue;
    rmSync(to, { recursive: true, force: true });
    for (const path of paths) copy(join(from, path), join(to, path));
  }
}

function version(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

function copyPages() {
  const rules = join(root, 'server/src/rules');
  rmSync(join(dist, 'rules'), { recursive: true, force: true });
  for (const rule of readdirSync(rules).sort()) {
    const page = join(rules, rule, 'page.md');
    if (existsSync(page)) copy(page, join(dist, 'rules', rule, 'page.md'));
  }
}

/** What the walkthrough is about. */
function copySample() {
  rmSync(join(dist, 'sample'), { recursive: true, force: true });
  copy(join(root, 'test/fixtures/demo'), join(dist, 'sample'));
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}
