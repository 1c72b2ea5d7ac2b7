// `kreflens fix`: the fixes of the finding at a line, as a unified diff or written to the files. On a line without a
// finding: what its put relies on, as an assertion to add.

import { isAbsolute, join } from 'node:path';

import { applyEdits } from '../ide/apply-edits.ts';
import type { Finding } from '../ide/finding.ts';
import type { VerifiedFix } from '../ide/workspace.ts';
import { findingsAtLine, openAtLine, type AtLine } from './at-line.ts';
import type { Host } from './host.ts';
import type { TreeOptions } from './open.ts';
import { exitStatus, oneLine, problems } from './problems.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface FixOptions extends TreeOptions {
  readonly list: boolean;
  readonly id?: string | undefined;
  readonly write: boolean;
}

export function fix(host: Host, argument: string, options: FixOptions): number {
  const said = problems(host);
  if (options.write && options.id === undefined) {
    said.say('--write needs --fix ID');
    return exitStatus.failed;
  }
  const at = openAtLine(host, said, argument, options);
  if (at === undefined) return exitStatus.failed;
  const findings = findingsAtLine(at);
  const offers = findings.length > 0
    ? findings.map((finding) => ({ finding, fixes: at.workspace.fixes(finding) }))
    : [{ finding: undefined, fixes: at.workspace.facts(at.file, at.line) }];
  const fixes = offers.flatMap((offer) => offer.fixes);
  if (fixes.length === 0) said.say(findings.length > 0 ? `no fix for the finding at ${argument}` : `no finding at ${argument}${elsewhere(at)}`);
  else if (options.list) host.out(offers.map(({ finding, fixes: own }) => sheets(offers.length > 1 ? finding : undefined, own)).join('\n'));
  else {
    const { id } = options;
    const chosen = id === undefined ? fixes.find(({ refuted }) => refuted.length === 0) : fixes.find((one) => one.id === id && one.refuted.length === 0) ?? fixes.find((one) => one.id === id);
    if (chosen === undefined) said.say(id === undefined ? `every fix of the finding at ${argument} is refuted; --list says why` : `no fix '${id}' at ${argument}; ${idsOf(fixes)}`);
    else if (chosen.refuted.length > 0) said.say(`fix '${chosen.id}' is refuted: ${chosen.refuted.join('; ')}`);
    else emit(host, said.say, at, chosen, options.write);
  }
  return said.status(exitStatus.nothing);
}

/** At most this many lines or names in a message. */
const SOME = 5;

/** Where the file's findings are. */
function elsewhere({ workspace, file, line }: AtLine): string {
  const lines = [...new Set(workspace.check([file]).findings.filter((finding) => finding.file === file).map(({ range }) => range.start.line + 1))];
  if (lines.length === 0) return ', nor anywhere in the file';
  const nearest = lines.toSorted((one, other) => Math.abs(one - line) - Math.abs(other - line) || one - other).slice(0, SOME).sort((one, other) => one - other);
  return `; the file has ${lines.length === 1 ? 'one at line' : lines.length > SOME ? 'some, the nearest at lines' : 'some at lines'} ${nearest.join(', ')}`;
}

function idsOf(fixes: readonly VerifiedFix[]): string {
  const ids = [...new Set(fixes.filter(({ refuted }) => refuted.length === 0).map(({ id }) => id))];
  return ids.length === 0 ? 'every fix there is refuted, and --list says why' : `there ${ids.length === 1 ? 'is' : 'are'} ${ids.slice(0, SOME).join(', ')}`;
}

/** What each fix does, and what was proved of it; below the finding where the line has several. */
function sheets(finding: Finding | undefined, fixes: readonly VerifiedFix[]): string {
  const head = finding ? `${finding.file}:${finding.range.start.line + 1}: ${oneLine(finding.message)} [${finding.rule}]\n` : '';
  return head + (fixes.length === 0 ? 'no fix\n' : fixes.map(sheet).join('\n'));
}

/** What was proved, what is assumed, what speaks against it. */
function sheet(fix: VerifiedFix): string {
  const lines = [
    `${fix.id}: ${oneLine(fix.title)}${fix.refuted.length > 0 ? ' (refuted)' : ''}`,
    ...fix.proved.map((line) => `  proved: ${oneLine(line)}`),
    ...fix.assumed.map((line) => `  assumed: ${oneLine(line)}`),
    ...fix.refuted.map((line) => `  refuted: ${oneLine(line)}`),
  ];
  return `${lines.join('\n')}\n`;
}

interface Change {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

function emit(host: Host, say: (message: string) => void, { tree, files }: AtLine, chosen: VerifiedFix, write: boolean): void {
  const changes: Change[] = [];
  for (const file of [...new Set(chosen.edits.map((edit) => edit.file))].sort()) {
    const before = files.read(file);
    if (before === undefined) return say(`${file}: cannot be read any more`);
    const after = applyEdits(before, chosen.edits.filter((edit) => edit.file === file));
    host.out(unifiedDiff(file, before, after));
    changes.push({ file, before, after });
  }
  if (write) writeAll(host, say, tree, changes);
}

/** All files or none: half a fix is worse than the defect. */
function writeAll(host: Host, say: (message: string) => void, tree: string, changes: readonly Change[]): void {
  const pathOf = (file: string): string => (isAbsolute(file) ? file : join(tree, file));
  for (const { file, before } of changes) {
    // Writing a text with replaced bytes would lose the bytes.
    const bytes = host.readBytes(pathOf(file));
    if (!bytes.ok || !sameText(bytes.value, before)) return say(`${file}: not written, it is not valid UTF-8`);
  }
  for (const [index, { file, after }] of changes.entries()) {
    const written = host.writeText(pathOf(file), after);
    if (written.ok) continue;
    for (const done of changes.slice(0, index)) host.writeText(pathOf(done.file), done.before);
    return say(`${file}: not written: ${written.why}; ${changes.length > 1 ? 'the other files are as they were' : 'nothing was changed'}`);
  }
}

function sameText(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(text, 'utf8').equals(bytes);
}
