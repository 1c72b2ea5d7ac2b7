// Both parsers give the same: the same trees of every function of the fixtures, valid or cut short, and the same findings.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';

import { learn } from '../../server/src/syntax/catalogue.ts';
import { normalise } from '../../server/src/syntax/normalise.ts';
import { nativeFailure, parseSlice, useWebAssembly, type SyntaxCursor, type SyntaxNode } from '../../server/src/syntax/parser.ts';
import { scan } from '../../server/src/syntax/scan.ts';
import { filesBelow } from '../architecture/sources.ts';
import { current, installed, root } from './vsix.ts';

const fixtures = filesBelow('test/fixtures').filter((path) => path.endsWith('.c'));

/** The functions as the engine parses them; and without their last third, which no grammar understands. */
const slices = fixtures.flatMap((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const functions = scan(text).filter((item) => item.kind === 'function').map(({ span }) => normalise(text.slice(span.start, span.end), learn([])));
  return functions.flatMap((slice) => [slice, slice.slice(0, Math.ceil(slice.length * 2 / 3)), slice.replace(/[;)]/, ' ')]);
});

/** The native parser loses its way from and to an empty MISSING node; nobody asks that of a tree with an error. */
const near = (node: SyntaxNode, isWhole: boolean): readonly (SyntaxNode | null)[] =>
  !isWhole ? [] : [node.nextNamedSibling, node.previousNamedSibling, node.lastNamedChild, node.parent];

const shape = (node: SyntaxNode, isWhole = !node.hasError): unknown => [
  node.type, node.startIndex, node.endIndex, node.hasError, node.isError, node.isMissing, node.text,
  node.children.map((child) => shape(child, isWhole)), node.namedChildren.map(({ startIndex, type }) => [startIndex, type]),
  near(node, isWhole).map((other) => other && [other.type, other.startIndex]),
  ['body', 'declarator', 'function', 'arguments', 'condition', 'left', 'right', 'argument', 'value'].map((name) => node.childForFieldName(name)?.startIndex),
];

function walked(cursor: SyntaxCursor): unknown {
  const below: unknown[] = [];
  if (cursor.gotoFirstChild()) {
    do below.push(walked(cursor));
    while (cursor.gotoNextSibling());
    assert.ok(cursor.gotoParent());
  }
  return [cursor.nodeType, cursor.startIndex, cursor.endIndex, typeof cursor.currentFieldName === 'string' ? cursor.currentFieldName : '', below];
}

const innermost = (node: SyntaxNode, text: string): unknown =>
  [...text.matchAll(/\w+/g)].map(({ index, 0: word }) => {
    const found = node.descendantForIndex(index, index + word.length - 1);
    return [found.type, found.startIndex, found.endIndex];
  });

test('the WebAssembly parser gives the trees of the native one', async () => {
  assert.equal(nativeFailure, undefined);
  assert.ok(slices.length > 500);
  const seen = (slice: string): unknown => {
    const node = parseSlice(slice);
    return [shape(node), walked(node.walk()), innermost(node, slice), node.descendantsOfType('call_expression').map(({ startIndex }) => startIndex)];
  };
  const natives = slices.map(seen);
  assert.ok(slices.some((slice) => parseSlice(slice).hasError), 'errors are compared, too');
  assert.equal(await useWebAssembly((address) => readFileSync(new URL(address))), undefined);
  slices.forEach((slice, index) => assert.deepEqual(seen(slice), natives[index], slice));
});

test('it releases what it parsed, even while the event loop does not turn', () => {
  const slice = slices.toSorted((a, b) => b.length - a.length)[0] ?? '';
  // Where the WebAssembly memory is counted.
  const before = process.memoryUsage().external;
  for (let turn = 0; turn < 3_000; turn++) parseSlice(slice);
  const grown = process.memoryUsage().external - before;
  assert.ok(grown < 10 * 1024 * 1024, `${grown} bytes`);
});

let native = '';
let none = '';
before(() => {
  native = installed(current);
  none = installed('alpine-x64');
});

const NOTICE = /^kreflens: WebAssembly parser, slower than the native one \(.*\)\n/;

/** All that `check` has to say of every fixture. */
function findings(folder: string, env: Readonly<Record<string, string>> = {}): { readonly out: string; readonly err: string } {
  const ran = spawnSync(process.execPath, [
    join(folder, 'dist/cli.js'), 'check', '--no-timing', '--format', 'json', '--min-confidence', 'low', '--tree', '.', '.',
  ], { cwd: join(root, 'test/fixtures'), encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
  assert.equal(ran.status, 1, ran.stderr);
  return { out: ran.stdout, err: ran.stderr };
}

test('all findings are the same, byte for byte: native, asked for, and where there is no native one', () => {
  const expected = findings(native);
  assert.ok(JSON.parse(expected.out).findings.length > 30);
  assert.equal(expected.err, '', 'the native parser is nothing to speak of');
  const asked = findings(native, { KREFLENS_PARSER: 'wasm' });
  assert.equal(asked.out, expected.out);
  assert.match(asked.err, NOTICE);
  assert.match(asked.err, /KREFLENS_PARSER=wasm/);
  const alone = findings(none);
  assert.equal(alone.out, expected.out);
  assert.match(alone.err, NOTICE);
  assert.match(alone.err, /tree-sitter: not installed/);
});

test('a native module that does not load is named, in one line, and replaced', () => {
  const expected = findings(native).out;
  for (const module of ['tree-sitter-c', 'tree-sitter']) {
    const folder = installed(current);
    writeFileSync(join(folder, `dist/node_modules/${module}/prebuilds/${current}/${module}.node`), 'not a binary, not at all');
    const { out, err } = findings(folder);
    assert.equal(out, expected);
    assert.match(err, NOTICE);
    assert.match(err, new RegExp(`no native one: ${module}: \\S`));
    assert.equal(err.split('\n').length, 2);
  }
});

test('without any parser both programs say which modules failed, and end with status 2', () => {
  const folder = installed('alpine-x64');
  rmSync(join(folder, dirname('dist/node_modules/tree-sitter-c/tree-sitter-c.wasm')), { recursive: true });
  for (const args of [['cli.js', 'check', '.'], ['server.js', '--stdio']]) {
    const [program = '', ...rest] = args;
    const ran = spawnSync(process.execPath, [join(folder, 'dist', program), ...rest], { encoding: 'utf8', input: '' });
    assert.equal(ran.status, 2);
    assert.match(ran.stderr, /^kreflens: no parser: tree-sitter: not installed; tree-sitter-c\.wasm: [^\n]+\n$/);
  }
});
