// On real trees: nothing is lost and nothing broken where the driver core lives.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { learn } from '../../server/src/syntax/catalogue.ts';
import type { MacroItem } from '../../server/src/syntax/items.ts';
import { scan } from '../../server/src/syntax/scan.ts';
import { addSurveys, EMPTY_SURVEY, surveyFile } from '../../server/src/syntax/survey.ts';

const PLACES = ['drivers/base', 'lib/kobject.c', 'fs/sysfs', 'fs/kernfs'];

const sourcesOf = (tree: string, place: string): string[] => {
  const path = join(tree, place);
  return statSync(path).isDirectory() ? readdirSync(path).filter((name) => name.endsWith('.c')).sort().map((name) => join(path, name)) : [path];
};

function macrosUnder(folder: string, out: MacroItem[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) macrosUnder(path, out);
    else if (entry.name.endsWith('.h')) for (const item of scan(readFileSync(path, 'utf8'))) if (item.kind === 'macro') out.push(item);
  }
}

for (const variable of ['KREFLENS_TREE_6_1', 'KREFLENS_TREE_6_12']) {
  const tree = process.env[variable];
  const skip = tree === undefined && process.env['CI'] !== 'true' ? `${variable} is not set` : false;
  test(`every function of the driver core parses (${variable})`, { skip }, async () => {
    assert.ok(tree !== undefined, `${variable} is not set`);
    const macros: MacroItem[] = [];
    macrosUnder(join(tree, 'include/linux'), macros);
    const catalogue = learn(macros);
    let total = EMPTY_SURVEY;
    for (const path of PLACES.flatMap((place) => sourcesOf(tree, place))) {
      const text = readFileSync(path, 'utf8');
      total = addSurveys(total, surveyFile(path, text, learn(scan(text).filter((item) => item.kind === 'macro'), catalogue)));
      if (total.files % 8 === 0) await turn();
    }
    assert.ok(total.functions > 1200, `only ${total.functions} functions`);
    assert.deepEqual(total.lost, []);
    assert.deepEqual(total.broken, []);
  });
}
