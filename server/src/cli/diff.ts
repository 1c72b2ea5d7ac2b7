// `kreflens diff`: what a patch, or the way from one revision to another, does to locks, references and findings.

import { chooseFindings } from '../ide/choose-findings.ts';
import { effectChanges, type FileChange } from '../ide/effect-changes.ts';
import type { Confidence } from '../ide/finding.ts';
import type { Files } from '../ide/workspace.ts';
import { diffJson, diffText } from './formats/diff.ts';
import type { Host, Result } from './host.ts';
import { open, type Opened, type TreeOptions } from './open.ts';
import { applyToTree } from './patch.ts';
import { exitStatus, problems, type Problems } from './problems.ts';
import { changesBetween, filesAt } from './revisions.ts';
import { plainText } from './source-text.ts';

export interface DiffOptions extends TreeOptions {
  readonly format: 'text' | 'json';
  readonly minConfidence: Confidence;
}

export function diff(host: Host, range: string | undefined, options: DiffOptions): number {
  const said = problems(host);
  const read = range === undefined || range === '-' ? fromPatch(host, said, options) : fromRange(host, said, range, options);
  if (read === undefined) return exitStatus.failed;
  const { opened, changes } = read;
  if (changes.length === 0) return said.status(exitStatus.nothing);
  const result = effectChanges(opened.workspace, changes, (findings) =>
    chooseFindings(findings, { rules: [], minConfidence: options.minConfidence }));
  host.out(options.format === 'json' ? diffJson(result, host.version) : diffText(result));
  return said.status(result.introduced.length > 0 ? exitStatus.findings : exitStatus.nothing);
}

interface Read {
  readonly opened: Opened;
  readonly changes: readonly FileChange[];
}

function fromPatch(host: Host, said: Problems, options: DiffOptions): Read | undefined {
  const opened = open(host, said, options, []);
  if (opened === undefined) return undefined;
  const bytes = host.readStdin();
  const text: Result<string> = bytes.ok ? plainText(bytes.value) : bytes;
  const patched = text.ok ? applyToTree(text.value, (file) => opened.files.read(file)) : text;
  if (!patched.ok) said.say(`standard input: ${patched.why}`);
  else for (const failure of patched.value.failures) said.say(failure);
  return patched.ok ? { opened, changes: patched.value.changes } : undefined;
}

function fromRange(host: Host, said: Problems, range: string, options: DiffOptions): Read | undefined {
  let files: Files | undefined;
  // The tree is found as ever, and seen as the later revision has it.
  const at: Host = {
    ...host,
    filesOf(tree) {
      const later = filesAt(host, tree, range);
      if (!later.ok) said.say(later.why);
      files = later.ok ? later.value : undefined;
      return files ?? host.filesOf(tree);
    },
  };
  const opened = open(at, said, options, []);
  if (opened === undefined || files === undefined) return undefined;
  const changes = changesBetween(host, opened.tree, range);
  if (!changes.ok) said.say(changes.why);
  return changes.ok ? { opened, changes: changes.value } : undefined;
}
