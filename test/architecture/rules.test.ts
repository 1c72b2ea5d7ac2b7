// A rule is a unit: its identifier, its catalogue entry, its page and, once stable, its code and a fixture that it marks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { ruleTitles } from '../../client/src/known-rules.ts';
import { catalogue } from '../../server/src/ide/rule-catalogue.ts';
import { exists, filesBelow, read } from './sources.ts';

const stable = catalogue.filter(({ state }) => state === 'stable').map(({ id }) => id);

/** The members of the union type `RuleId`, in the order of the file. */
function ruleIds(): readonly string[] {
  const path = 'server/src/ide/finding.ts';
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isTypeAliasDeclaration(statement) || statement.name.text !== 'RuleId' || !ts.isUnionTypeNode(statement.type)) return [];
    return statement.type.types.flatMap((type) => (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : []));
  });
}

/** What the README's table of rules says: identifier and state. */
function readmeRules(): readonly string[] {
  return [...read('README.md').matchAll(/^\| `([a-z-]+)` \| (stable|preview) \|/gm)].map((match) => `${match[1]} ${match[2]}`);
}

test('type, catalogue, client and README name the same rules in the same states', () => {
  const ids = catalogue.map(({ id }) => id);
  assert.ok(ids.length > 0);
  assert.deepEqual([...ruleIds()].sort(), [...ids].sort());
  assert.deepEqual(Object.keys(ruleTitles()).sort(), [...ids].sort());
  assert.deepEqual(readmeRules(), catalogue.map(({ id, state }) => `${id} ${state}`));
});

for (const { id, state } of catalogue) {
  test(`${id} has a page${state === 'stable' ? ' and code' : ', and no code while it is not stable'}`, () => {
    assert.ok(exists(`server/src/rules/${id}/page.md`));
    assert.equal(exists(`server/src/rules/${id}/rule.ts`), state === 'stable' || !read(`server/src/rules/${id}/page.md`).includes('not implemented'));
  });
}

test('every stable rule runs, and is marked in a fixture', () => {
  const check = read('server/src/ide/check.ts');
  assert.deepEqual(stable.filter((id) => !check.includes(`/rules/${id}/rule.ts'`)), []);
  const fixtures = filesBelow('test/fixtures').filter((path) => path.endsWith('.c')).map(read);
  assert.deepEqual(stable.filter((id) => !fixtures.some((text) => new RegExp(`/\\*!\\s*(?:[^*]*[\\s,])?${id}\\b`).test(text))), []);
});
