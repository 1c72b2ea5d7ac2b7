// What no edit of the map may loosen: who touches the parser, the disk, the network; and the habits of every source file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { filesBelow, importsOf, read, roomOf, SOURCES } from './sources.ts';

/** The rooms that compute findings, from text to verdict. */
const ENGINE = new Set(['base', 'kernel', 'syntax', 'lower', 'domain', 'summary', 'program', 'engine', 'finality', 'rules']);

const NETWORK = /^(node:)?(net|http|https|http2|dgram|tls|dns|inspector|cluster)(\/|$)/;
const MACHINE = /^(node:)?(fs|os|worker_threads|child_process|process|readline|repl|v8|vm)(\/|$)/;

/** Where a hash is made: a version of the knowledge, a finding's fingerprint, an answer's result id, the store's keys. */
const CRYPTO = ['server/src/cli/formats/report.ts', 'server/src/kernel/knowledge.ts', 'server/src/lsp/answers.ts', 'server/src/main/store.ts'];

const inServer = SOURCES.filter((path) => path.startsWith('server/'));
const inEngine = SOURCES.filter((path) => ENGINE.has(roomOf(path) ?? ''));

function importersOf(pattern: RegExp, among: readonly string[]): readonly string[] {
  return among.filter((path) => importsOf(path).modules.some((name) => pattern.test(name)));
}

test('only syntax/parser.ts knows tree-sitter', () => {
  assert.deepEqual(importersOf(/^tree-sitter|^web-tree-sitter/, SOURCES), ['server/src/syntax/parser.ts']);
});

test('only main/ touches the machine; of the client, only what asks the command line', () => {
  assert.deepEqual(importersOf(MACHINE, inServer).filter((path) => roomOf(path) !== 'main'), []);
  assert.notDeepEqual(importersOf(MACHINE, inServer), [], 'main/ does read the disk: the pattern works');
  assert.deepEqual(importersOf(MACHINE, SOURCES.filter((path) => roomOf(path) === 'client')), ['client/src/explain.ts']);
});

test('the client takes types from the server, and no code', () => {
  const fromServer = SOURCES.filter((path) => roomOf(path) === 'client')
    .flatMap((path) => read(path).split('\n').filter((line) => /from '.*\/server\/src\//.test(line)));
  assert.ok(fromServer.length > 5);
  assert.deepEqual(fromServer.filter((line) => !line.startsWith('import type ')), []);
});

test('nothing opens the network, by module or by fetch()', () => {
  assert.deepEqual(importersOf(NETWORK, SOURCES), []);
  assert.deepEqual(SOURCES.filter((path) => /\b(fetch|WebSocket|XMLHttpRequest|EventSource)\s*\(/.test(read(path))), []);
  assert.deepEqual(['node:net', 'https', 'node:dns/promises'].filter((name) => !NETWORK.test(name)), [], 'the pattern works');
});

test('the engine needs nothing of Node but a hash, and hashes are made where they always were', () => {
  assert.deepEqual(importersOf(/^node:(?!crypto$)/, inEngine), []);
  assert.deepEqual(importersOf(/crypto/, SOURCES), CRYPTO);
});

test('every source file opens with a comment that says its purpose', () => {
  const isScript = (path: string): boolean => /\.(ts|mjs)$/.test(path);
  const files = [...SOURCES, ...['test', 'scripts', 'docs'].flatMap(filesBelow).filter(isScript)];
  const silent = files.filter((path) => !/^(#!.*\n)?(\/\/ \S.{9,}|\/\*\*?\s[\s*]*\S.{9,})/.test(read(path)));
  assert.deepEqual(silent, []);
});

test('no default exports, no barrels, kebab-case names', () => {
  assert.deepEqual(SOURCES.filter((path) => /^export default\b|\bas default\b/m.test(read(path))), []);
  assert.deepEqual(SOURCES.filter((path) => /(^|\/)index\.\w+$/.test(path)), []);
  assert.deepEqual(SOURCES.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(path.split('/').at(-1) ?? '')), []);
  assert.deepEqual(SOURCES.filter(isBarrel), []);
});

/** A file that declares nothing and only hands on what others export. */
function isBarrel(path: string): boolean {
  const { statements } = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest);
  const rest = statements.filter((statement) => !ts.isImportDeclaration(statement));
  return rest.length > 0 && rest.every((statement) => ts.isExportDeclaration(statement));
}

test('no kernel source text: no file carries a licence tag or header of the GPL', () => {
  // Put together, so that this file does not contain what it looks for.
  const tag = new RegExp(`${'SPDX'}-License-Identifier:[^\\n]*GPL|GNU (?:Lesser )?General ${'Public'} License`, 'i');
  assert.match(`// ${'SPDX'}-License-Identifier: GPL-2.0`, tag);
  assert.deepEqual(filesBelow('').filter((path) => tag.test(read(path))), []);
});
