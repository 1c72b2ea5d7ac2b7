// The package under test: the one that `npm run package` left in dist/ for this platform.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function findVsix(): string {
  const given = process.env['KREFLENS_VSIX'];
  if (given !== undefined) return given;
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  const name = readdirSync(dist).find(one => one.includes(`-${process.platform}-${process.arch}-`) && one.endsWith('.vsix'));
  if (name === undefined) throw new Error(`no .vsix in ${dist}: run "npm run package"`);
  return join(dist, name);
}
