// The user's first minutes, in a real editor on a real kernel tree: the 2016 race is seen, read about, and fixed.
// The steps build on each other and run in order; screenshots stay in test-artifacts/editor/.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { part } from '../clients/parts.ts';
import { startEditor, waitFor } from './editor.ts';
import type { Editor } from './editor.ts';
import { findVsix } from './package-file.ts';
import { makeSmallTree } from './small-tree.ts';
import type { SmallTree } from './small-tree.ts';
import { ANSWER, framePage, hoverWith, openAt, problemRows, quickFixes, runCommand, showProblems } from './workbench.ts';

const MESSAGE = "last put of 'dev->kobj.parent'";
const RULE = 'final-put-outside-lookup-lock';

/** What is put, in whichever of its two spellings: the callee's or the caller's. */
const OBJECT = /kobj(->|\.)parent/;

const { skip } = part('editor', 'KREFLENS_TREE_6_12');

describe('the race of device_del() in the editor', { skip, timeout: 600_000 }, () => {
  let tree: SmallTree;
  let editor: Editor;
  const gotoPut = (): Promise<void> => openAt(editor.page, tree.put.file, tree.put.line, tree.put.column);

  before(async () => {
    tree = makeSmallTree(process.env['KREFLENS_TREE_6_12'] ?? '');
    editor = await startEditor(findVsix(), tree.root);
    await gotoPut();
  });
  // The last one shows what was on the screen when a step failed.
  afterEach(() => editor?.screenshot('last'));
  after(async () => {
    await editor?.stop();
    tree?.remove();
  });

  it('is underlined', async () => {
    // Its colour follows the confidence, which is for the engine's own tests to judge.
    await editor.page.locator('.monaco-editor').locator('.squiggly-warning, .squiggly-info').first().waitFor({ timeout: ANSWER });
    await editor.screenshot('1-squiggle');
  });

  it('is listed once among the problems', async () => {
    await showProblems(editor.page, RULE);
    await problemRows(editor.page, MESSAGE).first().waitFor({ timeout: ANSWER });
    // Its own row names the rule, those of its witnesses do not.
    const rows = await problemRows(editor.page, RULE).allInnerTexts();
    await editor.screenshot('2-problems');
    assert.equal(rows.length, 1, rows.join('\n'));
    assert.match(rows[0] ?? '', new RegExp(`Ln ${tree.put.line},`));
  });

  it('is counted in the language status', async () => {
    await editor.page.locator('[id="status.languageStatus"]').hover();
    await editor.page.locator('.hover-language-status', { hasText: /kreflens: \d+ finding/ }).first().waitFor({ timeout: 15_000 });
    await editor.screenshot('3-status');
    await editor.page.locator('.monaco-editor').first().hover({ position: { x: 300, y: 200 } });
  });

  it('is explained by the hover', async () => {
    await gotoPut();
    const hover = await hoverWith(editor.page, OBJECT);
    await editor.screenshot('4-hover');
    assert.match(hover, /last/);
    await editor.page.keyboard.press('Escape');
  });

  it('is drawn for two CPUs beside the code, from put to use', async () => {
    await runCommand(editor.page, 'kreflens: Show the Race at the Cursor');
    const steps = framePage(editor.page).locator('.step');
    await steps.first().waitFor({ timeout: ANSWER });
    const spoken = await steps.evaluateAll(all => all.map(one => one.getAttribute('aria-label') ?? ''));
    await editor.screenshot('5-race');
    assert.match(spoken[0] ?? '', /^Step 1 of \d+, CPU0: device_del\(\)/);
    assert.ok(spoken.some(one => /CPU1: .*count 0 -> 1, already dying\. gdp_mutex\b.* held/.test(one)), spoken.join('\n'));
    assert.match(spoken.at(-1) ?? '', /CPU1: uses freed/);
    await runCommand(editor.page, 'View: Close Editors in Other Groups');
  });

  it('has the diagram as text, too', async () => {
    await gotoPut();
    await runCommand(editor.page, 'kreflens: Show the Race at the Cursor as Text');
    await editor.page.locator('.monaco-editor .view-line', { hasText: /CPU0.*CPU1/ }).first().waitFor({ timeout: ANSWER });
    await runCommand(editor.page, 'View: Close Editors in Other Groups');
  });

  it('has a rule page, shown offline', async () => {
    await gotoPut();
    await runCommand(editor.page, 'kreflens: Explain a Rule');
    await framePage(editor.page).locator('h1', { hasText: RULE }).waitFor({ timeout: 15_000 });
    await editor.screenshot('6-rule');
    await runCommand(editor.page, 'View: Close Editor');
  });

  it('is there again after the server was killed, without a notification', async () => {
    await gotoPut();
    const [first, ...others] = editor.servers();
    assert.ok(first !== undefined && others.length === 0, 'exactly one server runs');
    process.kill(first, 'SIGKILL');
    await waitFor('another server', 30_000, () => editor.servers().find(pid => pid !== first));
    await hoverWith(editor.page, OBJECT);
    await editor.page.keyboard.press('Escape');
    await problemRows(editor.page, MESSAGE).first().waitFor({ timeout: ANSWER });
    await editor.screenshot('7-after-crash');
    assert.equal(await editor.page.locator('.notification-toast').count(), 0);
  });

  it('is there again after a server that hangs was restarted', async () => {
    const [hanging] = editor.servers();
    assert.ok(hanging !== undefined);
    process.kill(hanging, 'SIGSTOP');
    await runCommand(editor.page, 'kreflens: Restart the Language Server');
    await waitFor('another server, and only that', 30_000, () => {
      const [other, ...more] = editor.servers();
      return other !== undefined && other !== hanging && more.length === 0 ? true : undefined;
    });
    await gotoPut();
    await hoverWith(editor.page, OBJECT);
    await editor.page.keyboard.press('Escape');
  });

  it('vanishes with the fix', async () => {
    await gotoPut();
    const before = tree.linesAroundPut(6);
    const titles = await quickFixes(editor.page);
    await editor.screenshot('8-quick-fix');
    assert.ok(titles.length > 0);
    await editor.page.keyboard.press('Enter');
    await problemRows(editor.page, MESSAGE).waitFor({ state: 'detached', timeout: ANSWER });
    // Not because nothing is reported any more: the old code has other defects, which this fix leaves alone.
    await showProblems(editor.page, 'ref-leak');
    await problemRows(editor.page, 'ref-leak').first().waitFor({ timeout: ANSWER });
    await editor.page.keyboard.press('Control+S');
    await waitFor('the fixed file on disk', 10_000, () => tree.linesAroundPut(6) === before ? undefined : true);
    await editor.screenshot('9-fixed');
    assert.match(tree.linesAroundPut(6), /kobject_del\(&dev->kobj\)/, 'the put itself is still there');
  });
});
