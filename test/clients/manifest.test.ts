// What package.json promises to the editor is what the code does: commands, settings, texts, files, problem matcher.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Manifest {
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly problemMatchers: readonly { readonly pattern: { readonly regexp: string } }[];
  };
}

const manifestText = read('package.json');
const { icon, contributes } = JSON.parse(manifestText) as Manifest;
const clientText = readdirSync(join(ROOT, 'client/src')).map(name => read(`client/src/${name}`)).join('\n');

it('every command is contributed and registered', () => {
  const registered = [...clientText.matchAll(/registerCommand\('([^']+)'/g)].map(match => match[1]);
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), registered.sort());
});

it('every setting is read, with the default of the manifest', () => {
  const properties = contributes.configuration.flatMap(one => Object.entries(one.properties));
  for (const [key, { default: value }] of properties) {
    const name = key.replace('kreflens.', '');
    // The library itself reads `trace.server`, by the client's name.
    if (name === 'trace.server') continue;
    assert.ok(clientText.includes(`settings.get('${name}', '${String(value)}')`), key);
  }
});

it('every text is in package.nls.json, and none is left over', () => {
  const used = [...manifestText.matchAll(/"%([^%"]+)%"/g)].map(match => match[1] ?? '');
  const given = Object.keys(JSON.parse(read('package.nls.json')) as object);
  assert.deepEqual([...new Set(used)].sort(), given.sort());
});

it('every file it names exists, and the icon is a PNG of at least 128 pixels', () => {
  for (const { path } of contributes.grammars) assert.ok(existsSync(join(ROOT, path)), path);
  const png = readFileSync(join(ROOT, icon));
  assert.equal(png.toString('latin1', 1, 4), 'PNG');
  assert.ok(png.readUInt32BE(16) >= 128);
});

it('the problem matcher reads the one-line form', () => {
  const pattern = new RegExp(contributes.problemMatchers[0]?.pattern.regexp ?? '');
  const [, ...parts] = pattern.exec("drivers/a/b.c:12:2: warning: last put of 'x' outside 'l' [final-put-outside-lookup-lock]") ?? [];
  assert.deepEqual(parts, ['drivers/a/b.c', '12', '2', 'warning', "last put of 'x' outside 'l'", 'final-put-outside-lookup-lock']);
  assert.equal(pattern.exec('    put 1/3: drivers/a/b.c:12 f() x_put(x)'), null);
});
