// The last put is under the lock, the unlink comes later without it. Either the release unlinks itself, and leaves only
// the rest for later; or, where the release is the kernel's own, the object is taken off before the put if that is
// going to be the last.

import type { Value } from '../../domain/value.ts';
import { foldLastPuts } from '../../engine/summarise.ts';
import { chainKey } from '../../finality/judge.ts';
import { releaseUnlinks } from '../../finality/registries.ts';
import { spanIn } from '../../rules/context.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Effect, Site } from '../../summary/effect.ts';
import type { Edit } from '../workspace.ts';
import { unlinker } from './apis.ts';
import type { Candidate, Problem, Subject } from './candidate.ts';
import { fitted, fittedIf, indentOf, wholeLines } from './layout.ts';
import { countMayGrow, countTest, lookupWithout } from './only-holder.ts';
import { putProblem } from './put.ts';
import { callAt, callParts, descendants, functionSource, spanOf, statementAt, substituted, textOf, type FunctionSource, type SyntaxNode } from './source.ts';
import { nextStatement, previousStatement } from './statements.ts';

export function deferredUnlinkFixes(subject: Subject): readonly Candidate[] {
  const problem = putProblem(subject, 'deferred');
  return problem ? [...unlinkInRelease(problem), ...unlinkBeforePut(problem)] : [];
}

/** What the release does now, and what it leaves for later, with the texts that say so. */
interface Deferral {
  readonly release: FunctionSource;
  readonly deferring: SyntaxNode;
  readonly later: FunctionSource;
  readonly unlinking: SyntaxNode;
}

function unlinkInRelease(problem: Problem): readonly Candidate[] {
  const { finding, lock, judged, context } = problem;
  const deferral = deferralOf(problem);
  if (!deferral) return [];
  const { release, deferring, later, unlinking } = deferral;
  const names = namesThere(problem, deferral);
  if (!names) return [];
  const text = fitted(indentOf(release.text, spanOf(release, deferring).start), substituted(later, unlinking, names));
  const at = spanOf(release, deferring).start;
  const edits = removal(problem, later, unlinking);
  if (!edits) return [];
  const call = callParts(later, descendants(unlinking).find((node) => node.type === 'call_expression') ?? unlinking)?.name ?? 'the unlink';
  const without = [...context.analysis.records.values()].flatMap(({ puts }) => puts).find((put) =>
    put.last.some((effect) => effect.do === 'defer' && sameLast(effect, judged.put.last)) &&
    ![...put.locks, ...context.analysis.entryLocks(put.ref)].some((held) => held.name === lock.name && !held.shared));
  return [{
    id: 'unlink-in-release',
    title: `Call ${call}() in ${release.ref.name}() already, under ${lock.text}`,
    edits: [{ file: finding.file, start: at, end: at, newText: `${text}\n${indentOf(release.text, at)}` }, ...edits],
    proved: [
      `every known put that may run ${release.ref.name}() holds '${lock.text}': so does the unlink in it`,
      `when '${lock.text}' is dropped the object is off its list: no lookup finds it, and ${later.ref.name}() does not unlink it again`,
    ],
    assumed: [
      ...(release.ref.item.isStatic ? [] : [`no put in other files runs ${release.ref.name}() without '${lock.text}'`]),
      `what else ${later.ref.name}() does needs neither the list nor '${lock.text}'`,
    ],
    ...(without ? { refuted: [`${without.ref.name}() may run ${release.ref.name}() without '${lock.text}': the unlink would race with the lookups`] } : {}),
  }];
}

/** Both go on from the same place. */
function sameLast(deferred: Effect, last: readonly Effect[]): boolean {
  const here = deferred.chain.at(-1);
  return last.some((other) => {
    const there = other.do === 'defer' ? other.chain.at(-1) : undefined;
    return here !== undefined && there !== undefined && chainKey([here]) === chainKey([there]);
  });
}

function deferralOf({ judged, context, finding, session }: Problem): Deferral | undefined {
  const { deferred } = releaseUnlinks(judged.put.last, judged.put.object.count, judged.registry.name, context.typing, finding.file);
  for (const effect of deferred) {
    if (effect.do !== 'defer') continue;
    const { now } = releaseUnlinks(effect.effects, judged.put.object.count, judged.registry.name, context.typing, finding.file);
    const from = effect.chain.at(-1);
    const to = now[0]?.chain.at(-1);
    const release = from && sourceOf(session, finding.file, from);
    const later = to && sourceOf(session, finding.file, to);
    const deferring = release && statementAt(release, spanIn(context, from));
    const unlinking = later && statementAt(later, spanIn(context, to));
    if (!release || !later || release.ref === later.ref || now.length !== 1) continue;
    if (deferring?.type !== 'expression_statement' || deferring.parent?.type !== 'compound_statement') continue;
    if (unlinking?.type !== 'expression_statement' || unlinking.parent?.type !== 'compound_statement') continue;
    // At the function's top: what stands under a condition is not the whole story.
    if (unlinking.parent.parent?.type !== 'function_definition' || deferring.parent.parent?.type !== 'function_definition') continue;
    return { release, deferring, later, unlinking };
  }
  return undefined;
}

function sourceOf(session: Problem['session'], file: string, site: Site): FunctionSource | undefined {
  const ref = site.file === file ? session.code.functionsIn(file).find(({ name }) => name === site.function) : undefined;
  return ref && functionSource(session.code, ref, session.textOf(file));
}

/** The variables of the unlink by those of the release: the only one of the same type. */
function namesThere({ context }: Problem, { release, later, unlinking }: Deferral): ReadonlyMap<string, string> | undefined {
  const localsOf = (ref: FunctionRef): readonly { readonly name: string; readonly type: { readonly name: string; readonly pointers: number } }[] => {
    const { params, locals } = context.code.ir(ref);
    return [...params, ...locals];
  };
  const there = localsOf(release.ref);
  const names = new Map<string, string>();
  for (const name of new Set(descendants(unlinking).filter((node) => node.type === 'identifier').map((node) => textOf(later, node)))) {
    const own = localsOf(later.ref).find((each) => each.name === name);
    if (!own) continue;
    const same = there.filter(({ type }) => type.name === own.type.name && type.pointers === own.type.pointers);
    if (same.length !== 1 || !same[0]) return undefined;
    names.set(name, same[0].name);
  }
  return names.size === 1 ? names : undefined;
}

/** The unlink goes, and the lock around it if it was for the unlink alone. */
function removal({ finding, session }: Problem, later: FunctionSource, unlinking: SyntaxNode): readonly Edit[] | undefined {
  const { file } = finding;
  const does = (node: SyntaxNode | null, what: 'lock' | 'unlock'): boolean => {
    const call = node?.type === 'expression_statement' ? node.namedChildren[0] : undefined;
    const parts = call?.type === 'call_expression' ? callParts(later, call) : undefined;
    return parts !== undefined && session.engine.base.knowledge.primitives.get(parts.name)?.effects?.some((effect) => effect.do === what) === true;
  };
  const before = previousStatement(unlinking);
  const after = nextStatement(unlinking);
  if (!before || !after || !does(before, 'lock') || !does(after, 'unlock')) {
    return [{ file, ...wholeLines(later.text, spanOf(later, unlinking)), newText: '' }];
  }
  const gone = { start: spanOf(later, before).start, end: spanOf(later, after).end };
  const unused: Edit[] = [];
  for (const declaration of descendants(later.root).filter((node) => node.type === 'declaration')) {
    const name = declaration.namedChildren.at(-1);
    if (declaration.namedChildren.filter((node) => node.type === 'identifier').length !== 1 || name?.type !== 'identifier') continue;
    const uses = descendants(later.root).filter((node) => node.type === 'identifier' && textOf(later, node) === textOf(later, name) && node.id !== name.id).map((node) => spanOf(later, node));
    if (uses.length > 0 && uses.every(({ start }) => start >= gone.start && start < gone.end)) unused.push({ file, ...wholeLines(later.text, spanOf(later, declaration)), newText: '' });
  }
  return [...unused, { file, ...wholeLines(later.text, gone), newText: '' }];
}

/** `if (kref_read(&k->kref) == 1) kobject_del(k);` before the put, in the function of the file that puts. */
function unlinkBeforePut(problem: Problem): readonly Candidate[] {
  const { judged, context, session, finding, lock, lookup } = problem;
  const { link } = judged.registry.name;
  const dot = link.indexOf('.');
  const api = dot < 0 ? undefined : unlinker(session.engine.base.knowledge, link.slice(0, dot), link.slice(dot + 1));
  const site = judged.put.chain.findLast((one) => one.file === finding.file);
  const source = site && sourceOf(session, finding.file, site);
  const statement = source && statementAt(source, spanIn(context, site));
  const call = source && callAt(source, spanIn(context, site));
  const parts = source && call && callParts(source, call);
  if (!api || !source || !parts || statement?.type !== 'expression_statement' || statement.parent?.type !== 'compound_statement') return [];
  const inside: Subject = { ...problem, ref: source.ref, source };
  const own = ownPut(inside, site);
  const held = own?.held.find((hold) => context.typing.placeName(hold.lock, finding.file) === lock.name);
  const base = own && holderOf(context, own.count, link.slice(0, dot), finding.file);
  const item = base && context.typing.values.at(base, link.slice(dot).split(/(?=\.)/));
  const test = own && item && countTest(inside, parts, item, own.count);
  if (test === undefined || !parts.args[0]) return [];
  const { start } = spanOf(source, statement);
  const indent = indentOf(source.text, start);
  const without = lookupWithout(problem, judged.registry, lock);
  const refuted = [
    ...(api.sleeps === true && held?.mode === 'spin' ? [`${api.name}() may sleep, and '${lock.text}' is a spinlock`] : []),
    ...(without === undefined ? [] : [countMayGrow(without, lock)]),
  ];
  return [{
    id: 'unlink-before-last-put',
    title: `Call ${api.name}() under ${lock.text} where the put is the last one`,
    edits: [{ file: finding.file, start, end: start, newText: `${fittedIf(indent, test, '')}\n${indent}\t${fitted(`${indent}\t`, `${api.name}(${parts.args[0].text});`)}\n${indent}` }],
    proved: [
      `the count is read under '${lock.text}', which ${lookup.ref.name}() holds from its find to its get: where it is one, this put is the last`,
      `then ${api.name}() has taken the object off before '${lock.text}' is dropped, however late the release runs`,
      ...(api.sleeps === true ? [`${api.name}() may sleep: '${lock.text}' is no spinlock`] : []),
    ],
    assumed: [`whoever takes a further reference of '${parts.args[0].text}' has one already, or finds it under '${lock.text}'`],
    ...(refuted.length > 0 ? { refuted } : {}),
  }];
}

/** The put as the function that the file puts in sees it. */
function ownPut({ session, ref }: Subject, site: Site): (Effect & { readonly do: 'put' }) | undefined {
  for (const final of session.engine.executionOf(ref).finals) {
    const put = foldLastPuts(final.state.effects).find((one): one is Effect & { do: 'put' } => one.do === 'put' && one.chain[0] !== undefined && chainKey([one.chain[0]]) === chainKey([site]));
    if (put) return put;
  }
  return undefined;
}

/** The struct that the counter is part of: the kobject that has the kref. */
function holderOf({ typing }: Problem['context'], count: Value, struct: string, file: string): Value | undefined {
  const { values } = typing;
  const node = count.node;
  if (node.k !== 'at') return undefined;
  for (let length = node.path.length - 1; length >= 0; length -= 1) {
    const holder = values.at(node.base, node.path.slice(0, length));
    const type = length === 0 ? typing.pointee(holder, file) : typing.contentType(holder, file)?.name;
    if (type === struct) return holder;
  }
  return undefined;
}
