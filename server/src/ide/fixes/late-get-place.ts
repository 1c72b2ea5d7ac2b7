// Where a get that comes too late may go: before the unlock, here or in the helper that finds, if nothing on the way
// between them decides otherwise.

import { spanIn } from '../../rules/context.ts';
import type { LookupRecord, NamedLock } from '../../finality/records.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Site } from '../../summary/effect.ts';
import type { Edit } from '../workspace.ts';
import type { Subject } from './candidate.ts';
import { wholeLines } from './layout.ts';
import { callParts, childOf, descendants, functionSource, spanOf, statementAt, substituted, textOf, type CallParts, type FunctionSource, type SyntaxNode } from './source.ts';
import { leaves, nextStatement, pointerTest, writesTo } from './statements.ts';

/** The call that takes the reference, and what may be done with it. */
export interface LateGet {
  readonly lookup: LookupRecord;
  readonly lock: NamedLock;
  readonly parts: CallParts;
  readonly call: SyntaxNode;
  readonly statement: SyntaxNode;
  /** The variable that points to the object. */
  readonly pointer: string;
  /** The unlock that came too early, by the sites that lead to it. */
  readonly unlock: readonly Site[];
}

/** Where the get may go, and what leaves its old place. */
export interface NewPlace {
  /** Before this statement, in this function. */
  readonly source: FunctionSource;
  readonly unlock: SyntaxNode;
  /** The pointer and the get, as spelled there. */
  readonly pointer: string;
  readonly get: string;
  /** The object may be absent there. */
  readonly guarded: boolean;
  readonly removal: Edit;
}

export function placeFor(subject: Subject, late: LateGet): NewPlace | undefined {
  return late.unlock.length === 1 ? hereBefore(subject, late) : inHelper(subject, late);
}

/** Before the unlock in the same function. */
function hereBefore({ source, context, finding }: Subject, { statement, pointer, unlock }: LateGet): NewPlace | undefined {
  const [site] = unlock;
  const unlocking = site && statementAt(source, spanIn(context, site));
  if (unlocking?.type !== 'expression_statement' || unlocking.parent?.type !== 'compound_statement') return undefined;
  const way = wayFrom(source, unlocking, statement, pointer);
  if (!way) return undefined;
  return {
    source, unlock: unlocking, pointer, get: textOf(source, statement), guarded: way.guarded,
    removal: { file: finding.file, ...removalOf(source, statement), newText: '' },
  };
}

/** Before the unlock in the helper that finds, if nobody else calls it. */
function inHelper({ source, context, session, ref, finding }: Subject, late: LateGet): NewPlace | undefined {
  const { statement, pointer, unlock, parts } = late;
  const [outer, inner] = unlock;
  const helper = inner && session.code.functionsIn(inner.file).find(({ name }) => name === inner.function);
  const searching = outer && statementAt(source, spanIn(context, outer));
  if (!outer || !inner || !helper || unlock.length !== 2 || !searching || helper.file !== finding.file) return undefined;
  if (!isOnlyCalledOnce({ source, session, ref }, helper)) return undefined;
  if (!writesTo(source, searching, pointer)) return undefined;
  const body = functionSource(session.code, helper, session.textOf(helper.file));
  const unlocking = body && statementAt(body, spanIn(context, inner));
  const returned = body && unlocking && returnedAfter(body, unlocking);
  const way = wayFrom(source, searching, statement, pointer);
  if (!body || !unlocking || returned === undefined || !way) return undefined;
  return {
    source: body, unlock: unlocking, pointer: returned, guarded: way.guarded,
    get: `${parts.name}(${parts.args.map(({ node }) => substituted(source, node, new Map([[pointer, returned]]))).join(', ')});`,
    removal: { file: finding.file, ...removalOf(source, statement), newText: '' },
  };
}

function isOnlyCalledOnce({ source, session, ref }: Pick<Subject, 'source' | 'session' | 'ref'>, helper: FunctionRef): boolean {
  const callers = session.code.callers(helper);
  const calls = descendants(source.root).filter((node) => node.type === 'call_expression' && callParts(source, node)?.name === helper.name);
  return helper.item.isStatic && callers.length === 1 && callers[0] === ref && calls.length === 1 && !session.code.addressTaken(helper);
}

/** The variable that the function returns right after the unlock, if every other return gives nothing. */
function returnedAfter(source: FunctionSource, unlock: SyntaxNode): string | undefined {
  const next = nextStatement(unlock);
  if (unlock.type !== 'expression_statement' || unlock.parent?.type !== 'compound_statement' || next?.type !== 'return_statement') return undefined;
  const value = next.namedChildren[0];
  if (value?.type !== 'identifier') return undefined;
  const others = descendants(source.root).filter((node) => node.type === 'return_statement' && node.id !== next.id);
  return others.every((node) => /^return\s+(?:NULL|0);$/.test(textOf(source, node))) ? textOf(source, value) : undefined;
}

/**
 * The statements from `from` to the get, both in one block: the only ways out between them are those of a pointer that
 * is NULL, and the only test around the get is that it is not.
 */
function wayFrom(source: FunctionSource, from: SyntaxNode, get: SyntaxNode, pointer: string): { readonly guarded: boolean } | undefined {
  const block = from.parent;
  const top = block && childOf(block, get);
  if (!block || !top || spanOf(source, top).start < spanOf(source, from).end) return undefined;
  let guarded = false;
  for (let between = from.nextNamedSibling; between && between.id !== top.id; between = between.nextNamedSibling) {
    if (writesTo(source, between, pointer) || between.type === 'labeled_statement') return undefined;
    if (!leaves(between)) continue;
    if (pointerTest(source, between, pointer) !== 'absent') return undefined;
    guarded = true;
  }
  for (let at: SyntaxNode | null = get; at && at.id !== block.id; at = at.parent) {
    if (at.type !== 'if_statement') {
      if (at.id !== get.id && at.type !== 'compound_statement') return undefined;
      continue;
    }
    if (at.childForFieldName('alternative') || pointerTest(source, at, pointer) !== 'present') return undefined;
    guarded = true;
  }
  return { guarded };
}

/** The get, with the test around it if that was for the get alone. */
function removalOf(source: FunctionSource, statement: SyntaxNode): { readonly start: number; readonly end: number } {
  const { parent } = statement;
  const alone = parent?.type === 'if_statement' ? parent
    : parent?.type === 'compound_statement' && parent.namedChildren.length === 1 && parent.parent?.type === 'if_statement' ? parent.parent : statement;
  return wholeLines(source.text, spanOf(source, alone));
}
