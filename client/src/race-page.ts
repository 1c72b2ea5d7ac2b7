// The race view's page: two lanes, numbered steps, locks as bars, the count after each step. It asks for nothing beyond
// its own script and style sheet, and a reader without eyes gets a list of sentences.

import { lockBars, placeText, spoken } from './race-picture.ts';
import type { LockBar } from './race-picture.ts';
import type { WireStep } from '../../server/src/lsp/protocol.ts';
import { t } from './texts.ts';

export interface Page {
  readonly title: string;
  readonly steps: readonly WireStep[];
  /** The changelog's diagram. */
  readonly text: string;
  /** Of the buttons and headings, as `vscode.env.language` has it; the steps are code. */
  readonly language: string;
  /** Index of the step to start at. */
  readonly selected: number;
}

/** What the editor grants a page: where its files are, and a word that no injected markup can know. */
export interface Grant {
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  readonly nonce: string;
}

export function racePage(page: Page, { script, style, cspSource, nonce }: Grant): string {
  const bars = lockBars(page.steps);
  const policy = `default-src 'none'; style-src ${cspSource} 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${escape(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(t('Race'))}</title>
<link rel="stylesheet" href="${escape(style)}">
<style nonce="${nonce}">${layout(page.steps, bars)}</style>
</head>
<body data-selected="${page.selected}">
<h1>${escape(page.title)}</h1>
<div class="tools" role="toolbar" aria-label="${escape(t('Race'))}">
<button id="previous" type="button">${escape(t('Previous step'))}</button>
<button id="next" type="button">${escape(t('Next step'))}</button>
<button id="open" type="button">${escape(t('Go to line'))}</button>
<button id="copy" type="button">${escape(t('Copy as changelog text'))}</button>
</div>
<p id="notice" role="status"></p>
<div id="race" role="listbox" aria-label="${escape(t('What the two CPUs do, in the order in which it happens'))}">
<div class="head" aria-hidden="true"><span class="number">${escape(t('step'))}</span><span class="cpu0">CPU0</span><span class="cpu1">CPU1</span><span class="count">${escape(t('count'))}</span></div>
<div id="between" aria-hidden="true"></div>
${bars.map(barHtml).join('\n')}
${page.steps.map(stepHtml).join('\n')}
</div>
<p class="help">${escape(t('Arrow keys go from step to step, Enter goes to the line. A bar is a lock, held over the steps beside it.'))}</p>
<details>
<summary>${escape(t('As changelog text'))}</summary>
<pre>${escape(page.text)}</pre>
</details>
<script nonce="${nonce}" src="${escape(script)}"></script>
</body>
</html>`;
}

/** Columns: number, locks of CPU0, its lane, locks of CPU1, its lane, count. Row 1 is the heading. */
function layout(steps: readonly WireStep[], bars: readonly LockBar[]): string {
  const locks = ([0, 1] as const).map(cpu => Math.max(0, ...bars.filter(bar => bar.cpu === cpu).map(({ column }) => column + 1)));
  const [before = 0, between = 0] = locks;
  const lane0 = 2 + before;
  const lane1 = lane0 + 1 + between;
  const lockColumns = (count: number): string => (count === 0 ? '' : ` repeat(${count}, max-content)`);
  return [
    `#race { grid-template-columns: max-content${lockColumns(before)} minmax(0, 1fr)${lockColumns(between)} minmax(0, 1fr) max-content; }`,
    `.cpu0 { grid-column: ${lane0}; }`,
    `.cpu1 { grid-column: ${lane1}; }`,
    `.count { grid-column: ${lane1 + 1}; }`,
    `#between { grid-row: 1 / ${steps.length + 2}; grid-column: ${lane0 + 1}; }`,
    ...steps.map((_, index) => `#step${index} { grid-row: ${index + 2}; }`),
    ...bars.map((bar, index) => {
      const column = (bar.cpu === 0 ? 2 : lane0 + 1) + bar.column;
      return `#bar${index} { grid-row: ${bar.first + 2} / ${bar.last + 3}; grid-column: ${column}; }`;
    }),
  ].join('\n');
}

function barHtml({ lock, cpu }: LockBar, index: number): string {
  return `<div class="bar" id="bar${index}" aria-hidden="true" title="${escape(t('CPU{0} holds {1}', cpu, lock))}"><span>${escape(lock.split(/[.>]/).at(-1) ?? lock)}</span></div>`;
}

function stepHtml(step: WireStep, index: number, steps: readonly WireStep[]): string {
  const effect = step.effect === undefined ? '' : `<span class="effect">${escape(step.effect)}</span>`;
  const place = steps.every(other => other.file === steps[0]?.file) && step.line !== undefined ? t('line {0}', step.line + 1) : placeText(step);
  const where = place === '' ? '' : `<span class="where">${escape(place)}</span>`;
  const count = index === 0 || steps[index - 1]?.count !== step.count ? ' changed' : '';
  return `<div class="step ${step.kind}" id="step${index}" role="option" tabindex="-1" aria-selected="false" aria-label="${escape(spoken(step, index, steps))}">` +
    `<span class="number">${index + 1}</span>` +
    `<span class="cpu${step.cpu} what depth${Math.min(step.depth, 6)}"><code>${code(step.text)}</code>${effect}${where}</span>` +
    `<span class="count${count}">${step.count}</span></div>`;
}

/** A narrow lane breaks lines: behind a bracket or a dot, and not within an arrow. */
function code(text: string): string {
  return escape(text).replace(/-&#62;/g, '-&#8288;&#62;').replace(/([.(])(?=[\w&])/g, '$1<wbr>');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, one => `&#${one.charCodeAt(0)};`);
}
