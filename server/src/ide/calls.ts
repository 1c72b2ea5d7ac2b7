// Who calls a function and what it calls, with the locks held at each call; calls through ops tables among them.

import { compareText } from '../base/order.ts';
import { lineStarts, offsetAt, type Position, type Span } from '../base/span.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Expr, Instruction } from '../lower/ir.ts';
import type { Hold } from '../summary/effect.ts';
import type { CallEdge, Callers, FunctionKey, FunctionPlace, OpsField, TableEdge, WholeTree } from './around.ts';
import { heldText } from './effects/view.ts';
import { structOf } from './expression-type.ts';
import { placeOf, rangeIn, refOf, spanNow } from './function-places.ts';
import { heldAtOf } from './held-at.ts';
import { functionAt } from './puts.ts';
import type { Session } from './session.ts';
import { spellingOf } from './spelling.ts';
import { wordAt } from './words.ts';

export function functionPlaceAt(session: Session, file: string, position: Position): FunctionPlace | undefined {
  const text = session.textOf(file);
  const word = wordAt(text, offsetAt(lineStarts(text), position));
  if (!word) return undefined;
  const around = functionAt(session, file, word.start);
  const ref = around?.item.nameSpan.start === word.start ? around : session.code.resolve(word.name, file);
  return ref && placeOf(session, ref);
}

/** Files elsewhere in the tree that are looked into for one question: each costs some ten milliseconds. */
const MOST_FAR_FILES = 40;

export function callers(session: Session, of: FunctionKey, whole?: WholeTree): Callers {
  const ref = refOf(session, of);
  if (!ref) return { calls: [], tables: [] };
  const { code } = session;
  const tree = ref.item.isStatic && ref.file.endsWith('.c') ? undefined : whole;
  const near = code.callers(ref);
  const far = farFiles(tree?.callers(ref.name), near.map(({ file }) => file)).flatMap((file) =>
    code.functionsIn(file).filter(({ item }) => item.calls.includes(ref.name) && isMeant(session, ref, file)));
  const calls = [...near, ...far].flatMap((caller) =>
    edges(session, caller, callsOf(session, caller, ref).filter(({ callee }) => callee === ref), () => placeOf(session, caller)));
  const own = code.addressTaken(ref) ? tablesWith(session, ref, ref.file) : [];
  return { calls, tables: [...own, ...farFiles(tree?.mentions(ref.name), [ref.file]).flatMap((file) => tablesWith(session, ref, file))] };
}

function farFiles(files: readonly string[] | undefined, known: readonly string[]): readonly string[] {
  return (files ?? []).filter((file) => !known.includes(file)).slice(0, MOST_FAR_FILES);
}

/** From afar a name that is declared only says which function it means if there is no nearer one. */
function isMeant(session: Session, ref: FunctionRef, file: string): boolean {
  const meant = session.code.resolve(ref.name, file);
  return meant === undefined || meant === ref;
}

export function callees(session: Session, of: FunctionKey): readonly CallEdge[] {
  const ref = refOf(session, of);
  if (!ref) return [];
  const calls = callsOf(session, ref);
  return edges(session, ref, calls, ({ callee }) => placeOf(session, callee));
}

export function callersThrough(session: Session, { struct, field }: OpsField, file: string): readonly CallEdge[] {
  const called = new RegExp(`(?:->|\\.)\\s*${field}\\b`);
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const names = session.files.list(folder).filter((name) => name.endsWith('.c')).map((name) => (folder === '' ? name : `${folder}/${name}`));
  return [...new Set([...names, file])].sort(compareText).flatMap((path) => {
    const text = session.textOf(path);
    if (!called.test(text)) return [];
    const refs = session.code.functionsIn(path).filter(({ item }) => called.test(text.slice(item.bodySpan.start, item.bodySpan.end)));
    return refs.flatMap((ref) => {
      const calls = callsOf(session, ref).filter(({ through }) => through?.struct === struct && through.field === field);
      // One call reaches every function that the field may hold: here it is the call that counts.
      const once = [...new Map(calls.map((call) => [call.span.start, call])).values()];
      return edges(session, ref, once, () => placeOf(session, ref));
    });
  });
}

interface Call {
  readonly callee: FunctionRef;
  /** In the caller's file as it is now. */
  readonly span: Span;
  readonly held: readonly Hold[] | undefined;
  readonly through?: OpsField;
}

/** `expected`: what its name means where nothing nearer has it. */
function callsOf(session: Session, caller: FunctionRef, expected?: FunctionRef): readonly Call[] {
  const execution = session.engine.executionOf(caller);
  const found: Call[] = [];
  for (const { name, span, held } of execution.calls) {
    const callee = session.code.resolve(name, caller.file) ?? (name === expected?.name ? expected : undefined);
    if (callee) found.push({ callee, span: spanNow(session, caller, span), held });
  }
  const seen = new Set(execution.calls.map(({ span }) => span.start));
  const heldAt = heldAtOf(execution);
  const { fn } = execution;
  for (const block of fn.blocks) {
    block.instructions.forEach((instruction, index) => {
      if (instruction.op !== 'call' || seen.has(instruction.at.start)) return;
      const sets = heldAt(block.id, index + 1);
      const span = spanNow(session, caller, instruction.at);
      for (const { callee, through } of targetsOf(session, caller, instruction)) {
        for (const held of sets.length === 0 ? [undefined] : sets) found.push({ callee, span, held, ...(through ? { through } : {}) });
      }
    });
  }
  return found;
}

/** What a call may reach that the engine has not followed: through an ops table, or by name where no way leads to it. */
function targetsOf(session: Session, caller: FunctionRef, { callee }: Instruction & { op: 'call' }): readonly { callee: FunctionRef; through?: OpsField }[] {
  const { code } = session;
  if (callee.kind === 'direct') {
    const ref = code.resolve(callee.name, caller.file);
    return ref ? [{ callee: ref }] : [];
  }
  const pointer: Expr = callee.pointer.op === 'deref' ? callee.pointer.pointer : callee.pointer;
  if (pointer.op !== 'field') return [];
  const struct = structOf(code, code.ir(caller), pointer.base);
  if (struct === undefined) return [];
  const through = { struct, field: pointer.name };
  return code.targets(struct, pointer.name, caller.file).map((ref) => ({ callee: ref, through }));
}

/** One edge for each function at the other end and each set of locks held. */
function edges(session: Session, caller: FunctionRef, calls: readonly Call[], other: (call: Call) => FunctionPlace): readonly CallEdge[] {
  const spelling = spellingOf(session, caller);
  const starts = lineStarts(session.textOf(caller.file));
  const grouped = new Map<string, { edge: Omit<CallEdge, 'ranges'>; spans: Map<number, Span> }>();
  for (const call of calls) {
    const held = call.held && heldText(call.held, spelling);
    const place = other(call);
    const key = JSON.stringify([place.file, place.offset, held, call.through]);
    const group = grouped.get(key) ?? { edge: { other: place, held, ...(call.through ? { through: call.through } : {}) }, spans: new Map() };
    grouped.set(key, group);
    group.spans.set(call.span.start, call.span);
  }
  return [...grouped.values()].map(({ edge, spans }) => ({
    ...edge,
    ranges: [...spans.values()].sort((a, b) => a.start - b.start).map((span) => rangeIn(starts, span)),
  }));
}

/** Initialisers in a file that store the function in a field. */
function tablesWith(session: Session, ref: FunctionRef, file: string): readonly TableEdge[] {
  const { name } = ref;
  if (!isMeant(session, ref, file)) return [];
  const text = session.textOf(file);
  const starts = lineStarts(text);
  const isIn = (struct: string, field: string): boolean => file !== ref.file || session.code.targets(struct, field, file).includes(ref);
  const found: TableEdge[] = [];
  for (const match of text.matchAll(new RegExp(`\\.\\s*(\\w+)\\s*=\\s*&?\\s*(?=${name}\\b(?!\\s*\\())`, 'g'))) {
    const field = match[1] ?? '';
    const struct = structBefore(text, match.index);
    if (struct === undefined || !isIn(struct, field)) continue;
    const start = match.index + match[0].length;
    found.push({ ops: { struct, field }, file, range: rangeIn(starts, { start, end: start + name.length }) });
  }
  return found;
}

/** The struct of the initialiser that an offset stands in. */
function structBefore(text: string, offset: number): string | undefined {
  const declarations = [...text.slice(0, offset).matchAll(/\b((?:struct|union)\s+\w+)\s+\w+(?:\s*\[[^\]]*\])?[^;={}()]*=\s*\{/g)];
  return declarations.at(-1)?.[1]?.replace(/\s+/g, ' ');
}
