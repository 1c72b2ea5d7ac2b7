// What a user does in the editor, by keyboard: clicks are less reliable, since overlays catch them.

import type { FrameLocator, Locator, Page } from 'playwright-core';
import { QUIET, waitFor } from './editor.ts';

/** Milliseconds for an answer about a file of the driver core, which the server may have to read anew for it. */
export const ANSWER = 60_000;

/** Opens `file` with the cursor there; line and column are 1-based, columns count a tab as one. */
export async function openAt(page: Page, file: string, line: number, column: number): Promise<void> {
  const input = await quickInput(page, 'Control+P');
  await input.fill(`${file}:${line}:${column}`);
  await page.locator('.quick-input-widget .monaco-list-row.focused', { hasText: file.split('/').at(-1) ?? file }).waitFor();
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
  await page.locator('.statusbar', { hasText: `Ln ${line}, Col` }).waitFor();
}

/** Runs a command of the palette by its full title; `answer` is what is typed when it asks for a choice. */
export async function runCommand(page: Page, title: string, answer?: string): Promise<void> {
  const input = await quickInput(page, 'F1');
  await input.fill(`>${title}`);
  // Longer titles may come first, and the list is filled bit by bit.
  const focused = page.locator('.quick-input-widget .monaco-list-row.focused');
  await waitFor(`"${title}" in the palette`, 15_000, async () => {
    const label = await focused.getAttribute('aria-label').catch(() => null) ?? '';
    if (label === title || label.startsWith(`${title},`)) return true;
    await page.keyboard.press('ArrowDown');
    return undefined;
  });
  await page.keyboard.press('Enter');
  if (answer !== undefined) {
    await page.locator('.quick-input-widget .monaco-list-row', { hasText: answer }).first().waitFor();
    await input.fill(answer);
    await page.keyboard.press('Enter');
  }
  await input.waitFor({ state: 'hidden' });
}

/** The input that the key opens. A frame that is still loading swallows keys, hence more than one try. */
async function quickInput(page: Page, key: string): Promise<Locator> {
  const input = page.locator('.quick-input-widget input.input');
  await waitFor('the quick input', 15_000, async () => {
    await page.keyboard.press(key);
    return await input.waitFor({ timeout: 2000 }).then(() => true, () => undefined);
  });
  return input;
}

/** Makes these the user's settings, by an edit in the editor: it follows no other at once. The file is closed again. */
export async function changeSettings(page: Page, settings: Readonly<Record<string, unknown>>): Promise<void> {
  await runCommand(page, 'Preferences: Open User Settings (JSON)');
  await page.locator('.tab.active', { hasText: 'settings.json' }).waitFor();
  await page.locator('.editor-group-container.active .view-line').first().waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify({ ...QUIET, ...settings }));
  // The editor closes the first bracket and quote by itself: left there, the file is no JSON, and its own writes to it fail.
  await page.keyboard.press('Control+Shift+End');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Control+S');
  await page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  await runCommand(page, 'View: Close Editor');
}

/** The page of the race view, or of whatever else the editor shows in a frame: the newest. */
export function framePage(page: Page): FrameLocator {
  return page.locator('iframe.webview').last().contentFrame().frameLocator('iframe');
}

/** Opens the Problems view, filtered, since only rows in sight can be read; the editor keeps the focus. */
export async function showProblems(page: Page, filter: string): Promise<void> {
  await page.keyboard.press('Control+Shift+M');
  await page.locator('.markers-panel').waitFor();
  await page.locator('.viewpane-filter input').fill(filter);
  await page.keyboard.press('Control+1');
}

/** The rows of the open Problems view that contain `text`. */
export function problemRows(page: Page, text: string): Locator {
  return page.locator('.markers-panel .monaco-list-row', { hasText: text });
}

/** The text of the hover at the cursor, once it matches. Findings are shown there, too, and are left out. */
export async function hoverWith(page: Page, pattern: RegExp): Promise<string> {
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+I');
  return await waitFor(`a hover like ${pattern}`, ANSWER, async () => {
    const text = flat((await page.locator('.monaco-hover-content .markdown-hover').allInnerTexts()).join(' | '));
    return pattern.test(text) ? text : undefined;
  });
}

const FIX_ROW = '.action-widget .monaco-list-row.action';

/** Opens the quick-fix menu at the cursor and answers its entries. Escape closes it, Enter takes the first. */
export async function quickFixes(page: Page): Promise<readonly string[]> {
  // The editor drops a question asked by key when it asks again by itself, as it does for the light bulb.
  await page.locator('[class*="gutter-lightbulb"], .lightBulbWidget').first().waitFor({ timeout: ANSWER });
  const rows = page.locator(FIX_ROW);
  await page.keyboard.press('Control+.');
  await rows.first().waitFor({ timeout: ANSWER });
  return (await rows.allInnerTexts()).map(flat);
}

/** Takes the entry with this title of the quick-fix menu at the cursor, for which there need be no light bulb. */
export async function applyFix(page: Page, title: string): Promise<void> {
  const rows = page.locator(FIX_ROW).filter({ visible: true });
  const focused = page.locator(`${FIX_ROW}.focused`);
  await waitFor(`"${title}" in the quick-fix menu`, ANSWER, async () => {
    if (await rows.count() === 0) {
      await page.keyboard.press('Control+.');
      await rows.first().waitFor({ timeout: 3000 }).catch(() => undefined);
      return undefined;
    }
    if (flat(await focused.innerText({ timeout: 1000 }).catch(() => '')) === title) return true;
    await page.keyboard.press('ArrowDown');
    return undefined;
  });
  await page.keyboard.press('Enter');
  await rows.first().waitFor({ state: 'hidden' });
}

/** Editor text has spaces of several kinds; compare it with plain ones. */
function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
