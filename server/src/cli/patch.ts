// What a patch makes of the files of a tree, or what they were before it, if it has been applied.

import { applyPatch, parsePatch, reversePatch, type StructuredPatch } from 'diff';

import type { FileChange } from '../ide/effect-changes.ts';
import type { Result } from './host.ts';
import { isC } from './source-text.ts';

export interface Patched {
  /** Of C files only, by path. */
  readonly changes: readonly FileChange[];
  /** One sentence for each part that could not be applied. */
  readonly failures: readonly string[];
}

/** `text` may be a series of mails: what is no patch in it is passed over. `read` gets paths relative to the tree. */
export function applyToTree(text: string, read: (file: string) => string | undefined): Result<Patched> {
  let parts: readonly StructuredPatch[];
  try {
    parts = parsePatch(withoutMail(text)).filter(({ hunks, isRename, isDelete, isCreate }) => hunks.length > 0 || isRename || isDelete || isCreate);
  } catch (error) {
    return { ok: false, why: `not a patch: ${error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error)}` };
  }
  if (parts.length === 0) return { ok: false, why: 'no patch in it' };
  const forward = applyAll(parts, read);
  if (forward.failures.length === 0) return { ok: true, value: forward };
  // The tree may have the patch already: then the files as they are come after it.
  const backward = applyAll([...parts].reverse().map((part) => reversePatch(part)), read);
  return { ok: true, value: backward.failures.length > 0 ? forward : { failures: [], changes: backward.changes.map(turned) } };
}

/**
 * Only the lines of patches: what stands around them in mails is taken for a part of a hunk otherwise, a signature's
 * `-- ` for a line that goes.
 */
function withoutMail(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  let old = 0;
  let now = 0;
  lines.forEach((line, index) => {
    const sign = line.slice(0, 1);
    if (old > 0 || now > 0) {
      if (sign !== '+' && sign !== '\\') old -= 1;
      if (sign !== '-' && sign !== '\\') now -= 1;
      // Mailers cut the blank off an empty line.
      kept.push(line === '' && index < lines.length - 1 ? ' ' : line);
      return;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk) [old, now] = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)];
    const isHeader = HEADER.test(line) || (line.startsWith('--- ') && lines[index + 1]?.startsWith('+++ ') === true) || (line.startsWith('+++ ') && lines[index - 1]?.startsWith('--- ') === true);
    if (hunk || isHeader || sign === '\\') kept.push(line);
  });
  return `${kept.join('\n')}\n`;
}

const HEADER = /^(?:diff --git |Index: |(?:rename|copy) (?:from|to) |(?:new|deleted) file mode |old mode |new mode |similarity index |Binary files )/;

function turned({ file, before, after, formerly }: FileChange): FileChange {
  return formerly === undefined ? { file, before: after, after: before } : { file: formerly, before: after, after: before, formerly: file };
}

function applyAll(parts: readonly StructuredPatch[], read: (file: string) => string | undefined): Patched {
  /** Texts after the parts so far; undefined: the file is gone. */
  const texts = new Map<string, string | undefined>();
  const formerly = new Map<string, string>();
  const failures: string[] = [];
  const current = (file: string): string | undefined => (texts.has(file) ? texts.get(file) : read(file));
  for (const part of parts) {
    const from = pathIn(part.oldFileName);
    const to = pathIn(part.newFileName);
    const named = to ?? from;
    if (named === undefined || !isC(named) || part.isBinary) continue;
    const outside = [from, to].find((path) => path !== undefined && /^\/|(^|\/)\.\.(\/|$)/.test(path));
    if (outside !== undefined) {
      failures.push(`${outside}: outside of the tree`);
      continue;
    }
    const before = from === undefined ? '' : current(from);
    const after = before === undefined ? false : applyPatch(before, part);
    if (before === undefined) failures.push(`${from}: the tree has no such file`);
    else if (from === undefined && current(named) !== undefined) failures.push(`${named}: the patch makes it, but it is there already`);
    else if (after === false) failures.push(`${named}: the patch does not apply`);
    else {
      if (from !== undefined && from !== to) texts.set(from, undefined);
      if (from !== undefined && to !== undefined && from !== to) formerly.set(to, formerly.get(from) ?? from);
      if (to !== undefined) texts.set(to, after);
    }
  }
  const changes = [...texts].flatMap(([file, after]): FileChange[] => {
    const before = read(file);
    const old = formerly.get(file);
    return before === after && old === undefined ? [] : [{ file, before, after, ...(old === undefined ? {} : { formerly: old }) }];
  });
  return { changes: changes.sort((one, other) => (one.file < other.file ? -1 : 1)), failures };
}

/** undefined: no file on this side. */
function pathIn(name: string | undefined): string | undefined {
  if (name === undefined || name === '/dev/null') return undefined;
  return name.replace(/^[ab]\//, '').replace(/^\.\//, '');
}
