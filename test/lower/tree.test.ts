// Real kernel trees: every function of some folders lowers, and the calls of the lowered form are those that the
// tokens of its body show.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { loadKnowledge } from '../../server/src/kernel/knowledge.ts';
import { lowerFunction } from '../../server/src/lower/function.ts';
import type { FunctionIr } from '../../server/src/lower/ir.ts';
import { learn } from '../../server/src/syntax/catalogue.ts';
import type { MacroItem } from '../../server/src/syntax/items.ts';
import { scan } from '../../server/src/syntax/scan.ts';

const knowledge = loadKnowledge();
const folders = ['drivers/base', 'fs/kernfs', 'fs/sysfs'];

for (const variable of ['KREFLENS_TREE_6_1', 'KREFLENS_TREE_6_12']) {
  test(`every function of ${folders.join(', ')} and lib/kobject.c lowers (${variable})`, (t) => {
    const tree = process.env[variable];
    if (tree === undefined || tree === '') {
      assert.notEqual(process.env.CI, 'true', `${variable} must be set in CI`);
      t.skip(`${variable} is not set: it names an unpacked kernel tree`);
      return;
    }
    const read = (path: string): string => readFileSync(`${tree}/${path}`, 'utf8');
    const headers = readdirSync(`${tree}/include/linux`).filter((name) => name.endsWith('.h')).flatMap((name) => macrosOf(read(`include/linux/${name}`)));
    const shared = learn(headers);
    const known = new Map(headers.map((macro) => [macro.name, macro]));
    let functions = 0;
    let calls = 0;
    const gaps: string[] = [];
    const differences: string[] = [];
    const files = folders.flatMap((folder) => readdirSync(`${tree}/${folder}`).filter((name) => name.endsWith('.c')).map((name) => `${folder}/${name}`));
    for (const file of [...files, 'lib/kobject.c']) {
      const text = read(file);
      const own = macrosOf(text);
      const catalogue = own.length > 0 ? learn(own, shared) : shared;
      const local = new Map(own.map((macro) => [macro.name, macro]));
      const macros = { find: (name: string) => local.get(name) ?? known.get(name), expands: () => false };
      for (const item of scan(text)) {
        if (item.kind !== 'function') continue;
        functions++;
        calls += item.calls.length;
        const fn = lowerFunction({ file, text, item, catalogue, knowledge, macros });
        for (const gap of fn.gaps) if (gap.kind === 'parse') gaps.push(`${gap.file}:${gap.line} ${gap.detail}`);
        const seen = callsOf(fn, text);
        const body = text.slice(item.bodySpan.start, item.bodySpan.end);
        // What follows a complaint about a state that must not be is not lowered, on purpose.
        if (item.calls.some((name) => knowledge.primitives.get(name)?.complains === true && knowledge.primitives.get(name)?.transparent !== true)) continue;
        for (const name of item.calls) if (!seen.has(name) && !isNoCall(name, body, macros.find(name))) differences.push(`${file} ${item.name}: ${name} is missing`);
        for (const name of seen) if (!item.calls.includes(name)) differences.push(`${file} ${item.name}: ${name} is extra`);
      }
    }
    t.diagnostic(`${functions} functions, ${calls} calls, ${gaps.length} gaps, ${differences.length} differences`);
    assert.ok(functions > 1000, `only ${functions} functions found`);
    assert.deepEqual(gaps, []);
    assert.deepEqual(differences, []);
  });
}

function macrosOf(text: string): MacroItem[] {
  return scan(text).filter((item): item is MacroItem => item.kind === 'macro');
}

/** Names of calls that stand in the text itself (not in a macro's): functions, members and locals that are called, loops. */
function callsOf(fn: FunctionIr, text: string): Set<string> {
  const names = new Set<string>();
  for (const block of fn.blocks) {
    for (const instruction of block.instructions) {
      if (instruction.op !== 'call' || instruction.cleanup === true) continue;
      const { callee } = instruction;
      const name = callee.kind === 'direct' ? callee.name
        : callee.pointer.op === 'name' || callee.pointer.op === 'field' ? callee.pointer.name.replace(/#.*/, '') : '';
      if (new RegExp(`\\b${name}\\s*\\(`).test(text.slice(instruction.at.start, instruction.at.end))) names.add(name);
    }
    if (block.terminator.op === 'iterate') names.add(block.terminator.macro);
  }
  return names;
}

const words = /^(?:sizeof|typeof|__typeof__|offsetof|defined|asm|guard|scoped_guard|scoped_cond_guard|CLASS|__free|no_free_ptr|return_ptr|__attribute__|BUILD_BUG_ON\w*|static_assert|__builtin_\w+|__same_type)$/;

const complaints = [...knowledge.primitives].filter(([, one]) => one.complains === true && one.opaque === true).map(([name]) => name);

/** What looks like a call but is none in the lowered form: keywords, wrappers, loops, declarations, dead code. */
function isNoCall(name: string, body: string, macro: MacroItem | undefined): boolean {
  if (words.test(name) || knowledge.containers.has(name) || knowledge.primitives.get(name)?.transparent === true) return true;
  const text = macro?.body ?? '';
  if (/^(?:for|while)\s*\(|\b(?:else|\))$/.test(text) || /^(?:static\s+|const\s+)*(?:struct|union|unsigned|typeof)\b/.test(text) || /^\(?[\w ]*\)?\s*\{/.test(text)) return true;
  // A member that is declared, `(*name)(`, or a call within sizeof(), a static initialiser or code that never runs.
  if (new RegExp(`\\b(?:static|BUILD_BUG_ON)\\b[^;]*\\b${name}\\s*\\(`).test(body)) return true;
  // Nor is the way followed on which the kernel has complained.
  return complaints.some((complaint) => new RegExp(`\\b${complaint}\\s*\\([^]*\\b${name}\\s*\\(`).test(body));
}
