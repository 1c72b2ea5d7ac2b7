// A field gets another pointer while a reference came with the one that it had, and nobody puts that: it is saved, and
// put once the field has the new one.

import { sameRegistry } from '../../finality/registries.ts';
import type { Candidate, Subject } from './candidate.ts';
import { argumentPuts, testsMembership, toleratesNull } from './cleanup.ts';
import { behind, fitted, indentOf } from './layout.ts';
import { failingBranch, savedPointer, telling, type Lost } from './lost.ts';
import { spanOf, textOf } from './source.ts';
import { parameterName } from './wrapper.ts';

export function putSaved(lost: Lost): readonly Candidate[] {
  const { subject, losing, block, place, loser, loss } = lost;
  const { source, finding, context, session } = subject;
  const type = context.typing.contentType(loss.place, finding.file);
  if (!type || block.type !== 'compound_statement') return [];
  const branch = failingBranch(lost);
  // A call that can fail and is not asked whether it did: no place to go on from.
  if (!branch && losing.namedChildren[0]?.type === 'assignment_expression' && textOf(source, losing).includes('(')) return [];
  const helper = helperFor(lost, type);
  if (!helper) return [];
  const isGeneric = context.analysis.facts.registries.some((registry) => registry.generic &&
    context.analysis.facts.roles.get(loss.field)?.registries.some((name) => sameRegistry(registry.name, name)) === true);
  if (isGeneric && !testsMembership(session, helper.ref, helper.argument)) return [];
  const saved = savedPointer(lost, `old_${telling(parameterName(subject, helper.ref.name, helper.argument), place)}`, block);
  if (!saved) return [];
  const indent = indentOf(source.text, spanOf(source, losing).start);
  const at = behind(source.text, spanOf(source, branch ?? losing).end);
  const bare = toleratesNull(session, helper.ref, helper.argument);
  const inner = bare ? indent : `${indent}\t`;
  const call = fitted(inner, `${helper.ref.name}(${helper.args.map((arg, index) => (index === helper.argument ? saved.name : arg)).join(', ')});`);
  return [{
    id: 'put-saved-pointer',
    title: `Save ${place}, and put it with ${helper.ref.name}() once ${loser} has replaced it`,
    edits: [...saved.edits, { file: finding.file, start: at, end: at, newText: bare ? `\n${indent}${call}` : `\n${indent}if (${saved.name})\n${inner}${call}` }],
    proved: [
      `the reference that came with ${place} is dropped after ${loser} has taken it out of the field`,
      ...(isGeneric ? [`${helper.ref.name}() puts only what it finds to be an entry: other pointers came with no reference`] : []),
      ...(branch ? [`where ${loser} fails the field keeps its reference, and nothing is put`] : []),
    ],
    assumed: [`nothing else drops the reference of ${place} later`],
    onlyIfProved: true,
  }];
}

/** A function that puts what it is given, with all that it wants besides: one called here, or one that wants nothing else. */
function helperFor(
  { subject, losing }: Lost, type: { readonly name: string; readonly pointers: number },
): { readonly ref: Subject['ref']; readonly argument: number; readonly args: readonly string[] } | undefined {
  const { source, context, finding, session } = subject;
  for (const { parts, argument } of argumentPuts(subject)) {
    const ref = context.code.resolve(parts.name, finding.file);
    const param = ref && context.code.ir(ref).params[argument];
    if (!ref || param?.type.name !== type.name || param.type.pointers !== type.pointers || ref.file !== finding.file) continue;
    const others = parts.args.filter((_, index) => index !== argument);
    const own = context.code.ir(subject.ref).params.map(({ name }) => name);
    if (others.every(({ text }) => own.includes(text))) return { ref, argument, args: parts.args.map(({ text }) => text) };
  }
  for (const ref of context.code.functionsIn(finding.file)) {
    const { params } = context.code.ir(ref);
    const [param] = params;
    if (params.length !== 1 || param?.type.name !== type.name || param.type.pointers !== type.pointers || ref === subject.ref) continue;
    if (ref.item.span.start > spanOf(source, losing).start) continue;
    const puts = session.engine.summaryOf(ref).outcomes.flatMap(({ effects }) => effects).filter((effect) => effect.do === 'put');
    const judged = context.analysis.instances.some((instance) => instance.ref === ref && instance.judged.some(({ put }) => put.object.origin === 'param'));
    if (puts.length > 0 && judged) return { ref, argument: 0, args: [param.name] };
  }
  return undefined;
}
