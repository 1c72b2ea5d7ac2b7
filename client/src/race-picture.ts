// How a race is drawn: which rows a lock is held over, and what a screen reader says of each step. Pure, and so tested
// without an editor; race-page.ts puts it into HTML.

import type { WireStep } from '../../server/src/lsp/protocol.ts';
import { t } from './texts.ts';

/** A lock held by one CPU from the first to the last of these steps, both counted from 0. */
export interface LockBar {
  readonly cpu: 0 | 1;
  readonly lock: string;
  readonly first: number;
  readonly last: number;
  /** Which of the lane's columns for locks it stands in, from 0. */
  readonly column: number;
}

/** What the other CPU does in between is done while the lock is held: a bar goes on until its own CPU goes on without. */
export function lockBars(steps: readonly WireStep[]): readonly LockBar[] {
  return ([0, 1] as const).flatMap(cpu => {
    const locks = [...new Set(steps.filter(step => step.cpu === cpu).flatMap(({ held }) => held))];
    return locks.flatMap((lock, column) => runsOf(steps, cpu, lock).map(run => ({ cpu, lock, column, ...run })));
  });
}

function runsOf(steps: readonly WireStep[], cpu: 0 | 1, lock: string): readonly { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = [];
  let isHeld = false;
  steps.forEach((step, index) => {
    if (step.cpu !== cpu) return;
    const run = runs.at(-1);
    if (!step.held.includes(lock)) isHeld = false;
    else if (isHeld && run !== undefined) run.last = index;
    else {
      runs.push({ first: index, last: index });
      isHeld = true;
    }
  });
  return runs;
}

/** `Step 2 of 11, CPU0: kref_put(&s->ref, release), count 1 -> 0. No lock held. group.c line 53.` */
export function spoken(step: WireStep, index: number, steps: readonly WireStep[]): string {
  const effect = step.effect === undefined ? '' : `, ${step.effect}`;
  const held = step.held.length === 0 ? t('No lock held') : t('{0} held', step.held.join(', '));
  const [file, line] = placeText(step).split(':');
  const place = line === undefined ? '' : ` ${t('{0} line {1}', file ?? '', line)}.`;
  return `${t('Step {0} of {1}, CPU{2}: {3}', index + 1, steps.length, step.cpu, step.text)}${effect}. ${held}.${place}`;
}

/** `group.c:53`; empty where the step is not in the code. */
export function placeText({ file, line }: WireStep): string {
  return file === undefined || line === undefined ? '' : `${file.split('/').at(-1) ?? file}:${line + 1}`;
}

/** What stands beside the line in the code: `CPU0, step 2: count 1 -> 0`. */
export function besideLine(step: WireStep, index: number): string {
  return t('CPU{0}, step {1}: {2}', step.cpu, index + 1, step.effect ?? step.text);
}
