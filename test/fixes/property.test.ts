// Over all fixtures: a fix that is offered leaves its finding gone and no other in its place, parses, and is laid out in
// kernel style. Checked from outside, in a fresh workspace over the changed texts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Finding } from '../../server/src/ide/finding.ts';
import type { Files, VerifiedFix } from '../../server/src/ide/workspace.ts';
import { BUILTIN } from '../../server/src/syntax/catalogue.ts';
import { normalise } from '../../server/src/syntax/normalise.ts';
import { hasError, parseSlice } from '../../server/src/syntax/parser.ts';
import { scan } from '../../server/src/syntax/scan.ts';
import { loadFixtures } from '../support/marked-fixtures.ts';
import { overlayFiles } from '../support/memory-files.ts';
import { LIBRARY, PLAIN_LAST_PUT, TORN_DOWN } from './kobjects.ts';
import * as leaks from './leaks.ts';
import { LONG_LINE, TWO_COUNTS } from './reductions.ts';
import { fixed, ids, look, offers, type Texts } from './support.ts';

const reductions: readonly (readonly [string, Texts, Files?])[] = [
  ...Object.entries({ TWO_COUNTS, LONG_LINE, ...leaks }).map(([name, text]) => [name, new Map([['a.c', text]])] as const),
  ...Object.entries({ PLAIN_LAST_PUT, TORN_DOWN }).map(([name, text]) => [name, new Map([['drivers/a.c', text]]), overlayFiles(LIBRARY)] as const),
];
const fixtures = loadFixtures(fileURLToPath(new URL('../fixtures', import.meta.url)));
const cases = [...fixtures.map(({ name, files }) => ({ name, files, below: undefined })), ...reductions.map(([name, files, below]) => ({ name, files, below }))];
let offered = 0;

for (const { name, files, below } of cases) {
  test(`every fix offered for ${name} holds`, () => {
    const all = offers(files, below);
    const before = kindsOf(all.map(({ finding }) => finding));
    for (const { finding, fixes } of all) {
      assert.equal(new Set(fixes.map((fix) => fix.id)).size, fixes.length, 'a fix is offered once');
      for (const fix of fixes) {
        checkSheet(fix);
        if (fix.refuted.length > 0) continue;
        offered += 1;
        assertFewer(holds(files, fix, below), before, finding, fix.id);
      }
    }
    for (const fact of factsOf(files, below)) {
      checkSheet(fact);
      assert.deepEqual(holds(files, fact, below), before, `findings with ${fact.id}`);
    }
  });
}

test('fixes were offered at all', () => assert.ok(offered >= 70, `${offered} in ${cases.length} cases`));

test('one fix after the other leaves nothing that could be fixed, and never more findings than before', () => {
  for (const { name, files, below } of cases) {
    let texts: Texts = files;
    for (let left = offers(texts, below); ; ) {
      const fix = left.flatMap(({ fixes }) => fixes).find(({ refuted }) => refuted.length === 0);
      if (!fix) break;
      texts = fixed(texts, fix);
      const next = offers(texts, below);
      assert.ok(kindsOf(next.map(({ finding }) => finding)).length < kindsOf(left.map(({ finding }) => finding)).length, `${name}: ${fix.id}`);
      left = next;
    }
  }
});

test('comments and blank lines between statements change neither what is offered nor whether it holds', () => {
  const bad = cases.filter(({ files, below }) => offers(files, below).length > 0);
  const places = fc.array(fc.record({ line: fc.nat(200), text: fc.constantFrom('', '\t/* as before */', '\t// as before') }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(fc.constantFrom(...bad), places, ({ files, below }, noise) => {
    const noisy = new Map([...files].map(([file, text]) => [file, withNoise(text, noise)] as const));
    const all = offers(noisy, below);
    assert.equal(ids(all), ids(offers(files, below)));
    const before = kindsOf(all.map(({ finding }) => finding));
    for (const { finding, fixes } of all) {
      for (const fix of fixes.filter(({ refuted }) => refuted.length === 0)) {
        assertFewer(holds(noisy, fix, below), before, finding, fix.id);
      }
    }
  }), { numRuns: 60, seed: 20161103 });
});

/** Behind statements of functions only: there a comment may stand without changing what belongs to what. */
function withNoise(text: string, noise: readonly { readonly line: number; readonly text: string }[]): string {
  const lines = text.split('\n');
  const open = lines.flatMap((line, index) => (/^\t+[^\s/*].*;$/.test(line) && isInBody(lines, index) ? [index] : []));
  if (open.length === 0) return text;
  const extra = new Map(noise.map((one) => [open[one.line % open.length], one.text]));
  return lines.flatMap((line, index) => [line, ...(extra.has(index) ? [extra.get(index) ?? ''] : [])]).join('\n');
}

/** Below a line with a lone brace, not in a struct. */
function isInBody(lines: readonly string[], index: number): boolean {
  return lines.slice(0, index).findLast((line) => /^[^\s#/]/.test(line)) === '{';
}

/** The findings with the fix in, having looked at its text. */
function holds(files: Texts, fix: VerifiedFix, below: Files | undefined): readonly string[] {
  const after = fixed(files, fix);
  assert.notDeepEqual(after, files, `${fix.id} changes nothing`);
  checkParse(after, fix.id);
  checkLayout(files, after, fix.id);
  return kindsOf(look(after, below).findings);
}

function factsOf(files: Texts, below: Files | undefined): readonly VerifiedFix[] {
  const { workspace } = look(files, below);
  return [...files].filter(([file]) => file.endsWith('.c')).flatMap(([file, text]) => text.split('\n').flatMap((line, index) => (/put/.test(line) ? workspace.facts(file, index + 1) : [])));
}

/** The finding is gone and no other has come; one fix may end several. */
function assertFewer(after: readonly string[], before: readonly string[], finding: Finding, id: string): void {
  const left = before.toSpliced(before.indexOf(kindOf(finding)), 1);
  for (const kind of after) {
    const index = left.indexOf(kind);
    assert.ok(index >= 0, `${id}: ${kind}`);
    left.splice(index, 1);
  }
}

/** Sorted; a comment that suppressed a finding which is now gone is no finding of the code. */
function kindsOf(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ rule }) => rule !== 'suppression').map(kindOf).sort();
}

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
