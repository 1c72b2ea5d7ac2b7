// The lock that guards a field or a global: the one that facts name, else inferred from the locks held at its accesses in
// one file: "17 of 18 accesses hold gdp_mutex".

import { compareText } from '../base/order.ts';
import { guardsOf } from '../finality/declared.ts';
import { plainName } from '../finality/object-view.ts';
import { lineStarts, positionAt, type Span } from '../base/span.ts';
import type { Knowledge } from '../kernel/schema.ts';
import type { Block, Expr, FunctionIr, Instruction, Terminator } from '../lower/ir.ts';
import type { FunctionRef } from '../program/code.ts';
import { certainEntryLocks } from './entry-locks.ts';
import { partsOf, structOf } from './expression-type.ts';
import { spanNow } from './function-places.ts';
import { heldAtOf } from './held-at.ts';
import { namedLocks } from './held-locks.ts';
import { functionAt } from './puts.ts';
import type { Session } from './session.ts';
import type { Word } from './words.ts';

/** A field of a struct (`struct foo`, `list`), or a global: then there is no struct. */
export interface Member {
  readonly struct: string | undefined;
  readonly name: string;
}

export interface Access {
  readonly line: number;
  readonly function: string;
  /** Of all locks held, on every way to the access. */
  readonly locks: readonly string[];
}

export interface Guard {
  readonly member: Member;
  readonly accesses: readonly Access[];
  /** The lock that facts name, else the one that at least half of them hold, and two at the least; and those that do not hold it. */
  readonly lock: string | undefined;
  /** A facts file says that this lock guards it. */
  readonly isTold: boolean;
  /** A facts file says that it holds a reference to what it points to. */
  readonly isReference: boolean;
  readonly odd: readonly Access[];
}

/** Of the field or global at a word of the file; undefined: it is neither, or nothing accesses it here. */
export function guardAt(session: Session, file: string, word: Word): Guard | undefined {
  const member = memberAt(session, file, word);
  if (!member) return undefined;
  const accesses = accessesOf(session, file, member);
  const { knowledge, code } = session.engine.base;
  const name = member.struct === undefined ? member.name : `${member.struct}.${member.name}`;
  const told = guardsOf(knowledge.guarded, name, file, code)[0]?.by;
  const isReference = knowledge.references.has(name);
  if (accesses.length === 0 && told === undefined && !isReference) return undefined;
  const counts = new Map<string, number>();
  for (const { locks } of accesses) for (const lock of locks) counts.set(lock, (counts.get(lock) ?? 0) + 1);
  const [best] = [...counts].sort(([a, one], [b, other]) => other - one || compareText(a, b));
  const inferred = best && best[1] > 1 && best[1] * 2 >= accesses.length ? best[0] : undefined;
  const lock = told === undefined ? inferred : plainName(told);
  return { member, accesses, lock, isTold: told !== undefined, isReference, odd: lock === undefined ? [] : accesses.filter(({ locks }) => !locks.includes(lock)) };
}

function memberAt(session: Session, file: string, { start, name }: Word): Member | undefined {
  const text = session.textOf(file);
  const ref = functionAt(session, file, start);
  if (!ref) return declaredAt(session, file, text, start, name);
  if (/(?:->|\.)\s*$/.test(text.slice(Math.max(0, start - 80), start))) {
    const structs = new Set<string>();
    for (const { expression, span } of expressionsOf(session.code.ir(ref))) {
      const now = spanNow(session, ref, span);
      if (start < now.start || now.end <= start) continue;
      for (const part of partsOf(expression)) {
        const struct = part.op === 'field' && part.name === name ? structOf(session.code, session.code.ir(ref), part.base) : undefined;
        if (struct !== undefined) structs.add(struct);
      }
    }
    const [struct] = structs;
    return struct === undefined || structs.size > 1 ? undefined : { struct, name };
  }
  const { locals, params } = session.code.ir(ref);
  if ([...locals, ...params].some((local) => local.name === name)) return undefined;
  return session.code.variable(name, file) === undefined ? undefined : { struct: undefined, name };
}

/** In the declaration of a struct, or of a global. */
function declaredAt(session: Session, file: string, text: string, offset: number, name: string): Member | undefined {
  // A struct that is open here: kernel style closes it at a line's start.
  const since = text.slice(text.lastIndexOf('\n}', offset) + 2, offset);
  const struct = [...since.matchAll(/^(?:typedef\s+)?((?:struct|union)\s+\w+)[^;{}()=]*\{/gm)].at(-1)?.[1]?.replace(/\s+/g, ' ');
  if (struct !== undefined) {
    return session.code.struct(struct, file)?.fields.some((field) => field.name === name) === true ? { struct, name } : undefined;
  }
  return session.code.variable(name, file)?.file === file ? { struct: undefined, name } : undefined;
}

/** One for each line of each function; not those that only take or drop the member, being a lock. */
function accessesOf(session: Session, file: string, member: Member): readonly Access[] {
  const text = session.textOf(file);
  const starts = lineStarts(text);
  const spelled = new RegExp(member.struct === undefined ? `\\b${member.name}\\b` : `(?:->|\\.|,)\\s*${member.name}\\b`);
  const entryLocks = certainEntryLocks(session);
  const { typing } = session.engine.base;
  return session.code.functionsIn(file).flatMap((ref) => {
    if (!spelled.test(text.slice(ref.item.bodySpan.start, ref.item.bodySpan.end))) return [];
    const fn = session.code.ir(ref);
    const own = ownObjects(fn, session.engine.base.knowledge);
    const found = [...placesOf(session, ref, member, own)];
    if (found.length === 0) return [];
    const heldAt = heldAtOf(session.engine.executionOf(ref));
    const entry = entryLocks(ref).map((lock) => lock.text);
    const byLine = new Map<number, Access>();
    for (const { block, index, span } of found) {
      const sets = heldAt(block, index).map((held) => namedLocks(typing, file, held).map((lock) => lock.text));
      // No way leads there.
      if (sets.length === 0) continue;
      const line = positionAt(starts, spanNow(session, ref, span).start).line + 1;
      const locks = sets.reduce((common, set) => common.filter((lock) => set.includes(lock)));
      const known = byLine.get(line);
      const here = [...new Set([...locks, ...entry])];
      byLine.set(line, { line, function: ref.name, locks: known ? known.locks.filter((lock) => here.includes(lock)) : here });
    }
    return [...byLine.values()];
  }).sort((a, b) => a.line - b.line);
}

interface Place {
  readonly block: number;
  readonly index: number;
  readonly span: Span;
}

function* placesOf(session: Session, ref: FunctionRef, member: Member, own: ReadonlySet<string>): Generator<Place> {
  const { code } = session;
  const fn = code.ir(ref);
  for (const { expression, span, block, index, instruction } of expressionsOf(fn)) {
    if (instruction?.op === 'call' && isLockCall(instruction, session.engine.base.knowledge)) continue;
    for (const part of partsOf(expression)) {
      const meant = member.struct === undefined
        ? part.op === 'name' && part.name === member.name
        : part.op === 'field' && part.name === member.name && !isOwn(part.base, own) && structOf(code, fn, part.base) === member.struct;
      if (meant) {
        yield { block, index, span };
        break;
      }
    }
  }
}

/** Its arguments are locks, not data. */
function isLockCall({ callee }: Instruction & { op: 'call' }, { primitives }: Knowledge): boolean {
  const effects = callee.kind === 'direct' ? primitives.get(callee.name)?.effects : undefined;
  return effects?.some((effect) => effect.do === 'lock' || effect.do === 'unlock' || effect.do === 'assert-held') ?? false;
}

/** Locals that only ever point to memory which this function allocates: nobody else knows it yet. */
function ownObjects(fn: FunctionIr, { primitives }: Knowledge): ReadonlySet<string> {
  const fresh = new Set<number>();
  const own = new Set<string>();
  const others = new Set<string>();
  for (const { instructions, terminator } of fn.blocks) {
    for (const one of instructions) {
      if (one.op === 'call' && one.callee.kind === 'direct' && /^fresh/.test(primitives.get(one.callee.name)?.returns ?? '')) fresh.add(one.temp);
      if (one.op === 'set' && one.target.op === 'name') (one.value.op === 'temp' && fresh.has(one.value.id) ? own : others).add(one.target.name);
    }
    if (terminator.op === 'iterate') for (const arg of terminator.args) if (arg.op === 'name') others.add(arg.name);
  }
  return new Set([...own].filter((name) => !others.has(name)));
}

function isOwn(expression: Expr, own: ReadonlySet<string>): boolean {
  return [...partsOf(expression)].some((part) => part.op === 'name' && own.has(part.name));
}

interface Found {
  readonly expression: Expr;
  readonly span: Span;
  readonly block: number;
  readonly index: number;
  readonly instruction?: Instruction;
}

function* expressionsOf(fn: FunctionIr): Generator<Found> {
  for (const block of fn.blocks) {
    let index = 0;
    for (const instruction of block.instructions) {
      const expressions = instruction.op === 'set' ? [instruction.target, instruction.value] : instruction.args;
      for (const expression of expressions) yield { expression, span: instruction.at, block: block.id, index, instruction };
      index += 1;
    }
    yield* terminatorExpressions(block, index);
  }
}

function* terminatorExpressions({ id, terminator }: Block, index: number): Generator<Found> {
  const of = (expression: Expr, at: Terminator & { at: Span }): Found => ({ expression, span: at.at, block: id, index });
  switch (terminator.op) {
    case 'branch':
      yield of(terminator.condition, terminator);
      break;
    case 'iterate':
      for (const arg of terminator.args) yield of(arg, terminator);
      break;
    case 'return':
      if (terminator.value) yield of(terminator.value, terminator);
      break;
    default:
      break;
  }
}
