// While a function is half typed it cannot be judged: its last good findings stay, moved with the text and marked.

import type { Gap } from '../base/gap.ts';
import { lineStarts, offsetAt, positionAt, type Position } from '../base/span.ts';
import type { Finding } from '../ide/finding.ts';

const mark = ' (before the current edit)';

export interface Judged {
  readonly findings: readonly Finding[];
  readonly text: string;
  /** What has not parsed since the first look at the document: the parser's limits, not the user's typing. */
  readonly unparsed: ReadonlySet<string>;
}

/** The whole file, among the names of functions. */
const wholeFile = '';

/**
 * What to show for `text`: the findings of now, and those of `earlier` in functions that stopped to parse since and
 * have no finding of the same rule now. `gaps` are those of the file. A finding with an end
 * inside the edited text is dropped.
 */
export function judged(earlier: Judged | undefined, text: string, now: readonly Finding[], gaps: readonly Gap[]): Judged {
  const unparsed = new Set(gaps.filter((gap) => gap.kind === 'parse').map((gap) => gap.function ?? wholeFile));
  if (earlier === undefined) return { findings: now, text, unparsed };
  const held = heldOver(earlier, text, now, unparsed);
  return { findings: [...now, ...held], text, unparsed: new Set([...unparsed].filter((name) => earlier.unparsed.has(name))) };
}

function heldOver(earlier: Judged, text: string, now: readonly Finding[], unparsed: ReadonlySet<string>): readonly Finding[] {
  const broken = new Set([...unparsed].filter((name) => !earlier.unparsed.has(name)));
  if (broken.size === 0 || earlier.findings.length === 0) return [];
  const move = mover(earlier.text, text);
  return earlier.findings
    .filter((finding) => broken.has(finding.function) || broken.has(wholeFile))
    .filter((finding) => !now.some((other) => other.rule === finding.rule && other.function === finding.function))
    .flatMap((finding) => {
      const start = move(finding.range.start);
      const end = move(finding.range.end);
      if (start === undefined || end === undefined) return [];
      const message = finding.message.endsWith(mark) ? finding.message : finding.message + mark;
      return [{ ...finding, message, range: { start, end } }];
    });
}

/** Moves positions over the one edit that lies between two texts; undefined inside of it. */
function mover(before: string, after: string): (position: Position) => Position | undefined {
  const most = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < most && before.charCodeAt(prefix) === after.charCodeAt(prefix)) prefix += 1;
  let suffix = 0;
  while (suffix < most - prefix && before.charCodeAt(before.length - 1 - suffix) === after.charCodeAt(after.length - 1 - suffix)) suffix += 1;
  const beforeStarts = lineStarts(before);
  const afterStarts = lineStarts(after);
  return (position) => {
    const offset = offsetAt(beforeStarts, position);
    if (offset <= prefix) return positionAt(afterStarts, offset);
    if (offset >= before.length - suffix) return positionAt(afterStarts, offset + after.length - before.length);
    return undefined;
  };
}
