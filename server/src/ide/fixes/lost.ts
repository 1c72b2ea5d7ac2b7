// A statement that loses the only pointer to a counted object, and what its function has at hand there: the way on which
// it fails, a variable with the same pointer, a new one to save it in.

import { printPlace } from '../../domain/value.ts';
import type { LossRecord } from '../../finality/records.ts';
import { objectText, spanIn } from '../../rules/context.ts';
import type { Edit } from '../workspace.ts';
import type { Subject } from './candidate.ts';
import { declarationEdit, freeName, indentOf, takenNames } from './layout.ts';
import { isAt } from './put.ts';
import { ancestor, callParts, descendants, spanOf, statementAt, textOf, type SyntaxNode } from './source.ts';
import { alwaysLeaves, nextStatement, writesTo } from './statements.ts';
import { lastName } from './wrapper.ts';

/** The statement that loses the pointer, and the field as it is spelled. */
export interface Lost {
  readonly subject: Subject;
  readonly loss: LossRecord;
  readonly losing: SyntaxNode;
  readonly block: SyntaxNode;
  readonly place: string;
  /** Who loses it: `kobject_del()`, or the statement itself. */
  readonly loser: string;
}

/** By place: what the finding names first. */
export function lossesAt(subject: Subject): readonly Lost[] {
  const { context, ref, source, finding } = subject;
  const found = new Map<string, Lost>();
  const records = context.analysis.records.get(ref)?.losses ?? [];
  const isNamed = (loss: LossRecord): boolean => objectText(loss.object.count) === finding.object;
  for (const loss of records.toSorted((one, other) => Number(isNamed(other)) - Number(isNamed(one)))) {
    const [site] = loss.chain;
    if (!site || !isAt(subject, site)) continue;
    const losing = statementAt(source, spanIn(context, site));
    const block = losing?.parent;
    const place = printPlace(loss.place);
    if (losing?.type !== 'expression_statement' || !block || !/^[A-Za-z_][\w.>-]*$/.test(place) || found.has(place)) continue;
    const call = descendants(losing).find(({ type }) => type === 'call_expression');
    const name = call && callParts(source, call)?.name;
    found.set(place, { subject, loss, losing, block, place, loser: name === undefined ? 'the assignment' : `${name}()` });
  }
  return [...found.values()];
}

/** The `if` behind the losing call that leaves when it failed. */
export function failingBranch({ subject: { source }, losing }: Lost): SyntaxNode | undefined {
  const assignment = losing.namedChildren[0];
  const result = assignment?.type === 'assignment_expression' ? assignment.childForFieldName('left') : null;
  const next = nextStatement(losing);
  const condition = next?.type === 'if_statement' ? next.childForFieldName('condition') : null;
  const then = next?.childForFieldName('consequence');
  if (!result || !next || !condition || !then || next.childForFieldName('alternative') || !alwaysLeaves(then)) return undefined;
  const text = textOf(source, condition).replace(/^\(\s*|\s*\)$/g, '');
  const name = textOf(source, result);
  return text === name || text === `${name} < 0` || text === `${name} != 0` ? next : undefined;
}

/** The variable whose content was stored in the field, if it has it still at `until`, whatever way leads there. */
export function localOf({ subject, losing, place }: Lost, until: SyntaxNode): string | undefined {
  const { source, context, ref } = subject;
  const store = descendants(source.root).find((node) => node.type === 'assignment_expression' && spanOf(source, node).end <= spanOf(source, losing).start &&
    textOf(source, node.childForFieldName('left') ?? node) === place && node.childForFieldName('right')?.type === 'identifier');
  const right = store?.childForFieldName('right');
  if (!right) return undefined;
  const name = textOf(source, right);
  const { locals, params } = context.code.ir(ref);
  if (params.some((each) => each.name === name)) return writesTo(source, source.root, name) ? undefined : name;
  const body = source.root.descendantsOfType('compound_statement')[0];
  const writes = descendants(source.root).filter((node) => (node.type === 'expression_statement' || node.type === 'declaration') && writesTo(source, node, name));
  const [set] = writes;
  if (!locals.some((each) => each.name === name) || writes.length !== 1 || !set || !body || set.parent?.id !== body.id) return undefined;
  // A way out from before it was set must not lead to the place where it is wanted.
  const early = descendants(source.root).filter((node) => node.type === 'goto_statement' && spanOf(source, node).start < spanOf(source, set).start);
  return early.every((node) => !fallsThrough(subject, body, node.namedChildren[0], until)) ? name : undefined;
}

/** Does the label stand before the statement, with no unconditional way out between? */
function fallsThrough({ source }: Subject, body: SyntaxNode, to: SyntaxNode | undefined, until: SyntaxNode): boolean {
  const label = to && descendants(body).find((each) => each.type === 'labeled_statement' && textOf(source, each.childForFieldName('label') ?? each) === textOf(source, to));
  if (!label) return true;
  const { start } = spanOf(source, label);
  const end = spanOf(source, until).start;
  const barrier = descendants(body).some((node) => /^(?:return|goto)_statement$/.test(node.type) && spanOf(source, node).start >= start && spanOf(source, node).end <= end &&
    ancestor(node.parent, ({ type }) => type !== 'labeled_statement')?.id === body.id);
  return start <= end && !barrier;
}

/** What the pointer is called where it is put, if that is more than a letter or two. */
export function telling(parameter: string | undefined, place: string): string {
  return parameter !== undefined && parameter.length > 2 ? parameter : lastName(place);
}

/** `name = place;` before the loss, with its declaration. */
export function savedPointer({ subject, losing, place, loss }: Lost, wanted: string, block: SyntaxNode): { readonly name: string; readonly edits: readonly Edit[] } | undefined {
  const { source, context, finding } = subject;
  const type = context.typing.contentType(loss.place, finding.file);
  if (!type || type.pointers === 0) return undefined;
  const name = freeName(takenNames(source), wanted);
  const declaration = `${type.name} ${'*'.repeat(type.pointers)}${name}`;
  const first = block.namedChildren.find((child) => child.type !== 'declaration' && child.type !== 'comment');
  if (first?.id === losing.id) return { name, edits: [{ file: finding.file, ...declarationEdit(source, block, `${declaration} = ${place};`) }] };
  const { start } = spanOf(source, losing);
  return {
    name,
    edits: [
      { file: finding.file, ...declarationEdit(source, block, `${declaration};`) },
      { file: finding.file, start, end: start, newText: `${name} = ${place};\n${indentOf(source.text, start)}` },
    ],
  };
}
