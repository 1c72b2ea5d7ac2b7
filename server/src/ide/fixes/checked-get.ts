// Lookups that take a reference only if the object is not dying. Enough where the release takes the lookup's lock to
// unlink: until then the memory stays.

import { spanIn } from '../../rules/context.ts';
import type { LookupRecord } from '../../finality/records.ts';
import type { Edit } from '../workspace.ts';
import { checkedGet } from './apis.ts';
import type { Candidate, Problem } from './candidate.ts';
import { indentOf } from './layout.ts';
import { ancestor, callAt, callParts, descendants, functionSource, spanOf, textOf, type FunctionSource, type SyntaxNode } from './source.ts';

export function checkedGetFixes(problem: Problem): readonly Candidate[] {
  const { judged, lock, finding } = problem;
  const unlinksLocked = judged.verdict.kind === 'unlocked' && judged.verdict.selfLocking;
  if (!unlinksLocked) return [];
  const converted = judged.registry.plain.map((lookup) => withCheck(problem, lookup));
  const edits: Edit[] = [];
  for (const one of converted) {
    if (!one) return [];
    for (const edit of one.edits) if (!edits.some((known) => known.file === edit.file && known.start === edit.start)) edits.push(edit);
  }
  const [first] = converted;
  if (!first) return [];
  return [{
    id: 'checked-get',
    title: `Look up with ${first.name}(), which fails on a dying object`,
    edits,
    proved: [
      `a lookup of '${finding.object ?? 'the object'}' whose count has reached zero finds nothing`,
      `the release takes '${lock.text}' before it unlinks: under it the memory of an entry stays`,
    ],
    assumed: [`nobody relies on finding an entry that is on the list: one that is dying counts as absent`],
  }];
}

function withCheck({ session, context }: Problem, lookup: LookupRecord): { readonly name: string; readonly edits: readonly Edit[] } | undefined {
  const { file } = lookup.ref;
  const [site] = lookup.chain;
  const source = functionSource(session.code, lookup.ref, session.textOf(file));
  const call = source && site && callAt(source, spanIn(context, site));
  const parts = call && callParts(source, call);
  const name = parts && checkedGet(session.engine.base.knowledge, parts.name);
  const statement = call?.parent;
  const pointer = parts?.args[0] && /[A-Za-z_]\w*/.exec(parts.args[0].text)?.[0];
  if (!name || pointer === undefined || statement?.type !== 'expression_statement') return undefined;
  const test = `${name}${textOf(source, call).slice(parts.name.length)}`;
  const skip = isCursor(source, statement, pointer) ? 'continue;' : isOnlyHandedOn(source, statement, pointer) ? `${pointer} = NULL;` : undefined;
  const parent = statement.parent;
  if (skip === undefined || !parent) return undefined;
  const span = spanOf(source, statement);
  if (parent.type === 'compound_statement' || parent.type === 'labeled_statement') {
    const indent = indentOf(source.text, span.start);
    return { name, edits: [{ file, ...span, newText: `if (!${test})\n${indent}\t${skip}` }] };
  }
  // The only statement of an if: one test for both.
  const condition = parent.childForFieldName('condition');
  if (parent.type !== 'if_statement' || parent.childForFieldName('alternative') || !condition) return undefined;
  const inner = condition.namedChildren[0];
  if (!inner || (inner.type === 'binary_expression' && inner.childForFieldName('operator')?.type === '||')) return undefined;
  const end = spanOf(source, condition).end - 1;
  return { name, edits: [{ file, start: end, end, newText: ` && !${test}` }, { file, ...span, newText: skip }] };
}

const LOOP = /^(?:for|while|do)_statement$/;

/** The pointer is what the innermost loop walks with: the next entry may be alive. */
function isCursor(source: FunctionSource, statement: SyntaxNode, pointer: string): boolean {
  const loop = ancestor(statement, (node) => LOOP.test(node.type));
  const body = loop?.childForFieldName('body');
  if (!loop || !body) return false;
  // The true text: a loop macro has its arguments there.
  const head = source.text.slice(spanOf(source, loop).start, spanOf(source, body).start);
  return new RegExp(`\\b${pointer}\\b`).test(head);
}

/** From here on the pointer is returned or copied at most, never looked into. */
function isOnlyHandedOn(source: FunctionSource, statement: SyntaxNode, pointer: string): boolean {
  for (let at: SyntaxNode | null = statement; at !== null && at.type !== 'function_definition'; at = at.parent) {
    for (let next = at.nextNamedSibling; next !== null; next = next.nextNamedSibling) {
      if (at.parent?.type === 'if_statement') break;
      if (looksInto(source, next, pointer)) return false;
      if (next.type === 'return_statement') return true;
      if (next.type === 'goto_statement' || next.type === 'continue_statement') return false;
      if (next.type === 'break_statement') {
        const loop = ancestor(next, (node) => LOOP.test(node.type) || node.type === 'switch_statement');
        return loop !== undefined && isOnlyHandedOn(source, loop, pointer);
      }
    }
    // Round again: what comes before in the loop counts as well.
    if (LOOP.test(at.type) && at !== statement && looksInto(source, at, pointer)) return false;
  }
  return true;
}

function looksInto(source: FunctionSource, node: SyntaxNode, pointer: string): boolean {
  return descendants(node).some((each) => each.type === 'identifier' && textOf(source, each) === pointer &&
    ancestor(each, (at) => at.type === 'field_expression' || at.type === 'call_expression' || at.type === 'pointer_expression' || at.id === node.id)?.id !== node.id);
}
