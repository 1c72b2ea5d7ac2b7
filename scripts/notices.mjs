// The licences of the packages that are shipped with ours, as one text.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders below node_modules of the packages in a bundle, from esbuild's account of it. */
export function packagesIn(metafile) {
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
}

/** Each package once, by name. Throws if one does not say its licence: it could not be shipped. */
export function notices(root, packages) {
  const parts = [...new Set(packages)].map((name) => notice(join(root, 'node_modules', name)));
  return `kreflens contains these packages.\n\n${[...new Set(parts)].sort().join('\n')}`;
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${folder}: no licence in its package.json`);
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.|$)/i.test(one));
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${'='.repeat(80)}\n${name} ${version}: ${license}\n${text}`;
}
