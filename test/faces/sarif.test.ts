// SARIF output against the official JSON Schema of SARIF 2.1.0, as published in npm by the authors of the format.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';

import { sarif } from '../../server/src/cli/formats/sarif.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import { ROOT } from '../architecture/sources.ts';
import { kreflens } from './command-line.ts';
import { empty, notice, race, report } from './fixed-report.ts';

// Not strict: the schema says more than ajv knows. And no unicode expressions: the one for languages has a stray bracket.
const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

function assertValid(text: string): void {
  const log: unknown = JSON.parse(text);
  assert.ok(isValid(log), JSON.stringify(isValid.errors, undefined, 2));
}

test('all that a report can hold', () => {
  const elsewhere = { ...race, file: '/home/a b/c#d.c', lookup: [] };
  for (const one of [report, empty, { ...report, findings: [notice, elsewhere] }]) assertValid(sarif(one));
});

test('what the command line prints for every fixture', async () => {
  for (const path of ['finality', 'history', 'suppression', 'demo']) {
    const { out, err } = await kreflens(join(ROOT, 'test/fixtures'), ['check', '--format', 'sarif', '--min-confidence', 'low', path], { openWorkspace });
    assert.equal(err, '');
    assertValid(out);
    assert.ok(JSON.parse(out).runs[0].results.length > 0, path);
  }
});

test('the schema is looked at', () => {
  const log = JSON.parse(sarif(report));
  log.runs[0].results[0].level = 'information';
  log.runs[0].results[1].locations[0].physicalLocation.artifactLocation.uri = 'a b.c';
  assert.equal(isValid(log), false);
  assert.deepEqual(isValid.errors?.map(({ keyword }) => keyword), ['enum', 'format']);
});
