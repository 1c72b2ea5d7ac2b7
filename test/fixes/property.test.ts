// Over all fixtures: a fix that is offered leaves its finding gone and no other in its place, parses, and is laid out in
// kernel style. Checked from outside, in a fresh workspace over the changed texts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../server/src/ide/finding.ts';
import type { VerifiedFix } from '../../server/src/ide/workspace.ts';
import { BUILTIN } from '../../server/src/syntax/catalogue.ts';
import { normalise } from '../../server/src/syntax/normalise.ts';
import { hasError, parseSlice } from '../../server/src/syntax/parser.ts';
import { scan } from '../../server/src/syntax/scan.ts';
import { loadFixtures } from '../support/marked-fixtures.ts';
import { fixed, look, offers, type Texts } from './support.ts';

const fixtures = loadFixtures(fileURLToPath(new URL('../fixtures', import.meta.url))).filter(({ marks }) => marks.length > 0);
let offered = 0;

for (const { name, files } of fixtures) {
  test(`every fix offered for ${name} holds`, () => {
    const all = offers(files);
    const before = all.map(({ finding }) => kindOf(finding)).sort();
    for (const { finding, fixes } of all) {
      assert.equal(new Set(fixes.map((fix) => fix.id)).size, fixes.length, 'a fix is offered once');
      for (const fix of fixes) {
        checkSheet(fix);
        if (fix.refuted.length > 0) continue;
        offered += 1;
        const after = fixed(files, fix);
        assert.notDeepEqual(after, files, `${fix.id} changes nothing`);
        const left = before.toSpliced(before.indexOf(kindOf(finding)), 1);
        assert.deepEqual(look(after).findings.map(kindOf).sort(), left, `findings with ${fix.id}`);
        checkParse(after, fix.id);
        checkLayout(files, after, fix.id);
      }
    }
  });
}

test('fixes were offered at all', () => assert.ok(offered >= 30, `${offered} in ${fixtures.length} fixtures`));

function kindOf(finding: Finding): string {
  return `${finding.file} ${finding.function} ${finding.rule} ${finding.config ?? ''}`;
}

function checkSheet(fix: VerifiedFix): void {
  assert.ok(fix.proved.length > 0 || fix.refuted.length > 0, `${fix.id} says nothing`);
  const edits = fix.edits.toSorted((one, other) => one.start - other.start);
  edits.forEach((edit, index) => {
    const next = edits[index + 1];
    assert.ok(next === undefined || next.file !== edit.file || edit.end <= next.start, `${fix.id}: edits overlap`);
  });
}

function checkParse(texts: Texts, id: string): void {
  for (const [file, text] of texts) {
    for (const item of scan(text)) {
      if (item.kind !== 'function') continue;
      const error = hasError(parseSlice(normalise(text.slice(item.span.start, item.span.end), BUILTIN)));
      assert.equal(error, undefined, `${id}: ${file}: ${item.name}() does not parse`);
    }
  }
}

/** Tabs, no trailing space, 80 columns: of the lines that are new. A comment behind a statement was there before. */
function checkLayout(before: Texts, after: Texts, id: string): void {
  for (const [file, text] of after) {
    const old = new Set(before.get(file)?.split('\n'));
    for (const line of text.split('\n').filter((each) => !old.has(each))) {
      assert.doesNotMatch(line, /[ \t]$|^\t* {8}/, `${id}: ${JSON.stringify(line)}`);
      const code = line.replace(/\/\*.*?\*\//g, '').trimEnd().replaceAll('\t', '        ');
      assert.ok(code.length <= 80, `${id}: more than 80 columns: ${line}`);
    }
  }
}
