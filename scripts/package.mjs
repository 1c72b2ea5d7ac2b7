// npm run package: builds, then packs into dist/ one installable .vsix per platform, checking what is inside, and the
// command line for npm.

import { createVSIX, listFiles } from '@vscode/vsce';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { packNpm } from './package-npm.mjs';
import { isNative, parserFiles, PLATFORMS } from './platforms.mjs';

/** Bytes. */
const LARGEST = 10 * 1024 * 1024;

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Without one of these the package installs, and then fails in front of the user. */
const NEEDED = [
  manifest.main, manifest.icon, 'package.nls.json', 'package.nls.de.json', 'l10n/bundle.l10n.de.json', 'dist/server.js', 'dist/cli.js',
  'dist/race-view.js', 'dist/race-view.css', 'dist/sample/Kconfig', 'dist/sample/include/linux/group.h', 'dist/third-party.txt',
  ...manifest.contributes.grammars.map(({ path }) => path),
  ...manifest.contributes.jsonValidation.map(({ url }) => url), 'server/src/kernel/data/schema.json',
  ...manifest.contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
  'dist/rules/final-put-outside-lookup-lock/page.md',
].map(path => path.replace(/^\.\//, ''));

execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });

const aside = mkdtempSync(join(tmpdir(), 'kreflens-package-'));
try {
  const stage = join(aside, 'stage');
  const common = (await listFiles({ cwd: root })).filter(path => !path.startsWith('dist/node_modules/'));
  for (const path of [...common, '.vscodeignore']) copy(join(root, path), join(stage, path));
  const made = [];
  for (const platform of PLATFORMS) made.push(await pack(platform, stage));
  made.push(publish(packNpm(root, aside), `${manifest.name}-cli-${manifest.version}.tgz`));
  // Of earlier versions nothing is to be left that could be installed by mistake.
  for (const name of readdirSync(dist)) if (/\.(vsix|tgz)$/.test(name) && !made.includes(name)) rmSync(join(dist, name));
} finally {
  rmSync(aside, { recursive: true, force: true });
}

/** The name of the file that it leaves in dist/. */
async function pack(platform, stage) {
  rmSync(join(stage, 'dist/node_modules'), { recursive: true, force: true });
  const parsers = Object.entries(parserFiles(platform)).flatMap(([name, paths]) => paths.map(path => `node_modules/${name}/${path}`));
  for (const path of parsers) copy(join(root, path), join(stage, 'dist', path));
  const packed = join(aside, `${platform}.vsix`);
  await quietly(() => createVSIX({
    cwd: stage, target: platform, packagePath: packed, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false,
  }));
  // A zip file names its entries in plain text.
  const inside = readFileSync(packed, 'latin1');
  const missing = [...NEEDED, ...parsers.map(path => `dist/${path}`)].filter(path => !inside.includes(`extension/${path}`));
  if (missing.length > 0) throw new Error(`missing in the package for ${platform}: ${missing.join(', ')}`);
  return publish(packed, `${manifest.name}-${platform}-${manifest.version}.vsix`, isNative(platform) ? '' : ' (WebAssembly parser only: no native one is published)');
}

/** From aside into dist/, by renaming, so that dist/ never holds half a package. Its name there. */
function publish(packed, name, remark = '') {
  if (statSync(packed).size > LARGEST) throw new Error(`${name} is larger than ${LARGEST} bytes`);
  copyFileSync(packed, join(dist, `${name}.tmp`));
  renameSync(join(dist, `${name}.tmp`), join(dist, name));
  console.log(`dist/${name}${remark}`);
  return name;
}

/** vsce tells what it packs; only its warnings are of interest. */
async function quietly(act) {
  const { log } = console;
  console.log = () => undefined;
  try {
    await act();
  } finally {
    console.log = log;
  }
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}
