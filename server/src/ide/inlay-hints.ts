// Hints between the code: at a call, the locks that the callee needs; at a function's start, the locks that are held there.

import { lineStarts, positionAt } from '../base/span.ts';
import { rootOf, type Value } from '../domain/value.ts';
import type { Typing } from '../engine/typing.ts';
import type { EntryLocks } from '../finality/judge.ts';
import type { FunctionRef } from '../program/code.ts';
import type { InlayHint } from './around.ts';
import { certainEntryLocks } from './entry-locks.ts';
import { spanNow } from './function-places.ts';
import type { Session } from './session.ts';
import { spellingOf } from './spelling.ts';

export function inlayHints(session: Session, file: string, firstLine: number, lastLine: number): readonly InlayHint[] {
  const starts = lineStarts(session.textOf(file));
  const from = starts[firstLine] ?? Number.POSITIVE_INFINITY;
  const to = starts[lastLine + 1] ?? Number.POSITIVE_INFINITY;
  const entryLocks = certainEntryLocks(session);
  const refs = session.code.functionsIn(file).filter(({ item }) => item.span.start < to && item.span.end > from);
  return refs
    .flatMap((ref) => [...holds(session, ref, entryLocks), ...needs(session, ref)])
    .filter(({ offset }) => from <= offset && offset < to)
    .sort((a, b) => a.offset - b.offset)
    .map(({ kind, locks, offset }) => ({ kind, locks, at: positionAt(starts, offset) }));
}

type Found = Omit<InlayHint, 'at'> & { readonly offset: number };

/** After the brace that opens the body. */
function holds(session: Session, ref: FunctionRef, entryLocks: EntryLocks): readonly Found[] {
  const locks = heldOnEntry(session, ref, entryLocks);
  return locks.length === 0 ? [] : [{ kind: 'holds', locks, offset: ref.item.bodySpan.start + 1 }];
}

/** Locks that the function says it needs, and those that all its callers hold. */
function heldOnEntry(session: Session, ref: FunctionRef, entryLocks: EntryLocks): readonly string[] {
  const spelling = spellingOf(session, ref);
  const { typing } = session.engine.base;
  const { requires } = session.engine.summaryOf(ref);
  const told = new Set(requires.flatMap((lock) => typing.placeName(lock, ref.file) ?? []));
  const inferred = entryLocks(ref).filter(({ name }) => !told.has(name)).map(({ text }) => text);
  return [...new Set([...requires.map((lock) => spelling.place(lock)), ...inferred])];
}

/** After the call. */
function needs(session: Session, ref: FunctionRef): readonly Found[] {
  const execution = session.engine.executionOf(ref);
  const seen = new Map<number, Found>();
  for (const { name, span } of execution.calls) {
    const callee = session.code.resolve(name, ref.file);
    if (!callee || callee === ref) continue;
    const { requires } = session.engine.summaryOf(callee);
    if (requires.length === 0) continue;
    const { start, end } = spanNow(session, ref, span);
    const args = argumentsOf(session.textOf(ref.file).slice(start, end));
    const locks = [...new Set(requires.map((lock) => asCallerSays(session, callee, lock, args, session.engine.base.typing)))].filter((lock) => !lock.startsWith('*'));
    if (locks.length > 0) seen.set(start, { kind: 'needs', locks, offset: end });
  }
  return [...seen.values()];
}

/** `k->lock` of the callee is `keeper->lock` here, if that is what is passed for `k`. */
function asCallerSays(session: Session, callee: FunctionRef, lock: Value, args: readonly string[], typing: Typing): string {
  const spelled = spellingOf(session, callee).place(lock);
  const { node } = rootOf(lock);
  const arg = node.k === 'param' ? args[node.index] : undefined;
  if (node.k !== 'param' || arg === undefined || !spelled.startsWith(`${node.name}->`)) return spelled;
  const rest = spelled.slice(node.name.length + 2);
  if (/^&[\w.>-]+$/.test(arg)) return `${arg.slice(1)}.${rest}`;
  return /^\w+(?:(?:->|\.)\w+)*$/.test(arg) ? `${arg}->${rest}` : typing.placeName(lock, callee.file)?.replace(/^(struct|union) /, '') ?? spelled;
}

/** The arguments of a call as they are written. */
function argumentsOf(call: string): readonly string[] {
  const open = call.indexOf('(');
  const close = call.lastIndexOf(')');
  if (open < 0 || close < open) return [];
  const args: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of call.slice(open + 1, close)) {
    if (character === ',' && depth === 0) {
      args.push(current.trim());
      current = '';
      continue;
    }
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    current += character;
  }
  return [...args, current.trim()];
}
