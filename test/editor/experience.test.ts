// The views around a finding, in a real editor: the race step by step, the registries, settings, a second tree, and the
// walkthrough. On the bundled sample, whose answers come at once. Screenshots stay in test-artifacts/editor/.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { part } from '../clients/parts.ts';
import { startEditor, waitFor } from './editor.ts';
import type { Editor } from './editor.ts';
import { findVsix } from './package-file.ts';
import { makeSampleTrees } from './sample-tree.ts';
import type { SampleTree, SampleTrees } from './sample-tree.ts';
import { ANSWER, changeSettings, framePage, openAt, problemRows, quickFixes, runCommand, showProblems } from './workbench.ts';

const CLI = process.env['KREFLENS_CLI'] ?? fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const MESSAGE = "last put of 'group' outside 'groups_lock'";
const { skip } = part('editor');

const ENTERED = `#include <linux/mutex.h>

extern struct mutex groups_lock;
int groups;

void groups_count(void)
{
	lockdep_assert_held(&groups_lock);
	groups++;
}
`;

describe('two kernel trees in one window', { skip, timeout: 600_000 }, () => {
  let trees: SampleTrees;
  let editor: Editor;
  const tree = (index: number): SampleTree => trees.trees[index] ?? assert.fail();
  const gotoPut = async (index = 0): Promise<void> => {
    // Else the file would open over the race view, if that has the focus.
    await editor.page.keyboard.press('Control+1');
    await openAt(editor.page, tree(index).file, trees.put, 2);
  };
  const squiggle = (): Locator => editor.page.locator('.editor-group-container.active').locator('.squiggly-warning, .squiggly-info').first();
  const step = (number: number): Locator => framePage(editor.page).locator(`#step${number - 1}`);
  const selected = (): Promise<string | null> => framePage(editor.page).locator('[aria-selected="true"]').getAttribute('aria-label');
  const atLine = (line: number): Promise<void> => editor.page.locator('.editor-group-container .active-line-number', { hasText: new RegExp(`^${line}$`) }).first().waitFor({ timeout: ANSWER });

  before(async () => {
    trees = makeSampleTrees('first', 'second', 'third');
    editor = await startEditor(findVsix(), trees.workspace);
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });
  afterEach(() => editor?.screenshot('last'));
  after(async () => {
    await editor?.stop();
    trees?.remove();
  });

  it('each have their findings, from one server', async () => {
    for (const index of [0, 1]) {
      await gotoPut(index);
      await squiggle().waitFor({ timeout: ANSWER });
    }
    await showProblems(editor.page, 'last put');
    await waitFor('a finding in each', ANSWER, async () => (await problemRows(editor.page, MESSAGE).count()) === 2 ? true : undefined);
    await editor.screenshot('two-trees');
    assert.equal(editor.servers().length, 1);
    await runCommand(editor.page, 'View: Close All Editors');
    await gotoPut();
  });

  it('the race is drawn beside the code', async () => {
    await runCommand(editor.page, 'kreflens: Show the Race at the Cursor');
    await step(1).waitFor({ timeout: ANSWER });
    const page = framePage(editor.page);
    assert.equal(await page.locator('h1').innerText(), `${MESSAGE}, held by group_get() to find it`);
    assert.ok(await page.locator('.step').count() >= 8);
    assert.equal(await page.locator('.bar').innerText(), 'groups_lock');
    // Over the lookup, from lock to unlock.
    const box = async (what: Locator): Promise<{ readonly top: number; readonly bottom: number }> => {
      const { y, height } = await what.boundingBox() ?? assert.fail();
      return { top: y, bottom: y + height };
    };
    const bar = await box(page.locator('.bar'));
    const lock = await box(page.locator('.step.lock'));
    const unlock = await box(page.locator('.step.unlock'));
    assert.ok(lock.top <= bar.top && bar.top < lock.bottom && unlock.top < bar.bottom && bar.bottom <= unlock.bottom);
    await editor.screenshot('race-view');
  });

  it('its steps are walked by key, and the code follows', async () => {
    await step(1).click();
    await atLine(51);
    await editor.page.keyboard.press('ArrowDown');
    await atLine(trees.put);
    assert.match(await selected() ?? '', /^Step 2 of \d+, CPU0: kref_put\(.*count 1 -> 0\. No lock held\. first\.c line 53\.$/);
    await editor.page.keyboard.press('End');
    assert.match(await selected() ?? '', /CPU1: uses freed group/);
    await editor.screenshot('race-view-last-step');
    await editor.page.keyboard.press('Home');
    await editor.page.keyboard.press('ArrowUp');
    assert.match(await selected() ?? '', /^Step 1 /, 'there is nothing before the first');
  });

  it('and by the palette, from the code', async () => {
    await gotoPut();
    await runCommand(editor.page, 'kreflens: Race View: Next Step');
    await atLine(trees.put);
    await runCommand(editor.page, 'kreflens: Race View: Next Step');
    await atLine(27);
    const beside = `[...document.querySelectorAll('.view-line span')].map(one => getComputedStyle(one, '::after').content).join().replace(/\\u00a0/g, ' ')`;
    await waitFor('the step beside the line', 10_000, async () => String(await editor.page.evaluate(beside)).includes('CPU1, step 3: group_get()') ? true : undefined);
    await runCommand(editor.page, 'kreflens: Race View: Previous Step');
    await atLine(trees.put);
  });

  it('Enter brings the keyboard to the line', async () => {
    await step(6).click();
    await editor.page.keyboard.press('Enter');
    await atLine(trees.get);
    await waitFor('the focus in the code', 10_000, async () => await editor.page.locator('.monaco-editor.focused').count() === 1 ? true : undefined);
  });

  it('is copied with the bytes that the command line prints', async () => {
    await framePage(editor.page).locator('#copy').click();
    const { stdout } = spawnSync(process.execPath, [CLI, 'race', '--tree', tree(0).root, `${tree(0).file}:${trees.put}`], { encoding: 'utf8' });
    assert.match(stdout, /^CPU0 +CPU1\n/);
    await waitFor('the text in the clipboard', 10_000, async () => {
      const copied = await editor.page.evaluate('navigator.clipboard.readText()');
      return copied === stdout.replace(/\n$/, '') ? true : undefined;
    });
  });

  it('keeps its step while it is hidden', async () => {
    await step(4).click();
    await openAt(editor.page, tree(0).file, 1, 1);
    await framePage(editor.page).locator('.step').first().waitFor({ state: 'detached' });
    await runCommand(editor.page, 'View: Close Editor');
    await waitFor('its step', 10_000, async () => (/^Step 4 /.test(await selected() ?? '') ? true : undefined));
  });

  it('the registries of the open file are listed, each place one click from its line', async () => {
    await gotoPut();
    await runCommand(editor.page, 'Explorer: Focus on Kernel Registries View');
    const row = (label: RegExp): Locator => editor.page.locator('.pane-body .monaco-list-row').and(editor.page.getByRole('treeitem', { name: label })).first();
    await row(/^Registry hub\.groups of group, objects found under groups_lock/).click({ timeout: ANSWER });
    await row(/^Lookups, 1/).waitFor();
    await editor.screenshot('registries');
    await row(/kref_get\(&group->ref\) in group_get\(\), groups_lock held, first\.c line 34/).click();
    await atLine(trees.get);
    await gotoPut();
    await runCommand(editor.page, 'View: Close Editors in Other Groups');
  });

  it('a changed setting counts at once, with the same server', async () => {
    const [server] = editor.servers();
    await gotoPut();
    await squiggle().waitFor({ timeout: ANSWER });
    await changeSettings(editor.page, { 'kreflens.minConfidence': 'high' });
    await gotoPut();
    await squiggle().waitFor({ state: 'detached', timeout: ANSWER });
    await changeSettings(editor.page, { 'kreflens.minConfidence': 'medium' });
    await gotoPut();
    await squiggle().waitFor({ timeout: ANSWER });
    assert.deepEqual(editor.servers(), [server]);
  });

  it('hints and lenses appear when they are switched on, and not before', async () => {
    const lens = (): Locator => editor.page.locator('.codelens-decoration', { hasText: 'groups_lock' }).first();
    await gotoPut();
    assert.equal(await lens().count(), 0);
    await changeSettings(editor.page, { 'kreflens.codeLens.enabled': true });
    await openAt(editor.page, tree(0).file, 27, 1);
    await lens().waitFor({ timeout: ANSWER });
    await editor.screenshot('code-lens');
    await changeSettings(editor.page, {});
    await gotoPut();
    await lens().waitFor({ state: 'detached', timeout: ANSWER });
  });

  it('inlay hints appear when they are switched on, and not before', async () => {
    const hint = (): Locator => editor.page.locator('.view-line', { hasText: 'holds groups_lock' });
    // Only a function that is entered with a lock has one: the sample has none.
    writeFileSync(join(tree(0).root, 'drivers/group/entered.c'), ENTERED);
    const gotoStart = (): Promise<void> => openAt(editor.page, 'drivers/group/entered.c', 1, 1);
    await gotoStart();
    await editor.page.locator('.view-line', { hasText: 'lockdep_assert_held' }).waitFor();
    assert.equal(await hint().count(), 0);
    await changeSettings(editor.page, { 'kreflens.inlayHints.enabled': true });
    await gotoStart();
    await hint().waitFor({ timeout: ANSWER });
    await editor.screenshot('inlay-hints');
    await changeSettings(editor.page, {});
    await gotoStart();
    await hint().waitFor({ state: 'detached', timeout: ANSWER });
  });

  it('a third tree, added to the running window, has its findings from the same server', async () => {
    const servers = editor.servers();
    trees.openAll();
    await editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: /^third$/ }).waitFor({ timeout: ANSWER });
    await gotoPut(2);
    await squiggle().waitFor({ timeout: ANSWER });
    await editor.screenshot('third-tree');
    assert.deepEqual(editor.servers(), servers);
    await gotoPut();
  });

  it('the race says by itself when it is over', async () => {
    await gotoPut();
    await runCommand(editor.page, 'kreflens: Show the Race at the Cursor');
    await step(1).waitFor({ timeout: ANSWER });
    assert.equal(await framePage(editor.page).locator('#notice').innerText(), '');
    // Where the cursor already is, the editor does not ask for fixes again.
    await openAt(editor.page, tree(0).file, 51, 1);
    await gotoPut();
    assert.ok((await quickFixes(editor.page)).length > 0);
    await editor.page.keyboard.press('Enter');
    await squiggle().waitFor({ state: 'detached', timeout: ANSWER });
    await framePage(editor.page).locator('#notice', { hasText: 'no longer reported' }).waitFor({ timeout: ANSWER });
    await editor.screenshot('race-over');
  });

  it('is there again after the server was killed, registries and all', async () => {
    const [first] = editor.servers();
    assert.ok(first !== undefined);
    process.kill(first, 'SIGKILL');
    await waitFor('another server', 30_000, () => editor.servers().find(pid => pid !== first));
    await gotoPut(1);
    await squiggle().waitFor({ timeout: ANSWER });
    await runCommand(editor.page, 'kreflens: Refresh the Registries');
    await editor.page.getByRole('treeitem', { name: /^Registry hub\.groups/ }).first().waitFor({ timeout: ANSWER });
  });

  it('the log says how long the start took, and nothing has popped up', async test => {
    assert.equal(await editor.page.locator('.notification-toast').count(), 0);
    const said = /activated in [\d.]+ ms/.exec(editor.log())?.[0];
    assert.ok(said !== undefined, editor.log());
    test.diagnostic(said);
  });
});

describe('the walkthrough, in a folder that is no kernel tree', { skip, timeout: 600_000 }, () => {
  let folder: string;
  let editor: Editor;
  const button = (text: string): Locator => editor.page.locator('.getting-started-step .monaco-button', { hasText: text }).first();
  const walk = async (title: string): Promise<void> => {
    await editor.page.locator('.getting-started-step', { hasText: title }).first().click();
    // While a step unfolds, the page takes the focus once more.
    await editor.page.waitForTimeout(1000);
  };
  const done = (title: string): Promise<void> => editor.page.locator('.getting-started-step', { hasText: title }).locator('.codicon-getting-started-step-checked, .complete').first().waitFor();
  const hover = (): Locator => editor.page.locator('.monaco-hover-content', { hasText: MESSAGE }).filter({ visible: true }).first();
  const code = (): Locator => editor.page.locator('.editor-group-container', { has: editor.page.locator('.tab', { hasText: 'group.c' }) });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kreflens-empty-'));
    writeFileSync(join(folder, 'notes.txt'), '');
    editor = await startEditor(findVsix(), folder);
  });
  afterEach(() => editor?.screenshot('last'));
  after(async () => {
    await editor?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('has four steps, and kreflens shows nothing else here and runs nothing', async () => {
    await runCommand(editor.page, 'Welcome: Open Walkthrough...', 'A Race in Four Steps');
    await button('Open the Sample').waitFor();
    assert.equal(await editor.page.locator('.getting-started-step').count(), 4);
    assert.equal(await editor.page.locator('.pane-header', { hasText: 'Kernel Registries' }).count(), 0);
    assert.deepEqual(editor.servers(), []);
    await editor.screenshot('walkthrough');
  });

  it('opens the race, with the cursor at the put', async () => {
    await button('Open the Sample').click();
    await code().locator('.active-line-number', { hasText: /^53$/ }).waitFor({ timeout: ANSWER });
    await code().locator('.squiggly-warning, .squiggly-info').first().waitFor({ timeout: ANSWER });
    await done('Open the race');
  });

  it('shows the hover', async () => {
    await walk('Read why');
    await button('Show the Hover').click();
    await hover().waitFor({ timeout: ANSWER });
    await done('Read why');
  });

  it('shows the race', async () => {
    await walk('Watch two CPUs');
    await button('Show the Race').click();
    await framePage(editor.page).locator('.step').first().waitFor({ timeout: ANSWER });
    await hover().waitFor({ state: 'detached' });
    await editor.screenshot('walkthrough-race');
    await done('Watch two CPUs');
  });

  it('fixes it, and the finding vanishes', async () => {
    await walk('Fix it');
    await button('Show the Fixes').click();
    await editor.page.locator('.action-widget .monaco-list-row.action').first().waitFor({ timeout: ANSWER });
    await editor.page.keyboard.press('Enter');
    await code().locator('.squiggly-warning, .squiggly-info').first().waitFor({ state: 'detached', timeout: ANSWER });
    await editor.screenshot('walkthrough-fixed');
    await done('Fix it');
  });

  it('starts from the beginning again', async () => {
    await runCommand(editor.page, 'kreflens: Sample: Open the Race of 2016');
    await code().locator('.squiggly-warning, .squiggly-info').first().waitFor({ timeout: ANSWER });
    assert.equal(await editor.page.locator('.notification-toast').count(), 0);
  });
});
