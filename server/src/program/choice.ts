// Which of several definitions of one name counts, when #if branches hold more than one.

import type { FunctionItem } from '../syntax/items.ts';

/** Option -> `y`, `m`, `n` or a value. An option that it does not name is off. */
export type Kconfig = ReadonlyMap<string, string>;

/** True if the configuration switches one of these atoms off. What is no plain `CONFIG_X` or `!CONFIG_X` is not judged. */
export function refuted(atoms: readonly string[], kconfig: Kconfig): boolean {
  return atoms.some((atom) => {
    const plain = /^(!?)(CONFIG_\w+)$/.exec(atom);
    if (plain?.[2] === undefined) return false;
    const value = kconfig.get(plain[2]);
    const on = value !== undefined && value !== 'n';
    return on === (plain[1] === '!');
  });
}

/**
 * The definition that most kernels are built with. Without a .config that is the longest one: the short ones are the
 * empty stubs for an option that is off. A __weak body only serves where no other one is linked.
 */
export function preferred(items: readonly FunctionItem[], text: string): FunctionItem | undefined {
  let best: FunctionItem | undefined;
  for (const item of items) if (best === undefined || weight(item, text) > weight(best, text)) best = item;
  return best;
}

function weight(item: FunctionItem, text: string): number {
  const length = item.bodySpan.end - item.bodySpan.start;
  return isWeak(item, text) ? length - 1e9 : length;
}

export function isWeak(item: FunctionItem, text: string): boolean {
  return /\b__weak\b/.test(text.slice(item.span.start, item.bodySpan.start));
}
