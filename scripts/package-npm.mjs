// The command line as a package for npm: the bundles of the .vsix without the extension, and the parsers of all platforms.
// It depends on no other package and runs no script when it is installed, so that one file is all that a machine needs.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parserFiles, PLATFORMS } from './platforms.mjs';

const FILES = [
  'README.md', 'CHANGELOG.md', 'LICENSE', 'docs/images/finding.png', 'docs/images/race.png',
  'dist/cli.js', 'dist/index-worker.js', 'dist/index-thread.js', 'dist/check-worker.js', 'dist/rules', 'dist/sample', 'dist/third-party.txt',
  'server/src/kernel/data/facts.schema.json', 'server/src/kernel/data/schema.json',
];

/** Path of the .tgz that it leaves in `aside`, a folder of the caller's. Throws if npm fails. */
export function packNpm(root, aside) {
  const stage = join(aside, 'npm');
  const parsers = PLATFORMS.flatMap((platform) => Object.entries(parserFiles(platform)))
    .flatMap(([name, paths]) => paths.map((path) => `node_modules/${name}/${path}`));
  for (const path of FILES) copy(join(root, path), join(stage, path));
  for (const path of new Set(parsers)) copy(join(root, path), join(stage, 'dist', path));
  const manifest = npmManifest(root);
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', aside], { cwd: stage, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  return join(aside, `${manifest.name}-${manifest.version}.tgz`);
}

/** What npm is told; all else in package.json is the editor's. */
function npmManifest(root) {
  const { name, version, license, type, engines, bin, keywords } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { description } = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
  return { name, version, description, license, keywords, type, engines: { node: engines.node }, bin };
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}
