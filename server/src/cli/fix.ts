// `kreflens fix`: the fixes of the finding at a line, as a unified diff or written to the files.

import { isAbsolute, join } from 'node:path';

import { applyEdits } from '../ide/apply-edits.ts';
import type { VerifiedFix } from '../ide/workspace.ts';
import { findingsAtLine, openAtLine } from './at-line.ts';
import type { Host } from './host.ts';
import type { Opened, TreeOptions } from './open.ts';
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
  const fixes = findings.flatMap((finding) => at.workspace.fixes(finding));
  if (findings.length === 0) said.say(`no finding at ${argument}`);
  else if (fixes.length === 0) said.say(`no fix for the finding at ${argument}`);
  else if (options.list) host.out(fixes.map(sheet).join('\n'));
  else {
    const chosen = options.id === undefined ? fixes.find(({ refuted }) => refuted.length === 0) : fixes.find(({ id }) => id === options.id);
    if (chosen === undefined) {
      said.say(options.id === undefined ? `every fix of the finding at ${argument} is refuted; --list says why` : `no fix '${options.id}' at ${argument}; --list shows them`);
    } else if (chosen.refuted.length > 0) said.say(`fix '${chosen.id}' is refuted: ${chosen.refuted.join('; ')}`);
    else emit(host, said.say, at, chosen, options.write);
  }
  return said.status(exitStatus.nothing);
}

/** What was proved, what is assumed, what speaks against it. */
function sheet(fix: VerifiedFix): string {
  const lines = [
    `${fix.id}: ${fix.title}${fix.refuted.length > 0 ? ' (refuted)' : ''}`,
    ...fix.proved.map((line) => `  proved: ${oneLine(line)}`),
    ...fix.assumed.map((line) => `  assumed: ${oneLine(line)}`),
    ...fix.refuted.map((line) => `  refuted: ${oneLine(line)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function emit(host: Host, say: (message: string) => void, { tree, files }: Opened, chosen: VerifiedFix, write: boolean): void {
  for (const file of [...new Set(chosen.edits.map((edit) => edit.file))].sort()) {
    const before = files.read(file);
    if (before === undefined) return say(`${file}: cannot be read any more`);
    const after = applyEdits(before, chosen.edits.filter((edit) => edit.file === file));
    host.out(unifiedDiff(file, before, after));
    if (!write) continue;
    const path = isAbsolute(file) ? file : join(tree, file);
    // Writing a text with replaced bytes would lose the bytes.
    const bytes = host.readBytes(path);
    if (!bytes.ok || !sameText(bytes.value, before)) return say(`${file}: not written, it is not valid UTF-8`);
    const written = host.writeText(path, after);
    if (!written.ok) return say(`${file}: not written: ${written.why}`);
  }
}

function sameText(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(text, 'utf8').equals(bytes);
}
