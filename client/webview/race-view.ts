// The race view's page at run time: which step is selected, by key and by click. What a step means stays in the
// extension; the page only says what was asked for.

import type { FromPage, ToPage } from '../src/race-messages.ts';

interface Host {
  postMessage(message: FromPage): void;
}
declare function acquireVsCodeApi(): Host;

const host = acquireVsCodeApi();
const steps = [...document.querySelectorAll<HTMLElement>('.step')];
let selected = Number(document.body.dataset['selected'] ?? 0);

/** Moves the one tab stop, as in any list box; the focus follows where the list has it. */
function mark(step: number): void {
  selected = Math.max(0, Math.min(steps.length - 1, step));
  const hasFocus = steps.some(one => one === document.activeElement);
  steps.forEach((one, index) => {
    one.setAttribute('aria-selected', String(index === selected));
    one.tabIndex = index === selected ? 0 : -1;
  });
  if (hasFocus) steps[selected]?.focus();
  steps[selected]?.scrollIntoView({ block: 'nearest' });
}

function select(step: number): void {
  mark(step);
  host.postMessage({ type: 'select', step: selected });
}

function open(): void {
  host.postMessage({ type: 'open', step: selected });
}

const MOVES: Readonly<Record<string, () => number>> = {
  ArrowDown: () => selected + 1,
  ArrowUp: () => selected - 1,
  j: () => selected + 1,
  k: () => selected - 1,
  Home: () => 0,
  End: () => steps.length - 1,
};

document.getElementById('race')?.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const move = MOVES[event.key];
  if (move !== undefined) select(move());
  else if (event.key === 'Enter' || event.key === ' ') open();
  else return;
  event.preventDefault();
});
steps.forEach((step, index) => step.addEventListener('click', () => {
  step.focus();
  select(index);
}));
document.getElementById('previous')?.addEventListener('click', () => select(selected - 1));
document.getElementById('next')?.addEventListener('click', () => select(selected + 1));
document.getElementById('open')?.addEventListener('click', open);
document.getElementById('copy')?.addEventListener('click', () => host.postMessage({ type: 'copy' }));

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'select') mark(data.step);
  else {
    const notice = document.getElementById('notice');
    if (notice !== null) notice.textContent = data.text;
  }
});

mark(selected);
host.postMessage({ type: 'ready' });
window.addEventListener('focus', () => {
  if (document.activeElement === document.body) steps[selected]?.focus();
});
