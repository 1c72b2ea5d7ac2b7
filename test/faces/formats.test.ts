// The output formats on one fixed report: the exact text where people or line-based tools read it, the structure where
// a format has a schema.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formats } from '../../server/src/cli/formats/formats.ts';
import type { Finding } from '../../server/src/ide/finding.ts';
import { catalogue, notices } from '../../server/src/ide/rule-catalogue.ts';
import { empty, leak, notice, race, report } from './fixed-report.ts';

test('text', () => {
  assert.equal(formats.text(report), `drivers/a%b,c.c:42:2: warning: last put of 'box<1>' outside "box_lock", held by box_find() to find it [final-put-outside-lookup-lock]
    put 1/2: drivers/a%b,c.c:42: box_put(box) in box_del(), no lock held
    put 2/2: lib/box.c:7: kref_put(&box->ref, box_free) in box_put(), a, b held
    lookup 1/1: lib/box.c:20: kref_get(&box->ref) in box_find(), box_lock held
    fix hold-lock: Hold box_lock
lib/box.c:10:1: information: reference on 'dev' is never dropped [ref-leak]
    step 1/2: lib/box.c:8: taken: get_device(dev) in box_open()
    step 2/2: lib/box.c:10: lost: return error; in box_open()
    only with CONFIG_BOX
    doubt: box_check() has no body here (lib/box.c:9)
`);
  assert.equal(formats.text(empty), '');
});

test('json: keys as in the contract, in its order, whatever order the engine has', () => {
  const backwards = Object.fromEntries(Object.entries(race).reverse()) as unknown as Finding;
  assert.equal(formats.json({ ...report, findings: [backwards, leak] }), formats.json(report));
  const parsed = JSON.parse(formats.json(report));
  assert.deepEqual(Object.keys(parsed), ['schema', 'tool', 'tree', 'findings', 'gaps', 'stats']);
  assert.deepEqual(parsed.tool, { name: 'kreflens', version: '1.2.3' });
  assert.equal(parsed.tree, '.');
  assert.deepEqual(Object.keys(parsed.findings[0]), [
    'rule', 'severity', 'confidence', 'file', 'function', 'range', 'message', 'object', 'lock', 'put', 'lookup', 'fixes', 'gaps',
  ]);
  assert.deepEqual(Object.keys(parsed.findings[1]), [
    'rule', 'severity', 'confidence', 'file', 'function', 'range', 'message', 'object', 'config', 'steps', 'fixes', 'gaps',
  ]);
  assert.deepEqual(parsed.findings, [race, leak]);
  assert.deepEqual(parsed.stats, { files: 2, functions: 5, analysed: 4, milliseconds: 12 });
});

test('github', () => {
  const [first, second, ...rest] = formats.github(report).split('\n');
  assert.equal(
    first,
    '::warning file=drivers/a%25b%2Cc.c,line=42,endLine=42,col=2,endColumn=16,title=kreflens%3A final-put-outside-lookup-lock::' +
      'last put of \'box<1>\' outside "box_lock", held by box_find() to find it' +
      '%0Aput 1/2: drivers/a%25b,c.c:42: box_put(box) in box_del(), no lock held' +
      '%0Aput 2/2: lib/box.c:7: kref_put(&box->ref, box_free) in box_put(), a, b held' +
      '%0Alookup 1/1: lib/box.c:20: kref_get(&box->ref) in box_find(), box_lock held',
  );
  assert.match(second ?? '', /^::notice file=lib\/box\.c,line=10,endLine=11,/);
  assert.deepEqual(rest, ['']);
});

test('gitlab', () => {
  const issues = JSON.parse(formats.gitlab(report));
  assert.deepEqual(issues[0], {
    description: race.message, check_name: race.rule, fingerprint: issues[0].fingerprint, severity: 'major',
    location: { path: race.file, lines: { begin: 42, end: 42 } },
  });
  assert.match(issues[0].fingerprint, /^[0-9a-f]{32}$/);
  assert.deepEqual(JSON.parse(formats.gitlab(empty)), []);
});

test('fingerprints survive an edit above, and tell equal findings apart', () => {
  const ids = (findings: readonly Finding[]) => JSON.parse(formats.gitlab({ ...report, findings })).map((issue: { fingerprint: string }) => issue.fingerprint);
  const moved = { ...race, range: { start: { line: 99, character: 1 }, end: { line: 99, character: 15 } } };
  const [one, two, three] = ids([race, moved, leak]);
  assert.deepEqual(ids([moved]), [one]);
  assert.equal(new Set([one, two, three]).size, 3);
});

test('junit', () => {
  assert.equal(formats.junit({ ...report, findings: [race] }), `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="kreflens" tests="1" failures="1">
  <testsuite name="kreflens" tests="1" failures="1">
    <testcase classname="drivers/a%b,c.c" name="final-put-outside-lookup-lock in box_del (drivers/a%b,c.c:42:2)">
      <failure type="final-put-outside-lookup-lock" message="last put of 'box&lt;1&gt;' outside &quot;box_lock&quot;, held by box_find() to find it">drivers/a%b,c.c:42:2: last put of 'box&lt;1&gt;' outside &quot;box_lock&quot;, held by box_find() to find it
put 1/2: drivers/a%b,c.c:42: box_put(box) in box_del(), no lock held
put 2/2: lib/box.c:7: kref_put(&amp;box-&gt;ref, box_free) in box_put(), a, b held
lookup 1/1: lib/box.c:20: kref_get(&amp;box-&gt;ref) in box_find(), box_lock held</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  assert.match(formats.junit(empty), /tests="1" failures="0"/);
});

test('mail', () => {
  const text = formats.mail(report);
  assert.match(text, /^kreflens 1\.2\.3 reports 2 findings\.\n\n1\. drivers\/a%b,c\.c:42:2, box_del\(\)\n {3}last put/);
  assert.ok(text.includes('\nCPU0    CPU1\nput\n        get\n'), text);
  assert.ok(text.includes('   only with CONFIG_BOX\n'));
  for (const line of text.split('\n')) assert.ok(line.length <= 75, `${line.length}: ${line}`);
  assert.equal(formats.mail(empty), '');
});

test('sarif: the structure that 2.1.0 asks for', () => {
  const log = JSON.parse(formats.sarif(report));
  assert.equal(log.version, '2.1.0');
  assert.equal(log.$schema, 'https://json.schemastore.org/sarif-2.1.0.json');
  const [run] = log.runs;
  const { rules } = run.tool.driver;
  assert.deepEqual(rules.map(({ id }: { id: string }) => id), [...catalogue, ...notices].map(({ id }) => id));
  assert.equal(run.results.length, 2);
  for (const result of run.results) {
    assert.equal(rules[result.ruleIndex].id, result.ruleId);
    assert.ok(['warning', 'note'].includes(result.level));
    assert.equal(typeof result.message.text, 'string');
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    assert.doesNotMatch(artifactLocation.uri, /[ <>"%](?![0-9A-F]{2})/);
    assert.ok(region.startLine >= 1 && region.startColumn >= 1 && region.endLine >= region.startLine);
    for (const flow of result.codeFlows) {
      assert.ok(flow.threadFlows.length >= 1);
      for (const thread of flow.threadFlows) assert.ok(thread.locations.length >= 1);
    }
  }
  assert.deepEqual(run.results[0].codeFlows[0].threadFlows.map((flow: { id: string }) => flow.id), ['CPU0', 'CPU1']);
  assert.deepEqual(run.results[0].locations[0].physicalLocation.region, { startLine: 42, startColumn: 2, endLine: 42, endColumn: 16 });
  assert.equal(run.invocations[0].toolExecutionNotifications.length, 1);
  assert.deepEqual(JSON.parse(formats.sarif(empty)).runs[0].results, []);
});

test('a notice outside of any function is printed by every form, and names none', () => {
  const only = { ...report, findings: [notice], gaps: [], race: () => '' };
  assert.equal(formats.text(only), 'a.c:4:1: information: says nothing [suppression]\n');
  assert.equal(formats.mail(only), 'kreflens 1.2.3 reports 1 finding.\n\n1. a.c:4:1\n   says nothing.\n   rule suppression, confidence medium\n');
  assert.match(formats.junit(only), /<testcase classname="a\.c" name="suppression \(a\.c:4:1\)">/);
  const [result] = JSON.parse(formats.sarif(only)).runs[0].results;
  assert.equal('logicalLocations' in result.locations[0], false);
  assert.equal('codeFlows' in result, false);
  assert.match(formats.github(only), /^::notice file=a\.c,line=4,/);
  assert.equal(JSON.parse(formats.gitlab(only))[0].check_name, 'suppression');
});
