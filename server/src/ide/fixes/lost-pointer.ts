// The field that held a reference is cleared or overwritten before anybody drops it. The cleanup is called before that,
// or is given the pointer, saved in time; or, where there is none, the saved pointer is put afterwards.

import type { Span } from '../../base/span.ts';
import type { Edit } from '../workspace.ts';
import type { Candidate, Subject } from './candidate.ts';
import { argumentPuts, cleanupsOf, type Cleanup } from './cleanup.ts';
import { behind, fitted, indentOf, wholeLines } from './layout.ts';
import { failingBranch, lossesAt, localOf, savedPointer, telling, type Lost } from './lost.ts';
import { putSaved } from './saved-pointer.ts';
import { ancestor, childOf, descendants, spanOf, statementsOf, textOf, type SyntaxNode } from './source.ts';
import { leaves } from './statements.ts';
import { parameterName, unwrapped } from './wrapper.ts';

export function lostPointerFixes(subject: Subject): readonly Candidate[] {
  for (const lost of lossesAt(subject)) {
    const end = spanOf(subject.source, lost.losing).end;
    const behindIt = cleanupsOf(subject, lost.place).filter(({ statement }) => spanOf(subject.source, statement).start >= end)
      .map((cleanup) => [...putFirst(lost, cleanup), ...saveFirst(lost, cleanup), ...giveLocal(lost, cleanup)])
      .find((made) => made.length > 0) ?? [];
    const candidates = [...behindIt, ...keepForCleanup(lost)];
    const all = candidates.length > 0 ? candidates : putSaved(lost);
    if (all.length > 0) return all;
  }
  return [];
}

/** The cleanup stands behind the loss in the same block: it goes before it. */
function putFirst({ subject, losing, block, place, loser }: Lost, { statement, parts }: Cleanup): readonly Candidate[] {
  const { source, finding } = subject;
  const top = block.type === 'compound_statement' ? childOf(block, statement) : undefined;
  if (!top || !isForPutAlone(top, statement) || hasWayBetween(block, losing, top)) return [];
  const { start } = spanOf(source, losing);
  const indent = indentOf(source.text, start);
  const end = behind(source.text, spanOf(source, top).end);
  return [{
    id: 'put-before-loss',
    title: `Call ${parts.name}() before ${loser}`,
    edits: [
      { file: finding.file, start, end: start, newText: `${source.text.slice(spanOf(source, top).start, end)}\n${indent}` },
      { file: finding.file, ...wholeLines(source.text, spanOf(source, top)), newText: '' },
    ],
    proved: [`${parts.name}() still finds the object in ${place}, and drops the reference that came with it`],
    assumed: loser === 'the assignment' ? [] : [`${loser} needs no reference of its own to what ${place} points to`],
  }];
}

/** The pointer is saved before the loss, and given to the cleanup that stands behind it. */
function saveFirst(lost: Lost, cleanup: Cleanup): readonly Candidate[] {
  const { subject, losing, block, place, loser } = lost;
  const { finding } = subject;
  const top = block.type === 'compound_statement' ? childOf(block, cleanup.statement) : undefined;
  const spelled = withPointer(lost, cleanup);
  if (!top || !spelled || hasWayBetween(block, losing, top)) return [];
  const saved = savedPointer(lost, spelled.name, block);
  if (!saved) return [];
  return [{
    id: 'save-pointer',
    title: `Save ${place} before ${loser}, and put it in ${spelled.callee}() afterwards`,
    edits: [...saved.edits, { file: finding.file, ...spelled.span(top), newText: spelled.text(saved.name, top) }],
    proved: [`${spelled.callee}() is given the pointer that ${place} had: it does not read the field after ${loser} has run`],
    assumed: [],
  }];
}

/** The function has the pointer in a variable of its own: the cleanup takes that. */
function giveLocal(lost: Lost, cleanup: Cleanup): readonly Candidate[] {
  const { subject, place, loser } = lost;
  const local = localOf(lost, cleanup.statement);
  const spelled = withPointer(lost, cleanup);
  if (local === undefined || !spelled) return [];
  return [{
    id: 'put-own-pointer',
    title: `Call ${spelled.callee}() with ${local}: ${place} is cleared by then`,
    edits: [{ file: subject.finding.file, ...spelled.span(cleanup.statement), newText: spelled.text(local, cleanup.statement) }],
    proved: [`${local} is what was stored in ${place}, on every way to ${spelled.callee}(), and ${loser} does not change it`],
    assumed: [`where ${local} is NULL, ${place} came with no reference of this function`],
  }];
}

/** A cleanup takes its pointer from a variable that is not set yet on the way on which the call fails. */
function keepForCleanup(lost: Lost): readonly Candidate[] {
  const { subject, place, loser } = lost;
  const { source, finding } = subject;
  const branch = failingBranch(lost);
  const then = branch?.childForFieldName('consequence');
  const label = then && descendants(then).find(({ type }) => type === 'goto_statement')?.namedChildren[0];
  const target = label && descendants(source.root).find((node) => node.type === 'labeled_statement' && node.childForFieldName('label') !== null &&
    textOf(source, node.childForFieldName('label') ?? node) === textOf(source, label));
  if (!branch || !then || !target) return [];
  const own = subject.context.code.ir(subject.ref);
  for (const { statement, parts, argument } of argumentPuts(subject)) {
    const variable = parts.args[argument]?.text;
    if (variable === undefined || spanOf(source, statement).start < spanOf(source, target).start) continue;
    const local = localOf(lost, statement);
    const typeOf = (name: string) => own.locals.find((each) => each.name === name)?.type;
    const type = typeOf(variable);
    if (local === undefined || local === variable || !type || type.name !== typeOf(local)?.name || type.pointers !== typeOf(local)?.pointers) continue;
    const indent = `${indentOf(source.text, spanOf(source, branch).start)}\t`;
    const line = `${variable} = ${local};`;
    const edits: Edit[] = [];
    if (then.type === 'compound_statement') {
      const at = spanOf(source, then).start + 1;
      edits.push({ file: finding.file, start: at, end: at, newText: `\n${indent}${line}` });
    } else {
      const { start, end } = spanOf(source, then);
      const head = source.text.slice(0, start).trimEnd().length;
      edits.push({ file: finding.file, start: head, end: start, newText: ` {\n${indent}${line}\n${indent}` });
      edits.push({ file: finding.file, start: behind(source.text, end), end: behind(source.text, end), newText: `\n${indent.slice(0, -1)}}` });
    }
    return [{
      id: 'keep-for-cleanup',
      title: `Keep ${local} for ${parts.name}() where ${loser} fails`,
      edits,
      proved: [
        `${loser} clears ${place} when it fails, and ${local} still points to the object`,
        `${parts.name}() at '${textOf(source, label)}' drops the reference that came with it`,
      ],
      assumed: [],
    }];
  }
  return [];
}

/** The cleanup with a pointer in the place of the field: in its own argument, or in that of the call it is a wrapper of. */
function withPointer({ subject, place }: Lost, { parts, argument, inner, statement }: Cleanup): {
  readonly name: string; readonly callee: string;
  readonly span: (top: SyntaxNode) => Span; readonly text: (pointer: string, top: SyntaxNode) => string;
} | undefined {
  const { source } = subject;
  if (argument !== undefined) {
    return {
      name: telling(parameterName(subject, parts.name, argument), place), callee: parts.name,
      span: (top) => spanOf(source, top),
      // The test around it, too.
      text: (pointer, top) => textOf(source, top).split(place).join(pointer),
    };
  }
  const spelled = inner && unwrapped(subject, parts, inner);
  const index = spelled?.args.indexOf(place) ?? -1;
  if (!spelled || index < 0) return undefined;
  const indent = indentOf(source.text, spanOf(source, statement).start);
  return {
    name: telling(parameterName(subject, spelled.name, index), place), callee: spelled.name,
    span: () => spanOf(source, statement),
    text: (pointer) => fitted(indent, `${spelled.name}(${spelled.args.map((arg, at) => (at === index ? pointer : arg)).join(', ')});`),
  };
}

/** The statement of the block is the put, with a test of the pointer around it at most. */
function isForPutAlone(top: SyntaxNode, statement: SyntaxNode): boolean {
  const between = ancestor(statement, (node) => node.id === top.id || (node.type !== 'if_statement' && node.type !== 'compound_statement' && node.id !== statement.id) ||
    (node.type === 'compound_statement' && statementsOf(node).length !== 1));
  return between?.id === top.id && top.type !== 'labeled_statement' && top.childForFieldName('alternative') == null;
}

/** A way out, or a way in, between the two. */
function hasWayBetween(block: SyntaxNode, from: SyntaxNode, to: SyntaxNode): boolean {
  return block.namedChildren.some((child) => child.startIndex >= from.endIndex && child.startIndex <= to.startIndex &&
    (child.type === 'labeled_statement' || child.type === 'case_statement' || (child.id !== to.id && leaves(child))));
}
