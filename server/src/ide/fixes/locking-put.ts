// Puts that take the lock before the last decrement: the release, or the code behind `dec_and_test`, took the lock by
// itself, too late, in order to unlink. From now on it is entered with the lock held.

import { isEntryValue, printPlace } from '../../domain/value.ts';
import type { Knowledge } from '../../kernel/schema.ts';
import type { FunctionRef } from '../../program/code.ts';
import { spanIn } from '../../rules/context.ts';
import type { Edit } from '../workspace.ts';
import { argumentOf, isVisibleIn, lockingPut, names, putOf, type LockCalls } from './apis.ts';
import type { Candidate, Problem } from './candidate.ts';
import { beforeArgument, wholeLines } from './layout.ts';
import { ancestor, callAt, callParts, descendants, functionSource, spanOf, textOf, type CallParts, type FunctionSource, type SyntaxNode } from './source.ts';
import { nextStatement } from './statements.ts';

/** These forms also shut out interrupts or softirqs, which the locking puts do not. */
const SHUTS_OUT_MORE = /_(?:bh|irq|irqsave)$/;

export function lockingPutFixes(problem: Problem): readonly Candidate[] {
  const site = putSite(problem);
  if (!site) return [];
  const candidate = site.release === undefined ? lockedTest(problem, site) : lockedRelease(problem, site, site.release);
  return candidate ? [candidate] : [];
}

interface PutSite {
  readonly source: FunctionSource;
  readonly call: SyntaxNode;
  readonly parts: CallParts;
  /** The argument that names the release; undefined: the result says that it was the last one. */
  readonly release: number | undefined;
  /** In the function that the finding is reported in. */
  readonly isOuter: boolean;
}

/** The call that puts, in the reported function or in a helper of the same file. */
function putSite({ context, finding, instance, session }: Problem): PutSite | undefined {
  for (const [depth, site] of instance.chain.entries()) {
    const ref = site.file === finding.file ? session.code.functionsIn(site.file).find((each) => each.name === site.function) : undefined;
    const source = ref && functionSource(session.code, ref, session.textOf(site.file));
    const call = source && callAt(source, spanIn(context, site));
    const parts = call && callParts(source, call);
    if (!source || !call || !parts) return undefined;
    const put = putOf(session.engine.base.knowledge.primitives.get(parts.name));
    if (put) return { source, call, parts, release: argumentOf(put.release), isOuter: depth === 0 };
  }
  return undefined;
}

/** `if (refcount_dec_and_test(&x->ref)) { lock; unlink; ... }` */
function lockedTest(problem: Problem, { source, call, parts }: PutSite): Candidate | undefined {
  const { finding, lock } = problem;
  const lockStatement = statementWhenLast(source, call);
  const taken = lockStatement && lockCallOf(problem, source, lockStatement);
  const better = taken && lockingPut(knowledgeOf(problem), parts.name, taken.mode);
  if (!lockStatement || !taken || !better) return undefined;
  return {
    id: better.name.replaceAll('_', '-'),
    title: `Take ${lock.text} before the last put: ${better.name}()`,
    edits: [
      ...converted(finding.file, source.text, parts, better, taken.argument),
      { file: finding.file, ...wholeLines(source.text, spanOf(source, lockStatement)), newText: '' },
    ],
    proved: [`${better.name}() takes '${lock.text}' before the count reaches zero, and the unlock that follows drops it`],
    assumed: callersAssumed(source.ref, lock.text),
  };
}

/** kref_put(&x->ref, release), where the release takes the lock first. */
function lockedRelease(problem: Problem, { source, parts, isOuter }: PutSite, index: number): Candidate | undefined {
  const { session, finding, lock } = problem;
  const name = parts.args[index]?.text;
  const release = name === undefined ? undefined : session.code.resolve(name, finding.file);
  if (!release || release.file !== finding.file) return undefined;
  const body = functionSource(session.code, release, session.textOf(release.file));
  const lockStatement = body && descendants(body.root).find((node) => node.type === 'expression_statement' && lockCallOf(problem, body, node));
  const taken = lockStatement && lockCallOf(problem, body, lockStatement);
  const better = taken && lockingPut(knowledgeOf(problem), parts.name, taken.mode);
  if (!lockStatement || !taken || !better) return undefined;

  // Entered locked from now on: every put with this release must be of the new kind.
  const sites = usesOf(problem, release, parts.name, index);
  const argument = isVisibleIn(lock, finding.file) ? taken.argument : isOuter && sites?.length === 1 ? lockHere(problem) : undefined;
  if (!sites || argument === undefined) return undefined;
  return {
    id: better.name.replaceAll('_', '-'),
    title: `Take ${lock.text} before the last put: ${better.name}()`,
    edits: [
      ...sites.flatMap((site) => converted(finding.file, source.text, site, better, argument)),
      { file: finding.file, ...wholeLines(body.text, spanOf(body, lockStatement)), newText: '' },
    ],
    proved: [
      `${better.name}() takes '${lock.text}' before the count reaches zero: no lookup comes between that and the unlink`,
      `${release.name}() is entered with '${lock.text}' held and drops it itself`,
      `every put in ${finding.file} with ${release.name}() takes the lock (${sites.length})`,
    ],
    assumed: [
      ...(release.item.isStatic ? [] : [`no other file puts with ${release.name}()`]),
      ...callersAssumed(source.ref, lock.text),
    ],
    enteredLocked: [release],
  };
}

function knowledgeOf({ session }: Problem): Knowledge {
  return session.engine.base.knowledge;
}

function callersAssumed(ref: FunctionRef, lock: string): readonly string[] {
  return ref.item.isStatic ? [] : [`no caller of ${ref.name}() in other files holds '${lock}'`];
}

/** The renamed call, with the lock as one more argument. */
function converted(
  file: string, text: string, parts: CallParts, better: { readonly name: string; readonly lockArgument: number }, argument: string,
): readonly Edit[] {
  if (better.lockArgument !== parts.args.length) return [];
  return [
    { file, ...parts.nameSpan, newText: better.name },
    { file, start: parts.end, end: parts.end, newText: `,${beforeArgument(text, parts, better.name, argument)}${argument}` },
  ];
}

/** How a statement takes the lookup's lock, if that is what it does. */
function lockCallOf({ lock, session }: Problem, source: FunctionSource, statement: SyntaxNode): Omit<LockCalls, 'unlock'> | undefined {
  const call = statement.type === 'expression_statement' ? statement.namedChildren[0] : undefined;
  const parts = call?.type === 'call_expression' ? callParts(source, call) : undefined;
  const argument = parts?.args[0]?.text;
  if (!parts || argument === undefined || !names(argument, lock) || SHUTS_OUT_MORE.test(parts.name)) return undefined;
  const effect = session.engine.base.knowledge.primitives.get(parts.name)?.effects?.find((each) => each.do === 'lock');
  return effect?.do === 'lock' && effect.when === undefined && (effect.mode === 'mutex' || effect.mode === 'spin')
    ? { lock: parts.name, argument, mode: effect.mode, flags: parts.args.length > 1 } : undefined;
}

/** The first statement that runs when the put was the last one. */
function statementWhenLast(source: FunctionSource, call: SyntaxNode): SyntaxNode | undefined {
  const test = ancestor(call, (node) => node.type === 'if_statement');
  const condition = test?.childForFieldName('condition');
  const then = test?.childForFieldName('consequence');
  if (!test || !condition || !then || test.childForFieldName('alternative')) return undefined;
  const text = textOf(source, condition).replace(/^\(\s*|\s*\)$/g, '');
  const own = textOf(source, call);
  const first = then.type === 'compound_statement' ? then.namedChildren.find((node) => node.type !== 'comment') : then;
  if (text === own) return then.type === 'compound_statement' ? first : undefined;
  if (text === `!${own}` && (first?.type === 'return_statement' || first?.type === 'goto_statement')) return nextStatement(test) ?? undefined;
  return undefined;
}

/** All puts of the file with the release; undefined: something else uses it too. */
function usesOf({ session, finding }: Problem, release: FunctionRef, put: string, index: number): readonly CallParts[] | undefined {
  const sites: CallParts[] = [];
  for (const ref of session.code.functionsIn(finding.file)) {
    const text = session.textOf(finding.file);
    if (ref === release || !text.slice(ref.item.span.start, ref.item.span.end).includes(release.name)) continue;
    const source = functionSource(session.code, ref, text);
    if (!source) return undefined;
    for (const node of descendants(source.root)) {
      if (node.type !== 'identifier' || textOf(source, node) !== release.name) continue;
      const call = ancestor(node, (at) => at.type === 'call_expression');
      const parts = call && callParts(source, call);
      if (parts?.name !== put || parts.args[index]?.text !== release.name) return undefined;
      sites.push(parts);
    }
  }
  return sites;
}

/** A lock inside an object, as this function can spell it. */
function lockHere({ judged, context, lock, finding }: Problem): string | undefined {
  const effect = judged.put.final.state.effects.find((each) => each.do === 'put' && each.chain === judged.put.chain);
  const value = effect?.do === 'put'
    ? effect.last.takes.find((each) => context.typing.placeName(each, finding.file) === lock.name && isEntryValue(each)) : undefined;
  return value && `&${printPlace(value)}`;
}
