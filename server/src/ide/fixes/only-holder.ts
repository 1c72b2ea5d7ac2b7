// Tears down only where the count is one, read under the lock that every lookup holds: then nobody else has a reference,
// and nobody can get one before the put.

import { pathOf, rootOf, type Value } from '../../domain/value.ts';
import { chainKey, lookupLocks } from '../../finality/judge.ts';
import { foldLastPuts } from '../../engine/summarise.ts';
import type { NamedLock } from '../../finality/records.ts';
import { unlinks, type Registry } from '../../finality/registries.ts';
import { lineOf, spanIn } from '../../rules/context.ts';
import type { Effect, Site } from '../../summary/effect.ts';
import type { Edit } from '../workspace.ts';
import { countReader } from './apis.ts';
import type { Candidate, Subject } from './candidate.ts';
import { fittedIf, indentOf } from './layout.ts';
import { isAt } from './put.ts';
import { callAt, callParts, spanOf, statementAt, textOf, type CallParts, type FunctionSource, type SyntaxNode } from './source.ts';

export function onlyHolderFixes(subject: Subject): readonly Candidate[] {
  const { context, source, finding } = subject;
  for (const records of context.analysis.records.values()) {
    for (const { ref, view, object } of records.unlinks) {
      const site = view.chain[0];
      if (ref !== subject.ref || !site || !object || !isAt(subject, site)) continue;
      const statement = statementAt(source, spanIn(context, site));
      const call = callAt(source, spanIn(context, site));
      const parts = call && callParts(source, call);
      const item = unlinkedItem(subject, view.chain);
      const test = parts && item && countTest(subject, parts, item, object.count);
      if (statement?.type !== 'expression_statement' || !parts || test === undefined) continue;
      const edits = conditional(source, finding.file, statement, test);
      const lookup = finding.lookup?.[0];
      // The one that the finding speaks of: other registries may link their entries by the same member.
      const registry = context.analysis.facts.registries.find(({ name, plain }) => {
        const first = plain[0]?.chain[0];
        return unlinks(view.link, view.from, name) && first?.function === lookup?.function && first?.file === lookup?.file &&
          first !== undefined && lineOf(context, first) === lookup?.line;
      });
      const held = [...view.locks, ...context.analysis.entryLocks(ref)];
      const lock = held.find(({ text }) => text === finding.lock);
      if (!edits || !registry || !lock || !lookup) continue;
      const without = lookupWithout(subject, registry, lock);
      return [{
        id: 'teardown-when-only-holder',
        title: `Call ${parts.name}() only where ${test}`,
        edits,
        proved: [
          `the count is read under '${lock.text}', which ${lookup.function}() holds from its find to its get: no lookup comes between the test and the put`,
          `a count of one is the reference that ${finding.function}() drops itself: there is no other holder`,
        ],
        assumed: [`whoever takes a further reference of '${finding.object ?? 'the object'}' has one already, or finds it under '${lock.text}'`],
        ...(without === undefined ? {} : { refuted: [countMayGrow(without, lock)] }),
      }];
    }
  }
  return [];
}

/** A lookup that takes its reference without the lock, checked or not: a count of one would prove nothing. */
export function lookupWithout({ context }: Subject, registry: Registry, lock: NamedLock): string | undefined {
  return [...registry.plain, ...registry.checked]
    .find((lookup) => !lookupLocks(lookup, context.analysis.entryLocks).some(({ name }) => name === lock.name))?.ref.name;
}

export function countMayGrow(lookup: string, lock: NamedLock): string {
  return `${lookup}() takes a reference without '${lock.text}': a count that was one may be two at the put`;
}

function unlinkedItem({ session, ref }: Subject, chain: readonly Site[]): Value | undefined {
  for (const final of session.engine.executionOf(ref).finals) {
    const effect = foldLastPuts(final.state.effects).find((one): one is Effect & { do: 'unlink' } => one.do === 'unlink' && chainKey(one.chain) === chainKey(chain));
    if (effect?.item) return effect.item;
  }
  return undefined;
}

/**
 * `kref_read(&dir->kref) == 1`, of the object whose `item` a call takes off: the part that both have in common is what
 * the call was given. undefined: it cannot be told which argument that is, or the counter has no function to read it.
 */
export function countTest({ context, session, finding, ref }: Subject, parts: CallParts, item: Value, count: Value): string | undefined {
  if (rootOf(item) !== rootOf(count)) return undefined;
  const [one, other] = [pathOf(item), pathOf(count)];
  let common = 0;
  while (common < one.length - 1 && common < other.length - 1 && one[common] === other[common]) common += 1;
  const holder = context.typing.values.at(rootOf(count), other.slice(0, common));
  const struct = common === 0 ? context.typing.pointee(holder, finding.file) : context.typing.contentType(holder, finding.file)?.name;
  const { params, locals } = context.code.ir(ref);
  const pointers = parts.args.filter(({ text }) => /^[A-Za-z_]\w*$/.test(text) &&
    [...params, ...locals].some((each) => each.name === text && each.type.pointers === 1 && each.type.name === struct));
  const embedded = parts.args.filter(({ text }) => /^&[A-Za-z_][\w.>-]*$/.test(text));
  // A lone argument is the object itself.
  const given = pointers[0] ?? (parts.args.length === 1 ? embedded[0] ?? parts.args[0] : undefined);
  const type = context.typing.contentType(count, finding.file)?.name;
  const reader = type === undefined ? undefined : countReader(session.engine.base.knowledge, type);
  if (!given || reader === undefined) return undefined;
  const path = other.slice(common).join('');
  const place = given.text.startsWith('&') ? `${given.text}${path}` : `&${given.text}->${path.slice(1)}`;
  return /^&[\w.>-]+$/.test(place) ? `${reader}(${place}) == 1` : undefined;
}

/** The statement under one more condition. undefined: the form around it is not understood. */
function conditional(source: FunctionSource, file: string, statement: SyntaxNode, test: string): readonly Edit[] | undefined {
  const { parent } = statement;
  const span = spanOf(source, statement);
  if (parent?.type === 'compound_statement') {
    const indent = indentOf(source.text, span.start);
    return [{ file, start: span.start, end: span.start, newText: `${fittedIf(indent, test, '')}\n${indent}\t` }];
  }
  const condition = parent?.childForFieldName('condition');
  if (parent?.type !== 'if_statement' || parent.childForFieldName('alternative') || !condition) return undefined;
  const inner = condition.namedChildren[0];
  if (!inner) return undefined;
  const text = textOf(source, inner);
  const bare = inner.type !== 'binary_expression' || inner.childForFieldName('operator')?.type === '&&' || /^[=!<>]=?$/.test(inner.childForFieldName('operator')?.type ?? '');
  const whole = spanOf(source, parent);
  const after = source.text.slice(spanOf(source, condition).end, span.start);
  if (!/^\s*$/.test(after)) return undefined;
  const guard = `${inner.type === 'assignment_expression' || !bare ? `(${text})` : text} && ${test}`;
  return [{ file, start: whole.start, end: spanOf(source, condition).end, newText: fittedIf(indentOf(source.text, whole.start), guard.replace(/\s+/g, ' '), '') }];
}
