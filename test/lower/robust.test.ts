// Whatever the text, lowering answers: no throw, well-formed blocks, spans inside the file. Both readings agree.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { lowerFunction } from '../../server/src/lower/function.ts';
import type { Expr, FunctionIr } from '../../server/src/lower/ir.ts';
import { BUILTIN } from '../../server/src/syntax/catalogue.ts';
import { scan } from '../../server/src/syntax/scan.ts';
import { knowledge, lowerText } from './support.ts';

const folder = new URL('golden/', import.meta.url);
const snippets = readdirSync(folder).flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split(/^== .*\n/m).slice(1).map((part) => part.split(/^--\n/m)[0] ?? ''));

/** Every `$` name is declared, every jump has a target, every span lies in the text, temporaries are made before use. */
function wellFormed(fn: FunctionIr, length: number): void {
  const made = new Set<number>();
  const names = new Set([...fn.params, ...fn.locals].map((local) => local.name));
  assert.equal(names.size, fn.params.length + fn.locals.length, 'names of locals are unique');
  for (const block of fn.blocks) for (const instruction of block.instructions) if (instruction.op === 'call') made.add(instruction.temp);
  const check = (expr: Expr): void => {
    if (expr.op === 'temp') assert.ok(made.has(expr.id), `%${expr.id} is never made`);
    if (expr.op === 'name' && expr.name.startsWith('$')) assert.ok(names.has(expr.name), `${expr.name} is not declared`);
    for (const inner of Object.values(expr)) if (typeof inner === 'object' && 'op' in inner) check(inner as Expr);
  };
  fn.blocks.forEach((block, index) => {
    assert.equal(block.id, index);
    for (const instruction of block.instructions) {
      assert.ok(instruction.at.start >= 0 && instruction.at.start <= instruction.at.end && instruction.at.end <= length);
      if (instruction.op === 'call') {
        instruction.args.forEach(check);
        assert.equal(instruction.args.length, instruction.argTexts.length);
      } else {
        check(instruction.target);
        check(instruction.value);
      }
    }
    const last = block.terminator;
    const targets = last.op === 'goto' ? [last.to] : last.op === 'branch' ? [last.then, last.else] : last.op === 'iterate' ? [last.body, last.exit] : [];
    for (const to of targets) assert.ok(fn.blocks[to], `block ${to} is missing`);
    if (last.op === 'branch') check(last.condition);
    if (last.op === 'return' && last.value) check(last.value);
  });
}

test('the golden snippets are well formed', () => {
  for (const text of snippets) for (const fn of lowerText(text)) wellFormed(fn, text.length);
});

test('the tree and the tokens read the same', () => {
  let compared = 0;
  for (const text of snippets.filter((each) => !each.includes('a(x;'))) {
    const macros = { find: () => undefined, expands: () => false };
    for (const item of scan(text)) {
      if (item.kind !== 'function') continue;
      const input = { file: 'a.c', text, item, catalogue: BUILTIN, knowledge, macros };
      assert.deepEqual(lowerFunction(input), lowerFunction({ ...input, reading: 'tokens' }), text);
      compared++;
    }
  }
  assert.ok(compared > 40, `only ${compared} functions compared`);
});

test('half-typed text: a cut, a hole, a stray bracket', () => {
  const bracket = fc.constantFrom('', '{', '}', '(', ')', ';', '"', '/*', '#if X\n', 'if (', 'case', '({');
  fc.assert(
    fc.property(fc.constantFrom(...snippets), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.3, noNaN: true }), bracket, (text, where, size, put) => {
      const from = Math.floor(where * text.length);
      const broken = text.slice(0, from) + put + text.slice(Math.floor(from + size * text.length));
      for (const fn of lowerText(broken)) wellFormed(fn, broken.length);
    }),
    { numRuns: 1500, seed: 7 },
  );
});

test('nesting without end is a gap', () => {
  const [fn] = lowerText(`void f(int x)\n{\n\tg(${'('.repeat(50_000)}x);\n}\n`);
  assert.equal(fn?.gaps[0]?.kind, 'budget');
});

test('expansions have a budget', () => {
  const [fn] = lowerText(`#define a(x) b(x) + b(x) + b(x) + b(x) + b(x) + b(x) + b(x)\n#define b(x) c(x) + c(x) + c(x) + c(x) + c(x) + c(x)\n#define c(x) d(x) + d(x) + d(x) + d(x) + d(x) + d(x)\n#define d(x) e(x) + e(x) + e(x) + e(x) + e(x) + e(x)\n#define e(x) h(x)\nint f(int x) { return a(x); }\n`);
  assert.deepEqual(fn?.gaps.map((gap) => gap.kind), ['budget']);
});

test('a broken line does not cost its neighbours', () => {
  const [fn] = lowerText('void f(int x)\n{\n\tbefore();\n\tif (x\n\t\tinside();\n\tafter();\n}\n');
  assert.ok(fn);
  const calls = fn.blocks.flatMap((block) => block.instructions.flatMap((each) => (each.op === 'call' && each.callee.kind === 'direct' ? [each.callee.name] : [])));
  assert.ok(calls.includes('before') && calls.includes('after'), calls.join());
  assert.deepEqual(fn.gaps.map((gap) => [gap.kind, gap.line]), [['parse', 4]]);
});

test('an expansion stands at its call', () => {
  const text = '#define TWICE(x) do { g(x); h(x); } while (0)\nvoid f(int a)\n{\n\tTWICE(a);\n}\n';
  const [fn] = lowerText(text);
  const spans = fn?.blocks.flatMap((block) => block.instructions.map((each) => text.slice(each.at.start, each.at.end)));
  assert.deepEqual(spans, ['TWICE(a)', 'TWICE(a)']);
});

test('a cleanup stands at its declaration and carries the source text of its argument', () => {
  const text = 'int f(struct a *p)\n{\n\tguard(mutex)(&p->lock);\n\treturn 0;\n}\n';
  const [fn] = lowerText(text);
  const leave = fn?.blocks[0]?.instructions.at(-1);
  assert.ok(leave?.op === 'call');
  assert.equal(leave.cleanup, true);
  assert.deepEqual(leave.argTexts, ['&p->lock']);
  assert.equal(text.slice(leave.at.start, leave.at.end), 'guard(mutex)(&p->lock)');
});
