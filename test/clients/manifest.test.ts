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
  readonly license: string;
  readonly pricing: string;
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly galleryBanner: { readonly color: string };
  readonly extensionKind: readonly string[];
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: boolean } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly keybindings: readonly { readonly command: string; readonly when: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string; readonly when: string }[]>>;
    readonly walkthroughs: readonly { readonly steps: readonly { readonly description: string; readonly media: { readonly markdown: string }; readonly completionEvents: readonly string[] }[] }[];
    readonly grammars: readonly { readonly path: string; readonly scopeName: string }[];
    readonly jsonValidation: readonly { readonly url: string }[];
    readonly problemMatchers: readonly { readonly pattern: { readonly regexp: string } }[];
  };
}

const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const { icon, contributes } = manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const textOf = (key: string): string => texts[key.slice(1, -1)] ?? '';
const clientText = readdirSync(join(ROOT, 'client/src')).map(name => read(`client/src/${name}`)).join('\n');
const commands = new Set(contributes.commands.map(({ command }) => command));

it('every command is contributed and registered', () => {
  const registered = [...clientText.matchAll(/registerCommand\('([^']+)'/g)].map(match => match[1]);
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), registered.sort());
});

it('menus, keys and the walkthrough name commands that there are', () => {
  const named = [
    ...Object.values(contributes.menus).flat().map(({ command }) => command),
    ...contributes.keybindings.map(({ command }) => command),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps).flatMap(({ description, completionEvents }) => [
      ...[...textOf(description).matchAll(/\(command:([\w.]+)\)/g)].map(match => match[1] ?? ''),
      ...completionEvents.map(event => event.replace('onCommand:', '')),
    ]),
  ];
  assert.ok(named.length > 15);
  assert.deepEqual(named.filter(command => !commands.has(command)), []);
});

it('what its conditions ask for is something that the client sets', () => {
  const conditions = [...Object.values(contributes.menus).flat(), ...contributes.keybindings, ...Object.values(contributes.views).flat()].map(({ when }) => when).join(' ');
  const asked = new Set([...conditions.replace(/==\s*\S+/g, '').matchAll(/\bkreflens\.\w+/g)].map(match => match[0]));
  assert.deepEqual([...asked].sort(), ['kreflens.kernelTree', 'kreflens.raceOpen']);
  for (const key of asked) assert.ok(clientText.includes(`= '${key}';`), key);
});

it('each of the four steps of the walkthrough has a button and is done when it was pressed', () => {
  const [walkthrough] = contributes.walkthroughs;
  assert.equal(walkthrough?.steps.length, 4);
  for (const { description, completionEvents: [event] } of walkthrough.steps) {
    assert.ok(textOf(description).includes(`(command:${event?.replace('onCommand:', '') ?? ''})`), textOf(description));
  }
});

it('is fit for the gallery, starts nothing in other people\'s folders, and is safe in an untrusted one', () => {
  assert.deepEqual(manifest.categories, ['Linters', 'Programming Languages', 'Education']);
  assert.ok(manifest.keywords.length > 3 && manifest.keywords.length <= 30);
  assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
  assert.deepEqual([manifest.license, manifest.pricing, manifest.extensionKind], ['MIT', 'Free', ['workspace']]);
  assert.equal(manifest.capabilities.untrustedWorkspaces.supported, true);
  assert.deepEqual(manifest.activationEvents, ['onLanguage:c', 'workspaceContains:include/linux/kref.h', 'workspaceContains:Kconfig']);
});

it('every text is in package.nls.json, and none is left over', () => {
  const used = [...manifestText.matchAll(/"%([^%"]+)%"/g)].map(match => match[1] ?? '');
  assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
});

it('every translation is complete, and keeps names, links and code as they are', () => {
  const fixed = (text: string): readonly string[] => [...text.matchAll(/`[^`]+`|\(command:[^)]+\)/g)].map(match => match[0]).sort();
  const translations = readdirSync(ROOT).filter(name => /^package\.nls\.\w+\.json$/.test(name));
  assert.ok(translations.length > 0);
  for (const name of translations) {
    const translated = JSON.parse(read(name)) as Readonly<Record<string, string>>;
    assert.deepEqual(Object.keys(translated).sort(), Object.keys(texts).sort(), name);
    for (const [key, text] of Object.entries(texts)) assert.deepEqual(fixed(translated[key] ?? ''), fixed(text), `${name}: ${key}`);
  }
});

it('every file it names exists, and the icon is a PNG of at least 128 pixels', () => {
  const files = [
    ...contributes.grammars.map(({ path }) => path), ...contributes.jsonValidation.map(({ url }) => url), ...Object.values(contributes.views).flat().map(one => one.icon),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps).map(({ media }) => media.markdown),
  ];
  for (const path of files) assert.ok(existsSync(join(ROOT, path)), path);
  const png = readFileSync(join(ROOT, icon));
  assert.equal(png.toString('latin1', 1, 4), 'PNG');
  assert.ok(png.readUInt32BE(16) >= 128);
});

it('every grammar says the name that it is contributed under', () => {
  for (const { path, scopeName } of contributes.grammars) assert.equal((JSON.parse(read(path)) as { readonly scopeName: string }).scopeName, scopeName);
});

it('the problem matcher reads the one-line form', () => {
  const pattern = new RegExp(contributes.problemMatchers[0]?.pattern.regexp ?? '');
  const [, ...parts] = pattern.exec("drivers/a/b.c:12:2: warning: last put of 'x' outside 'l' [final-put-outside-lookup-lock]") ?? [];
  assert.deepEqual(parts, ['drivers/a/b.c', '12', '2', 'warning', "last put of 'x' outside 'l'", 'final-put-outside-lookup-lock']);
  assert.equal(pattern.exec('    put 1/3: drivers/a/b.c:12 f() x_put(x)'), null);
});
