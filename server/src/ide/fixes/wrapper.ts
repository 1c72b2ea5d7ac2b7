// Helpers that only call another function, and what their arguments are called.

import type { Site } from '../../summary/effect.ts';
import { spanIn } from '../../rules/context.ts';
import type { Subject } from './candidate.ts';
import { callAt, callParts, functionSource, statementsOf, substituted, type CallParts } from './source.ts';

/** A call as it would be spelled: a name, and texts of arguments. */
export interface Spelling {
  readonly name: string;
  readonly args: readonly string[];
}

/** The call at `inner`, which is all that the function called by `outer` does, in the terms of that one's caller. */
export function unwrapped({ context, session, finding }: Subject, outer: CallParts, inner: Site): Spelling | undefined {
  const wrapper = context.code.resolve(outer.name, finding.file);
  if (wrapper?.name !== inner.function) return undefined;
  const source = functionSource(context.code, wrapper, session.textOf(wrapper.file));
  const call = source && callAt(source, spanIn(context, inner));
  const parts = call && callParts(source, call);
  const statement = call?.parent;
  if (!parts || statement?.type !== 'expression_statement' || !statement.parent || statementsOf(statement.parent).length !== 1) return undefined;
  if (statement.parent.parent?.type !== 'function_definition') return undefined;
  const names = context.code.ir(wrapper).params.map((param) => param.name);
  const given = new Map(names.map((name, index) => [name, outer.args[index]?.text ?? name]));
  if ([...given.values()].some((text) => !/^[\w.>-]+$/.test(text))) return undefined;
  return { name: parts.name, args: parts.args.map(({ node }) => substituted(source, node, given)) };
}

export function parameterName({ context, finding }: Subject, callee: string | undefined, index: number): string | undefined {
  const ref = callee === undefined ? undefined : context.code.resolve(callee, finding.file);
  return ref && context.code.ir(ref).params[index]?.name;
}

/** `parent` of `dev->kobj.parent` */
export function lastName(place: string): string {
  return /\w+$/.exec(place)?.[0] ?? 'object';
}
