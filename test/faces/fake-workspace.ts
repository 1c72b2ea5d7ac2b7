// An engine small enough to know by heart: every call of `bad_put(x)` is a finding, `half {` a function that does not
// parse. So the faces are tested for what they do with answers, whatever the real engine answers today.

import { lineStarts, positionAt } from '../../server/src/base/span.ts';
import type { Gap } from '../../server/src/base/gap.ts';
import { finish, type Steps } from '../../server/src/base/steps.ts';
import type { CheckReport, Confidence, Finding, Severity } from '../../server/src/ide/finding.ts';
import type { Files, VerifiedFix, Workspace, WorkspaceOptions } from '../../server/src/ide/workspace.ts';

const severities: Readonly<Record<Confidence, Severity>> = { high: 'warning', medium: 'information', low: 'hint' };

export function openFakeWorkspace(files: Files, options: WorkspaceOptions): Workspace {
  const open = new Map<string, string>();
  const read = (file: string): string | undefined => open.get(file) ?? files.read(file);

  const findingsOf = (file: string): Finding[] => {
    const text = read(file) ?? '';
    const starts = lineStarts(text);
    return [...text.matchAll(/bad_put(_low|_medium|_preview|_long)?\((\w+)\)/g)].map((match) => {
      const confidence: Confidence = match[1] === '_low' ? 'low' : match[1] === '_medium' ? 'medium' : 'high';
      const start = positionAt(starts, match.index);
      const end = positionAt(starts, match.index + match[0].length);
      const object = match[2] ?? '';
      const line = start.line + 1;
      return {
        rule: match[1] === '_preview' ? 'double-lock' : 'final-put-outside-lookup-lock',
        severity: severities[confidence],
        confidence,
        file,
        function: 'drop',
        range: { start, end },
        message: `last put of '${object}' outside 'items_lock', held by find() to find it`,
        object,
        lock: 'items_lock',
        put: [
          { file, line, function: 'drop', text: match[0], held: [] },
          ...Array.from({ length: match[1] === '_long' ? 9 : 0 }, (_, depth) => ({ file, line, function: `deeper${depth}`, text: match[0], held: [] })),
          { file: 'lib/ref.c', line: 2, function: 'bad_put', text: 'kref_put(&x->ref, release)', held: [] },
        ],
        lookup: [{ file, line: 1, function: 'find', text: 'kref_get(&x->ref)', held: ['items_lock'] }],
        fixes: fixes(file, match.index).map(({ id, title, proved, assumed, refuted }) => ({ id, title, proved, assumed, refuted })),
        gaps: [],
        ...(options.kconfig?.get('CONFIG_SAY') === 'y' ? { config: 'CONFIG_SAY' } : {}),
      };
    });
  };

  const fixes = (file: string, offset: number): VerifiedFix[] => [
    {
      id: 'hold-lock', title: 'Hold items_lock around the put', proved: ['release takes no lock'], assumed: [], refuted: [],
      edits: [
        { file, start: offset, end: offset, newText: 'lock(); ' },
        { file, start: offset, end: offset + 3, newText: 'good' },
      ],
    },
    { id: 'move-put', title: 'Move the put', proved: [], assumed: [], refuted: ['the field is cleared by then'], edits: [] },
  ];

  const gapsOf = (file: string): Gap[] =>
    (read(file) ?? '').includes('half {') ? [{ file, line: 1, function: 'drop', kind: 'parse', detail: 'does not parse' }] : [];

  /** Of a `slow` text 40 steps of 5 ms. */
  function* checking(named: readonly string[]): Steps<CheckReport> {
    if (named.some((file) => read(file)?.includes('slow'))) {
      for (let step = 0; step < 40; step += 1) {
        const until = performance.now() + 5;
        while (performance.now() < until);
        yield;
      }
    }
    if (named.some((file) => read(file)?.includes('engine defect'))) throw new Error('engine defect');
    return {
      // A function that does not parse has no findings: that is what the faces have to cope with.
      findings: named.flatMap((file) => (gapsOf(file).length > 0 ? [] : findingsOf(file))),
      gaps: named.flatMap(gapsOf),
      stats: { files: named.length, functions: named.length, analysed: named.length },
    };
  }

  return {
    setText(file, text) {
      if (text === undefined) open.delete(file);
      else open.set(file, text);
    },
    check: (named) => finish(checking(named)),
    checking,
    mistakes: () => [],
    summary: (name, file) =>
      name !== 'drop' ? [] : [
        {
          function: 'drop', file: file ?? 'a.c', line: 3, maySleep: true,
          locks: [{ lock: 'items_lock', effect: 'requires' }, { lock: 'x->lock', effect: 'takes-and-drops' }],
          refs: [{ object: 'x', change: -1, when: 'x->on_list', held: ['items_lock'], mayBeLast: true, site: { file: 'a.c', line: 5 } }],
          writes: [{ place: 'x->parent', value: 'NULL' }],
          registry: [{ effect: 'unlinks', object: 'x', in: 'items', when: '' }],
          outcomes: [{ when: '', returns: '0', effects: ['lock x->lock', 'put x', 'unlock x->lock'] }],
          gaps: [{ file: 'a.c', line: 9, kind: 'unknown-callee', detail: 'mystery() has no body here' }],
        },
      ],
    hover: (_file, position) => ({
      markdown: `**at** ${position.line}:${position.character}`, plain: `at ${position.line}:${position.character}`,
      start: position, end: { line: position.line, character: position.character + 1 },
    }),
    facts: () => [],
    fixes: (finding) => {
      const text = read(finding.file) ?? '';
      return fixes(finding.file, (lineStarts(text)[finding.range.start.line] ?? 0) + finding.range.start.character);
    },
    why: (file, line) =>
      (read(file) ?? '').split('\n')[line - 1]?.includes('put(') ? { verdict: 'can be the last', lines: ['nobody else holds one'] } : undefined,
    race: (finding) => `CPU0            CPU1\nput ${finding.object}\n                get`,
    interleaving: (finding) => [
      { cpu: 0, depth: 0, kind: 'call', text: `put ${finding.object}`, held: [], count: 0, place: { file: finding.file, line: finding.range.start.line + 1 } },
      { cpu: 1, depth: 0, kind: 'wrong', text: 'get', held: ['items_lock'], count: 1 },
    ],
    around: {
      registries: () => [], functionAt: () => undefined, callers: () => ({ calls: [], tables: [] }), callees: () => [], callersThrough: () => [],
      inlayHints: () => [], lensPlaces: () => [], lens: () => undefined, commitHelp: () => undefined,
    },
  };
}
