// Each kind of fix, chosen by its title in the quick-fix menu of a real editor, and why another is refuted.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { part } from '../clients/parts.ts';
import { kernelTree } from '../faces/command-line.ts';
import { CLEARED_FIRST } from '../fixes/leaks.ts';
import { HELD_BY_CALLER, LONG_LINE, TWO_COUNTS } from '../fixes/reductions.ts';
import { startEditor, waitFor } from './editor.ts';
import type { Editor } from './editor.ts';
import { findVsix } from './package-file.ts';
import { ANSWER, applyFix, openAt, problemRows, quickFixes, runCommand, showProblems } from './workbench.ts';

interface Case {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  /** The line with the cursor, as it is. */
  readonly at: string;
  readonly title: string;
  /** What the saved file has then. */
  readonly fixed: RegExp;
  /** Nothing was reported: the fix states what is so. */
  readonly silent?: true;
}

const CASES: readonly Case[] = [
  {
    what: 'the locked put becomes the last', file: 'reorder.c', text: TWO_COUNTS, at: '\ttruck_unload(t);',
    title: 'Save t->depot, call truck_unload(), then drop the last reference under depots_lock',
    fixed: /\thome = t->depot;\n\ttruck_unload\(t\);\n\tleave_depot\(t, home\);\n/,
  },
  {
    what: 'the lookup lock is held around the put', file: 'hold.c', text: TWO_COUNTS, at: '\ttruck_unload(t);',
    title: 'Hold depots_lock around truck_unload()',
    fixed: /\tmutex_lock\(&depots_lock\);\n\ttruck_unload\(t\);\n\tmutex_unlock\(&depots_lock\);\n/,
  },
  {
    what: 'the put takes the mutex', file: 'mutex.c', text: LONG_LINE, at: '\t\tkref_put(&t->reference_count, telescope_free);',
    title: 'Take observatory_telescopes_lock before the last put: kref_put_mutex()',
    fixed: /\tkref_put_mutex\(&t->reference_count, telescope_free,\n\t+ *&observatory_telescopes_lock\);/,
  },
  {
    what: 'the put takes the spinlock', file: 'spin.c', text: LONG_LINE.replace('DEFINE_MUTEX', 'DEFINE_SPINLOCK').replaceAll(/mutex_(un)?lock\(/g, 'spin_$1lock('),
    at: '\t\tkref_put(&t->reference_count, telescope_free);',
    title: 'Take observatory_telescopes_lock before the last put: kref_put_lock()',
    fixed: /\tkref_put_lock\(&t->reference_count, telescope_free,\n\t+ *&observatory_telescopes_lock\);/,
  },
  {
    what: 'the lookup checks', file: 'checked.c', text: LONG_LINE, at: '\t\tkref_put(&t->reference_count, telescope_free);',
    title: 'Look up with kref_get_unless_zero(), which fails on a dying object',
    fixed: /kref_get_unless_zero\(&t->reference_count\)/,
  },
  {
    what: 'the forgotten put comes first', file: 'leak.c', text: CLEARED_FIRST, at: '\t\tbranch_reset(b);',
    title: 'Call branch_leave() before branch_reset()',
    fixed: /\t\tbranch_leave\(b\);\n\t\tbranch_reset\(b\);\n/,
  },
  {
    what: 'what callers hold is asserted', file: 'assert.c', text: HELD_BY_CALLER, at: '\t\tkref_put(&f->ref, flare_free);', silent: true,
    title: 'State that callers hold flares_lock: lockdep_assert_held()',
    fixed: /\{\n\tlockdep_assert_held\(&flares_lock\);\n\tif \(f\)/,
  },
];

const { skip } = part('editor');

describe('fixes by their titles', { skip, timeout: 600_000 }, () => {
  let root: string;
  let editor: Editor;
  const gotoLine = (file: string, text: string, statement: string): Promise<void> =>
    openAt(editor.page, file, text.split('\n').indexOf(statement) + 1, statement.search(/\S/) + 1);
  const squiggle = () => editor.page.locator('.monaco-editor').locator('.squiggly-warning, .squiggly-info').first();

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'kreflens-fixes-'));
    // A folder each: what is found in a file rests on its neighbours, too.
    const files = CASES.map(({ file, text }): [string, string] => [`drivers/${file.replace('.c', '')}/${file}`, text]);
    for (const [path, text] of [...Object.entries(kernelTree), ...files, ['drivers/refuted/refuted.c', TWO_COUNTS] as const]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    editor = await startEditor(findVsix(), root);
    await showProblems(editor.page, '');
  });
  afterEach(() => editor?.screenshot('last'));
  after(async () => {
    await editor?.stop();
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });

  for (const { what, file, text, at, title, fixed, silent } of CASES) {
    it(what, async () => {
      const path = join(root, 'drivers', file.replace('.c', ''), file);
      await gotoLine(file, text, at);
      const rows = problemRows(editor.page, file);
      if (silent !== true) await squiggle().waitFor({ timeout: ANSWER });
      await applyFix(editor.page, title);
      await squiggle().waitFor({ state: 'detached', timeout: ANSWER });
      await waitFor('no row among the problems', ANSWER, async () => await rows.count() === 0 ? true : undefined);
      await editor.page.keyboard.press('Control+S');
      await waitFor('the fixed file on disk', 10_000, () => readFileSync(path, 'utf8') === text ? undefined : true);
      assert.match(readFileSync(path, 'utf8'), fixed);
      await runCommand(editor.page, 'View: Close All Editors');
    });
  }

  it('a refuted one is not offered, and shown on demand with its reason', async () => {
    await gotoLine('refuted.c', TWO_COUNTS, '\ttruck_unload(t);');
    await squiggle().waitFor({ timeout: ANSWER });
    assert.doesNotMatch((await quickFixes(editor.page)).join(), /Move truck_cleanup/);
    await editor.page.keyboard.press('Escape');
    await runCommand(editor.page, 'kreflens: Show the Fixes That Would Be Wrong, and Why');
    await editor.page.locator('.view-line', { hasText: 'Move truck_cleanup() after truck_unload()' }).waitFor({ timeout: ANSWER });
    await editor.page.locator('.view-line', { hasText: 'truck_unload() clears t->depot' }).waitFor();
    await editor.screenshot('refuted-fix');
  });
});
