// Calls that put an object they are given, or what a field holds: what a function has at hand to drop a reference with.

import { printPlace, rootOf } from '../../domain/value.ts';
import { ZERO, classOf } from '../../domain/facts.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Effect, Site } from '../../summary/effect.ts';
import type { Subject } from './candidate.ts';
import { putOf } from './apis.ts';
import { callParts, descendants, spanOf, statementAt, type CallParts, type SyntaxNode } from './source.ts';
import type { Session } from '../session.ts';

type Put = Effect & { readonly do: 'put' };

/** A call statement that puts. */
export interface Cleanup {
  readonly statement: SyntaxNode;
  readonly parts: CallParts;
  /** Of an argument, by its number; undefined: it reads the field itself, at this place of the called function. */
  readonly argument: number | undefined;
  readonly inner: Site | undefined;
}

/** Calls in the function that put what is in `place`, as it is spelled there: given to them, or read by themselves. */
export function cleanupsOf(subject: Subject, place: string): readonly Cleanup[] {
  return putCalls(subject).flatMap(({ statement, parts }): readonly Cleanup[] => {
    for (const put of putsOf(subject, parts)) {
      if (put.argument !== undefined) {
        if (holdsText(parts.args[put.argument]?.text, place)) return [{ statement, parts, argument: put.argument, inner: undefined }];
      } else if (put.place !== undefined && given(put.place, put.params, parts) === place) {
        return [{ statement, parts, argument: undefined, inner: put.inner }];
      }
    }
    return [];
  });
}

/** Calls in the function that put one of their arguments. */
export function argumentPuts(subject: Subject): readonly (Cleanup & { readonly argument: number })[] {
  return putCalls(subject).flatMap(({ statement, parts }) => {
    const put = putsOf(subject, parts).find(({ argument }) => argument !== undefined);
    return put?.argument === undefined ? [] : [{ statement, parts, argument: put.argument, inner: undefined }];
  });
}

function putCalls({ source }: Subject): readonly { readonly statement: SyntaxNode; readonly parts: CallParts }[] {
  return descendants(source.root).flatMap((node) => {
    const parts = node.type === 'call_expression' ? callParts(source, node) : undefined;
    const statement = parts && statementAt(source, spanOf(source, node));
    return parts && statement?.type === 'expression_statement' && statement.namedChildren[0]?.id === node.id ? [{ statement, parts }] : [];
  });
}

interface PutBy {
  readonly argument?: number;
  readonly place?: string;
  readonly params: readonly string[];
  readonly inner: Site | undefined;
}

function putsOf({ session, finding }: Subject, parts: CallParts): readonly PutBy[] {
  const primitive = putOf(session.engine.base.knowledge.primitives.get(parts.name));
  const argument = /^arg(\d)\b/.exec(primitive?.count ?? '')?.[1];
  if (argument !== undefined && !primitive?.count.includes('->')) return [{ argument: Number(argument), params: [], inner: undefined }];
  const callee = session.code.resolve(parts.name, finding.file);
  if (!callee) return [];
  const params = session.code.ir(callee).params.map(({ name }) => name);
  return session.engine.summaryOf(callee).outcomes.flatMap(({ effects }) => effects).filter((effect): effect is Put => effect.do === 'put').flatMap((put): readonly PutBy[] => {
    const { node } = rootOf(put.count);
    if (node.k === 'param') return [{ argument: node.index, params, inner: undefined }];
    return node.k === 'load' ? [{ place: printPlace(node.address), params, inner: put.chain[0] }] : [];
  });
}

/** A place of the called function in the terms of the call: `b->trunk` for branch_drop(&top) is `top.trunk`. */
function given(place: string, params: readonly string[], parts: CallParts): string | undefined {
  const name = /^\w+/.exec(place)?.[0];
  const text = name === undefined ? undefined : parts.args[params.indexOf(name)]?.text;
  if (name === undefined || text === undefined) return undefined;
  if (/^[\w.>-]+$/.test(text)) return text + place.slice(name.length);
  return /^&[\w.>-]+$/.test(text) && place.startsWith(`${name}->`) ? `${text.slice(1)}.${place.slice(name.length + 2)}` : undefined;
}

/** The place, or something inside the object that it points to. */
function holdsText(argument: string | undefined, place: string): boolean {
  return argument === place || argument?.startsWith(`&${place}->`) === true;
}

/** The helper does nothing where its parameter is NULL. */
export function toleratesNull(session: Session, helper: FunctionRef, index: number): boolean {
  return session.engine.executionOf(helper).finals.some(({ state }) => {
    const entry = [...state.facts.classes.values()].find(({ value }) => value.node.k === 'param' && value.node.index === index);
    return entry !== undefined && classOf(state.facts, entry.value) === ZERO && !state.effects.some((effect) => effect.do === 'put' && rootOf(effect.count) === entry.value);
  });
}

/** The helper puts its parameter only where it has found it to be in a registry. */
export function testsMembership(session: Session, helper: FunctionRef, index: number): boolean {
  return session.engine.executionOf(helper).finals.some(({ state }) => state.marks.some((mark) => {
    const root = (mark.mark === 'member' || mark.mark === 'not-member') ? rootOf(mark.value).node : undefined;
    return root?.k === 'param' && root.index === index;
  }));
}
