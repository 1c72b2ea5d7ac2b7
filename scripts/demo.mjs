// npm run demo: reports the race in the bundled sample and draws it for two CPUs. Builds first if dist/ is stale.
// Exit status 0 when the race was found, else 1.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sample = 'test/fixtures/demo';
const rule = 'final-put-outside-lookup-lock';

if (isStale('dist/cli.js', ['server/src', 'package.json', 'scripts/build.mjs'])) {
  const build = node('scripts/build.mjs');
  if (build.status !== 0) fail('the build failed', build);
}

console.log(`$ kreflens check ${sample}`);
const check = kreflens('check', sample);
process.stdout.write(check.stdout);
const finding = check.stdout.split('\n').find((line) => line.endsWith(`[${rule}]`));
if (finding === undefined) fail('the race in the sample was not found', check);

const [file, line] = finding.split(':');
console.log(`\n$ kreflens race --tree ${sample} ${file}:${line}`);
const race = kreflens('race', '--tree', sample, `${file}:${line}`);
process.stdout.write(race.stdout);
if (race.stdout === '') fail('the race was not drawn', race);

function kreflens(...args) {
  return node('dist/cli.js', ...args);
}

function node(...args) {
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function fail(what, { status }) {
  console.error(`demo: ${what} (exit status ${status})`);
  process.exit(1);
}

/** Whether any of the sources is newer than the product, or there is none. */
function isStale(product, sources) {
  const path = join(root, product);
  return !existsSync(path) || sources.some((source) => newest(join(root, source)) > statSync(path).mtimeMs);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
