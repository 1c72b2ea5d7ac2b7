// `kreflens check`: findings of files and folders.

import { resolve } from 'node:path';

import type { Gap } from '../base/gap.ts';
import type { Confidence, Finding } from '../ide/finding.ts';
import { isBuilt, reportInfo } from '../ide/rule-catalogue.ts';
import { type Asked, joined, fileReport } from './file-report.ts';
import { formats, type FormatName } from './formats/formats.ts';
import type { BuiltIndex, Host } from './host.ts';
import { collectInputs } from './inputs.ts';
import { wholeTree } from './whole-tree.ts';
import { fileInTree, findPath, open, treeOf, type TreeOptions } from './open.ts';
import { exitStatus, problems, type Problems } from './problems.ts';
import { isC, sourceText } from './source-text.ts';

export interface CheckOptions extends Omit<TreeOptions, 'index'> {
  /** Use the whole-tree store, built or refreshed first. */
  readonly index?: boolean | undefined;
  readonly jobs?: number | undefined;
  readonly format: FormatName;
  /** As the user spelled them. */
  readonly rules: readonly string[];
  readonly minConfidence: Confidence;
  /** False: leave the time out of the output. */
  readonly timing: boolean;
  readonly stdinPath?: string | undefined;
}

/** More files than this are worth threads, each of which has to read the headers by itself. */
const FEW = 16;

/** What `-` is called when --stdin-path does not say. */
const unnamed = '<stdin>';

export async function check(host: Host, paths: readonly string[], options: CheckOptions): Promise<number> {
  const started = host.now();
  const said = problems(host);
  const rules = knownRules(said, options.rules);
  // With nothing but unknown rules there is nothing that could be asked of the files.
  if (rules.length === 0 && options.rules.length > 0) return exitStatus.failed;

  const stdin = standardInput(host, said, paths, options.stdinPath);
  const named = paths.filter((path) => path !== '-').flatMap((path) => findPath(host, said, path, options.tree) ?? []);
  if (named.length === 0 && stdin === undefined) return said.status(exitStatus.failed);
  const places = [...named, ...(stdin === undefined ? [] : [{ path: stdin, kind: 'file' as const }])];
  let built: BuiltIndex | undefined;
  if (options.index === true) {
    const root = treeOf(host, said, options.tree, places);
    built = root === undefined ? undefined : await wholeTree(host, said, root, options.jobs);
    if (built === undefined) return exitStatus.failed;
  }
  const opened = open(host, said, { ...options, index: built?.index }, places);
  if (opened === undefined) return exitStatus.failed;
  const { tree, workspace, kconfig } = opened;

  const inputs = collectInputs(host, said, tree, named);
  const files = new Set(inputs.files);
  const texts = new Map<string, string>();
  const gaps: Gap[] = [...inputs.gaps];
  if (stdin !== undefined) {
    const file = fileInTree(host, tree, stdin);
    const source = readStandardInput(host, said, file);
    if (source !== undefined) {
      texts.set(file, source.text);
      gaps.push(...source.gaps);
      files.add(file);
    }
  }

  const asked: Asked = { choice: { rules, minConfidence: options.minConfidence }, extra: extras[options.format] ?? 'none' };
  for (const [file, text] of texts) workspace.setText(file, text);
  const reports = files.size <= FEW
    ? [...files].map((file) => fileReport(workspace, file, asked))
    : await host.checkMany({
      tree, files: [...files].sort(), asked, texts, ...(kconfig === undefined ? {} : { kconfig }), ...(built === undefined ? {} : { index: built.bytes }),
    }, options.jobs);
  const report = joined(reports);
  const allGaps = [...gaps, ...report.gaps];
  host.out(
    formats[options.format]({
      ...report,
      gaps: allGaps,
      version: host.version,
      ...(options.timing ? { milliseconds: Math.round(host.now() - started) } : {}),
    }),
  );
  if (options.format === 'text') host.err(gapsInBrief(allGaps));
  return said.status(report.findings.length > 0 ? exitStatus.findings : exitStatus.nothing);
}

/** Only the forms that show them pay for them. */
const extras: Partial<Readonly<Record<FormatName, Asked['extra']>>> = { json: 'fixes', mail: 'races' };

function knownRules(said: Problems, names: readonly string[]): readonly Finding['rule'][] {
  return names.flatMap((name) => {
    const rule = reportInfo(name);
    if (rule === undefined) said.say(`unknown rule '${name}'`);
    else if (!isBuilt(rule.id)) said.say(`rule '${name}' is not implemented yet`);
    return rule === undefined ? [] : [rule.id];
  });
}

/** The absolute path that `-` stands for; undefined if it is not among the paths, or cannot be C. */
function standardInput(host: Host, said: Problems, paths: readonly string[], standsFor: string | undefined): string | undefined {
  const asked = paths.includes('-');
  if (!asked && standsFor !== undefined) said.say('--stdin-path needs `-` among the paths');
  if (!asked) return undefined;
  if (standsFor === undefined || isC(standsFor)) return resolve(host.cwd, standsFor ?? unnamed);
  said.say(`--stdin-path ${standsFor}: not C (no .c or .h file)`);
  return undefined;
}

function readStandardInput(host: Host, said: Problems, file: string) {
  const bytes = host.readStdin();
  const source = bytes.ok ? sourceText(file, bytes.value) : bytes;
  if (source.ok) return source.value;
  said.say(`standard input: ${source.why}`);
  return undefined;
}

/** One line for standard error: what was not seen, by kind. Empty when all was. */
function gapsInBrief(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return '';
  const byKind = new Map<string, number>();
  for (const gap of gaps) byKind.set(gap.kind, (byKind.get(gap.kind) ?? 0) + 1);
  const kinds = [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
  return `kreflens: ${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'} in the analysis (${kinds.join(', ')}); --format json lists them\n`;
}
