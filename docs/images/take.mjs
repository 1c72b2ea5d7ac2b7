// Takes the README's pictures: the bundled sample in a real editor. Run by hand after a change that shows:
//   npm run package && KREFLENS_EDITOR=DIR node --import tsx docs/images/take.mjs     (scripts/ensure-editor.sh fills DIR)
// The sample is our own code; a picture of a kernel file would put kernel source text into the repository.

import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEditor } from '../../test/editor/editor.ts';
import { findVsix } from '../../test/editor/package-file.ts';
import { changeSettings, framePage, hoverWith, openAt, problemRows, runCommand, showProblems } from '../../test/editor/workbench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = 'drivers/group/group.c';
const aside = mkdtempSync(join(tmpdir(), 'kreflens-pictures-'));
const tree = join(aside, 'linux');
cpSync(join(root, 'test/fixtures/demo'), tree, { recursive: true });
const put = readFileSync(join(tree, file), 'utf8').split('\n').findIndex((line) => line.includes('\tkref_put(')) + 1;

const editor = await startEditor(findVsix(), tree);
const { page } = editor;
const picture = async (name) => {
  // Colours fade in, and the mouse must not hold anything up.
  await page.mouse.move(400, 20);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(root, 'docs/images', `${name}.png`) });
};
try {
  await page.setViewportSize({ width: 1440, height: 720 });
  await openAt(page, file, put, 2);
  await page.locator('.monaco-editor').locator('.squiggly-warning, .squiggly-info').first().waitFor({ timeout: 60_000 });

  await runCommand(page, 'Explorer: Focus on Kernel Registries View');
  await page.getByRole('treeitem', { name: /^Registry/ }).first().click();
  await page.locator('.pane-header', { hasText: 'linux' }).first().click();
  await openAt(page, file, put, 2);
  await picture('registries');

  await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  await showProblems(page, '');
  await problemRows(page, 'last put').first().waitFor();
  await hoverWith(page, /last/);
  await picture('finding');

  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1320, height: 676 });
  await runCommand(page, 'View: Toggle Panel Visibility');
  await openAt(page, file, put, 2);
  await runCommand(page, 'kreflens: Show the Race at the Cursor');
  await framePage(page).locator('.step').nth(5).click({ timeout: 60_000 });
  await picture('race');
  for (const [name, theme] of [['race-dark', 'Default Dark Modern'], ['race-contrast', 'Default High Contrast']]) {
    await page.keyboard.press('Control+1');
    await changeSettings(page, { 'workbench.colorTheme': theme });
    await framePage(page).locator('.step').nth(5).click();
    await picture(name);
  }
} finally {
  await editor.stop();
  rmSync(aside, { recursive: true, force: true });
}
