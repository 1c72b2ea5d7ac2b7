// `make C=1 CHECK="kreflens check"`: kbuild calls the checker with the compiler's own arguments and the file.

import { resolve } from 'node:path';

import type { Host } from './host.ts';
import { exitStatus, problems } from './problems.ts';

export interface CompilerCall {
  /** Options of `kreflens check` among them, from CHECK or from CF. */
  readonly own: readonly string[];
  readonly sources: readonly string[];
}

/** What the arguments of `check` mean if they are a compiler's; undefined: they are not. */
export function compilerCall([command, ...args]: readonly string[]): CompilerCall | undefined {
  if (command !== 'check' || !args.some((arg) => arg === '--kbuild' || TELLING.test(arg))) return undefined;
  const own: string[] = [];
  const sources: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const [name = ''] = arg.split('=');
    if (OURS.has(name)) {
      own.push(arg);
      if (OURS.get(name) === 'value' && name === arg) own.push(args[(at += 1)] ?? '');
    } else if (WITH_VALUE.has(arg)) at += 1;
    else if (!arg.startsWith('-') && /\.[chsS]$/.test(arg)) sources.push(arg);
  }
  return { own, sources };
}

/** kbuild defines __KERNEL__ for every file of the kernel, and passes an include path for each. */
const TELLING = /^-(?:D\w.*|I.+|nostdinc|Wp,.*|std=.*)$/;

/** Options of ours that may stand among the compiler's, by whether a value follows. */
const OURS: ReadonlyMap<string, 'alone' | 'value'> = new Map([
  ['--format', 'value'], ['--rule', 'value'], ['--min-confidence', 'value'], ['--tree', 'value'], ['--kconfig', 'value'], ['--jobs', 'value'],
  ['--no-timing', 'alone'], ['--index', 'alone'],
]);

/** Options of gcc, clang and sparse whose value is the next argument. */
const WITH_VALUE = new Set([
  '-D', '-I', '-L', '-T', '-U', '-Xassembler', '-Xclang', '-Xlinker', '-MF', '-MQ', '-MT', '-arch', '-idirafter', '-imacros', '-include', '-iquote',
  '-isystem', '-l', '-mllvm', '-o', '-target', '-x', '--param', '--target',
]);

/**
 * Checks the file as kbuild sees it: in the tree of $srctree, for the .config of the build. Findings do not stop the
 * build: as with sparse, they are warnings.
 */
export async function kbuild(host: Host, { own, sources }: CompilerCall, run: (argv: readonly string[]) => Promise<number>): Promise<number> {
  const files = sources.filter((source) => /\.[ch]$/.test(source));
  if (files.length === 0) {
    // An assembler file is none of our business.
    if (sources.length > 0) return exitStatus.nothing;
    problems(host).say('no C file among the arguments of the compiler');
    return exitStatus.failed;
  }
  const given = (name: string): boolean => own.some((arg) => arg === name || arg.startsWith(`${name}=`));
  const tree = host.env('srctree');
  const kconfig = given('--kconfig') ? undefined : buildConfig(host);
  const status = await run([
    'check', ...own,
    ...(tree === undefined || given('--tree') ? [] : ['--tree', tree]),
    ...(kconfig === undefined ? [] : ['--kconfig', kconfig]),
    '--', ...files,
  ]);
  return status === exitStatus.findings ? exitStatus.nothing : status;
}

/** The .config of the build: kbuild runs in its output folder, O= or KBUILD_OUTPUT. */
function buildConfig(host: Host): string | undefined {
  const folder = resolve(host.cwd, host.env('objtree') ?? host.env('KBUILD_OUTPUT') ?? '.');
  const path = resolve(folder, host.env('KCONFIG_CONFIG') ?? '.config');
  const stat = host.stat(path);
  return stat.ok && stat.value.kind === 'file' ? path : undefined;
}
