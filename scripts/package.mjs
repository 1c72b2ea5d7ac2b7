// npm run package: builds, then packs one installable .vsix for this platform into dist/ and checks what is inside.
// The parser is native, so a package serves one platform; its name says which.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const target = `${process.platform}-${process.arch}`;
const vsix = join(root, 'dist', `${manifest.name}-${target}-${manifest.version}.vsix`);

/** Without one of these the package installs, and then fails in front of the user. */
const NEEDED = [
  manifest.main, manifest.icon, 'package.nls.json', 'package.nls.de.json', 'dist/server.js', 'dist/cli.js',
  'dist/race-view.js', 'dist/race-view.css', 'dist/sample/Kconfig', 'dist/sample/include/linux/group.h',
  ...manifest.contributes.grammars.map(({ path }) => path),
  ...manifest.contributes.jsonValidation.map(({ url }) => url), 'server/src/kernel/data/schema.json',
  ...manifest.contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
  ...['tree-sitter', 'tree-sitter-c'].map(name => `dist/node_modules/${name}/prebuilds/${target}/${name}.node`),
  'dist/node_modules/node-gyp-build/package.json',
  'dist/rules/final-put-outside-lookup-lock/page.md',
].map(path => path.replace(/^\.\//, ''));

execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });

// Packed aside and renamed, so that dist/ never holds half a package.
const aside = mkdtempSync(join(tmpdir(), 'kreflens-package-'));
try {
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const packed = join(aside, 'kreflens.vsix');
  execFileSync(process.execPath, [
    vsce, 'package', '--no-dependencies', '--target', target, '--out', packed,
    '--allow-missing-repository', '--no-rewrite-relative-links',
  ], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, npm_config_yes: 'true' } });
  // A zip file names its entries in plain text.
  const inside = readFileSync(packed, 'latin1');
  const missing = NEEDED.filter(path => !inside.includes(`extension/${path}`));
  if (missing.length > 0) throw new Error(`missing in the package: ${missing.join(', ')}`);
  copyFileSync(packed, `${vsix}.tmp`);
  renameSync(`${vsix}.tmp`, vsix);
} finally {
  rmSync(aside, { recursive: true, force: true });
}
console.log(`dist/${vsix.slice(join(root, 'dist').length + 1)}`);
