// One report with everything in it that a format has to tell, or escape.

import type { Report } from '../../server/src/cli/formats/report.ts';
import type { Finding } from '../../server/src/ide/finding.ts';

export const race: Finding = {
  rule: 'final-put-outside-lookup-lock', severity: 'warning', confidence: 'high',
  file: 'drivers/a%b,c.c', function: 'box_del',
  range: { start: { line: 41, character: 1 }, end: { line: 41, character: 15 } },
  message: 'last put of \'box<1>\' outside "box_lock", held by box_find() to find it',
  object: 'box<1>', lock: 'box_lock',
  put: [
    { file: 'drivers/a%b,c.c', line: 42, function: 'box_del', text: 'box_put(box)', held: [] },
    { file: 'lib/box.c', line: 7, function: 'box_put', text: 'kref_put(&box->ref, box_free)', held: ['a', 'b'] },
  ],
  lookup: [{ file: 'lib/box.c', line: 20, function: 'box_find', text: 'kref_get(&box->ref)', held: ['box_lock'] }],
  fixes: [
    { id: 'hold-lock', title: 'Hold box_lock', proved: ['p'], assumed: ['a'], refuted: [] },
    { id: 'bad-idea', title: 'Bad idea', proved: [], assumed: [], refuted: ['no'] },
  ],
  gaps: [],
};

export const leak: Finding = {
  rule: 'ref-leak', severity: 'information', confidence: 'medium', file: 'lib/box.c', function: 'box_open',
  range: { start: { line: 9, character: 0 }, end: { line: 10, character: 3 } },
  message: "reference on 'dev' is never dropped", object: 'dev', config: 'CONFIG_BOX',
  steps: [
    { role: 'taken', file: 'lib/box.c', line: 8, function: 'box_open', text: 'get_device(dev)' },
    { role: 'lost', file: 'lib/box.c', line: 10, function: 'box_open', text: 'return\nerror;' },
  ],
  fixes: [], gaps: [{ file: 'lib/box.c', line: 9, function: 'box_open', kind: 'unknown-callee', detail: 'box_check() has no body here' }],
};

export const report: Report = {
  version: '1.2.3',
  findings: [race, leak],
  gaps: [{ file: 'lib/box.c', line: 9, function: 'box_open', kind: 'unknown-callee', detail: 'box_check() has no body here' }],
  stats: { files: 2, functions: 5, analysed: 4 },
  milliseconds: 12,
  race: (finding) => (finding.put === undefined ? '' : 'CPU0    CPU1\nput\n        get'),
};

export const empty: Report = { ...report, findings: [], gaps: [] };

/** Outside of any function. */
export const notice: Finding = {
  rule: 'suppression', severity: 'information', confidence: 'medium', file: 'a.c', function: '', message: 'says nothing',
  range: { start: { line: 3, character: 0 }, end: { line: 3, character: 9 } }, fixes: [], gaps: [],
};
