// Every text that the client shows at run time has its key, and its German: found where the sources call t().

import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';

import { statusText } from '../../client/src/status-text.ts';
import { speak } from '../../client/src/texts.ts';
import { filesBelow, read } from '../architecture/sources.ts';

const sources = filesBelow('client/src').filter((path) => path.endsWith('.ts') && path !== 'client/src/texts.ts');
const keys = JSON.parse(read('l10n/bundle.l10n.json')) as Readonly<Record<string, string>>;
const german = JSON.parse(read('l10n/bundle.l10n.de.json')) as Readonly<Record<string, string>>;

const places = (text: string): readonly string[] => [...text.matchAll(/\{\d+\}/g)].map(String).sort();

interface Use {
  readonly text: string | undefined;
  readonly values: number;
  readonly at: string;
}

function callsIn(path: string, wanted: (callee: string) => boolean): readonly Use[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const found: Use[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && wanted(node.expression.getText(file))) {
      const [first] = node.arguments;
      found.push({ text: first && ts.isStringLiteral(first) ? first.text : undefined, values: node.arguments.length - 1, at: `${path}: ${node.getText(file)}` });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const uses = sources.flatMap((path) => callsIn(path, (callee) => callee === 't'));

test('the client says its texts by t(), each spelled where it is used, with a value for each place', () => {
  assert.ok(uses.length > 50);
  assert.deepEqual(uses.filter(({ text, values }) => text === undefined || new Set(places(text)).size !== values).map(({ at }) => at), []);
  const shown = sources.flatMap((path) => callsIn(path, (callee) => /\.(show\w*Message|setStatusBarMessage)$/.test(callee)));
  assert.ok(shown.length >= 2);
  assert.deepEqual(shown.filter(({ text }) => text !== undefined), [], 'no message in one language only');
});

test('a key for each text, and no other; a German text for each key, with the same places', () => {
  const texts = [...new Set(uses.map(({ text }) => text))].sort();
  assert.deepEqual(Object.keys(keys).sort(), texts);
  assert.deepEqual(Object.keys(german).sort(), texts);
  assert.deepEqual(Object.entries(keys).filter(([key, text]) => key !== text), []);
  assert.deepEqual(Object.entries(german).filter(([key, text]) => text.trim() === '' || places(key).join() !== places(text).join()), []);
  // Two words of the kernel are the same in German; and what is no words at all.
  assert.deepEqual(Object.entries(german).filter(([key, text]) => key === text).map(([key]) => key), ['Gets', 'Puts']);
});

test('the editor\'s language is spoken, once it is known', () => {
  assert.equal(statusText({ server: 'ready', findings: 3 }).text, 'kreflens: 3 findings');
  // The last word in this file: it stays said.
  speak((message, ...values) => (german[message] ?? '').replace('{0}', String(values[0])));
  assert.equal(statusText({ server: 'ready', findings: 3 }).text, 'kreflens: 3 Befunde');
});
