// Two columns of text, as kernel changelogs draw what two CPUs do: at most 75 columns wide.

const WIDTH = 75;
const LEFT = 37;
/** Width of the narrower column. */
export const COLUMN = LEFT - 2;
export const INDENT = 2;

export interface Row {
  readonly cpu: 0 | 1;
  /** Nesting of calls. */
  readonly depth: number;
  readonly text: string;
}

/** Time runs downwards; one row per step, without a newline at the end. */
export function columns(rows: readonly Row[]): string {
  const lines = [line('CPU0', 'CPU1'), line('----', '----')];
  for (const { cpu, depth, text } of rows) {
    const width = cpu === 0 ? COLUMN : WIDTH - LEFT;
    for (const part of wrap(text, width, depth * INDENT)) lines.push(cpu === 0 ? line(part, '') : line('', part));
  }
  return lines.join('\n');
}

function line(left: string, right: string): string {
  return `${left.padEnd(LEFT)}${right}`.trimEnd();
}

/** Breaks at spaces, with the rest further in; a word that is too long is cut. */
function wrap(text: string, width: number, indent: number): readonly string[] {
  const lines: string[] = [];
  const margin = ' '.repeat(Math.min(indent, 10));
  let current = margin;
  for (const word of text.split(' ')) {
    const fits = current.trim() === '' ? current + word : `${current} ${word}`;
    if (fits.length <= width) {
      current = fits;
      continue;
    }
    if (current.trim() !== '') lines.push(current);
    // A long name moves to the left rather than lose its end.
    current = ' '.repeat(Math.max(0, Math.min(margin.length + INDENT, width - word.length))) + word;
    if (current.length > width) current = `${current.slice(0, width - 3)}...`;
  }
  if (current.trim() !== '') lines.push(current);
  return lines;
}
