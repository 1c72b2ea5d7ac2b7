// npm run build: bundles command line, server and extension into dist/, which then runs by itself: the parsers, the
// rules' pages, the walkthrough's sample and the licences of all that is not ours are copied beside the bundles.
// `node scripts/build.mjs FOLDER` builds there instead.

import { build } from 'esbuild';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { notices, packagesIn } from './notices.mjs';
import { parserFiles } from './platforms.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

const parsers = parserFiles(`${process.platform}-${process.arch}`);

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** The packages are ES modules; the libraries bundled into them still ask for `require`. */
const module = {
  ...common,
  format: 'esm',
  external: ['tree-sitter', 'tree-sitter-c', 'web-tree-sitter'],
  banner: { js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);" },
};

const extension = 'client/src/extension.ts';

mkdirSync(dist, { recursive: true });
const built = await Promise.all([
  build({ ...module, entryPoints: ['server/src/main/cli.ts'], outfile: join(dist, 'cli.js'), banner: { js: `#!/usr/bin/env node\n${module.banner.js}` } }),
  build({ ...module, entryPoints: ['server/src/main/server.ts'], outfile: join(dist, 'server.js') }),
  ...['index-worker', 'index-thread', 'check-worker'].map((thread) =>
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
// By itself, too, it is read as the modules it holds.
writeFileSync(join(dist, 'package.json'), '{ "type": "module" }\n');
copyParsers();
copyPages();
const others = built.flatMap((bundle) => (bundle === undefined ? [] : packagesIn(bundle.metafile)));
writeFileSync(join(dist, 'third-party.txt'), notices(root, [...others, ...Object.keys(parsers)]));

/** Once per version: a running server has the binaries mapped, and must not find them changed. */
function copyParsers() {
  for (const [name, paths] of Object.entries(parsers)) {
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
