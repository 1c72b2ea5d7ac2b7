// The command line: arguments in, exit status out. Every mistake in them is one line on standard error and status 2.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { check } from './check.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { fix } from './fix.ts';
import { formats } from './formats/formats.ts';
import type { FormatName } from './formats/formats.ts';
import type { Confidence } from '../ide/finding.ts';
import type { Host } from './host.ts';
import { index, type IndexOptions } from './whole-tree.ts';
import { exitStatus, problems } from './problems.ts';
import { compilerCall, kbuild } from './kbuild.ts';
import { oops } from './oops.ts';
import { race } from './race.ts';
import { summary } from './summary.ts';
import { why } from './why.ts';

/** `argv` without the program's own name. Throws only for a defect of the tool itself. */
export async function run(host: Host, argv: readonly string[]): Promise<number> {
  const compiler = compilerCall(argv);
  return compiler === undefined ? runCommand(host, argv) : kbuild(host, compiler, (args) => runCommand(host, args));
}

async function runCommand(host: Host, argv: readonly string[]): Promise<number> {
  let status: number = exitStatus.nothing;
  const program = commandLine(host, (result) => {
    status = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitStatus.nothing;
    problems(host).say(error.code === 'commander.help' ? 'no command given; see kreflens --help' : error.message.replace(/^error: /, ''));
    return exitStatus.failed;
  }
  return status;
}

interface Shared {
  readonly tree?: string;
  readonly kconfig?: string;
}

function commandLine(host: Host, done: (status: number) => void): Command {
  const program = new Command('kreflens')
    .description('Lock and reference races in Linux kernel C.')
    .version(host.version)
    .exitOverride()
    // Mistakes are printed by run(), in one line; usage texts would bury it.
    .configureOutput({ writeOut: (text) => host.out(text), writeErr: () => undefined });

  const command = (usage: string, description: string): Command => program.command(usage).description(description);
  const judging = (usage: string, description: string): Command =>
    command(usage, description)
      .option('--tree <dir>', 'the kernel tree (default: the nearest parent that looks like one)')
      .option('--kconfig <file>', 'judge for this .config only');

  judging('check', 'report the findings of files and folders')
    .argument('<path...>', 'files or folders; - is standard input')
    .addOption(new Option('--format <format>', 'form of the output').choices(Object.keys(formats)).default('text'))
    .addOption(new Option('--rule <id>', 'only this rule (repeatable)').default([], 'the stable ones')
      .argParser((id: string, ids: readonly string[]) => [...ids, id]))
    .addOption(new Option('--min-confidence <level>', 'leave out what is less sure').choices(['high', 'medium', 'low']).default('medium'))
    .option('--jobs <n>', 'number of workers', positive)
    .option('--no-timing', 'leave the time out of the output')
    .option('--stdin-path <path>', 'the file that standard input stands for')
    .option('--index', 'use the whole-tree store')
    .option('--kbuild', 'the arguments are a compiler\'s, as `make C=1 CHECK=...` passes them')
    .action(async (paths: string[], options: Shared & { format: FormatName; rule: string[]; minConfidence: Confidence; timing: boolean; stdinPath?: string; index?: true; jobs?: number }) => {
      done(await check(host, paths, { ...options, rules: options.rule }));
    });

  judging('summary', 'what functions do to locks and references')
    .argument('<function...>', '[FILE:]FUNCTION')
    .addOption(new Option('--format <format>', 'form of the output').choices(['text', 'json']).default('text'))
    .action((names: string[], options: Shared & { format: 'text' | 'json' }) => done(summary(host, names, options)));

  judging('race', 'the two-CPU diagram of a finding')
    .argument('<file:line>')
    .action((at: string, options: Shared) => done(race(host, at, options)));

  judging('fix', 'the fixes of a finding, as a unified diff')
    .argument('<file:line>')
    .addOption(new Option('--list', 'what can be done, and what was proved').conflicts(['fix', 'write']))
    .option('--fix <id>', 'this fix')
    .option('--write', 'change the files')
    .action((at: string, options: Shared & { list?: true; fix?: string; write?: true }) =>
      done(fix(host, at, { ...options, list: options.list ?? false, id: options.fix, write: options.write ?? false })));

  judging('why', 'the verdict on a put, and its argument')
    .argument('<file:line>')
    .action((at: string, options: Shared) => done(why(host, at, options)));

  judging('oops', 'match the stacks of a crash log with findings')
    .argument('<logfile>', 'a kernel log; - is standard input')
    .addOption(new Option('--format <format>', 'form of the output').choices(['text', 'json']).default('text'))
    .action((log: string, options: Shared & { format: 'text' | 'json' }) => done(oops(host, log, options)));

  judging('diff', 'what a patch on standard input, or REV..REV, does to locks, references and findings')
    .argument('[rev..rev]', 'two revisions of git')
    .addOption(new Option('--format <format>', 'form of the output').choices(['text', 'json']).default('text'))
    .addOption(new Option('--min-confidence <level>', 'leave out what is less sure').choices(['high', 'medium', 'low']).default('medium'))
    .action((range: string | undefined, options: Shared & { format: 'text' | 'json'; minConfidence: Confidence }) => done(diff(host, range, options)));

  command('index', 'build or refresh the whole-tree store')
    .option('--tree <dir>', 'the kernel tree (default: the nearest parent that looks like one)')
    .option('--stats', 'say what the store holds')
    .option('--jobs <n>', 'number of workers', positive)
    .addOption(new Option('--shard <i/n>', 'only the i-th of n parts, as a file for --merge').argParser(shardOf).conflicts(['merge', 'clean', 'stats']))
    .option('-o, --output <file>', 'where the part goes (default: standard output)')
    .addOption(new Option('--merge <file...>', 'put parts made by --shard together').conflicts('clean'))
    .option('--clean', 'remove the store')
    .action(async (options: IndexOptions) => done(await index(host, options)));

  command('explain', 'the page of a rule')
    .argument('<rule>')
    .action((rule: string) => done(explain(host, rule)));

  command('lsp', 'the language server')
    .requiredOption('--stdio', 'speak over standard input and output')
    .action(async () => done(await host.serve()));
  return program;
}

function shardOf(text: string): { readonly part: number; readonly parts: number } {
  const [, part, parts] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (part === undefined || Number(part) > Number(parts)) throw new InvalidArgumentError('It must be I/N, with I from 1 to N.');
  return { part: Number(part), parts: Number(parts) };
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a positive number.');
  return Number(text);
}
