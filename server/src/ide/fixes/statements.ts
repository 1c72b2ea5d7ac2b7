// What statements do, as far as their syntax tells: leave the way they stand on, test a pointer, write a variable.

import { descendants, textOf, type FunctionSource, type SyntaxNode } from './source.ts';

/** The next statement of the block; comments are none. */
export function nextStatement(node: SyntaxNode): SyntaxNode | null {
  let next = node.nextNamedSibling;
  while (next?.type === 'comment') next = next.nextNamedSibling;
  return next;
}

export function previousStatement(node: SyntaxNode): SyntaxNode | null {
  let previous = node.previousNamedSibling;
  while (previous?.type === 'comment') previous = previous.previousNamedSibling;
  return previous;
}

const LEAVES = /^(?:return|goto|break|continue)_statement$/;

/** Something in it leads elsewhere than to the next statement. */
export function leaves(node: SyntaxNode): boolean {
  return descendants(node).some(({ type }) => LEAVES.test(type));
}

/** It always leads elsewhere. */
export function alwaysLeaves(node: SyntaxNode): boolean {
  const last = node.type === 'compound_statement' ? node.namedChildren.findLast((child) => child.type !== 'comment') : node;
  return last !== undefined && LEAVES.test(last.type);
}

/** What an `if` without an else says of the pointer where it is taken, if it tests nothing else. */
export function pointerTest(source: FunctionSource, node: SyntaxNode, pointer: string): 'present' | 'absent' | undefined {
  const condition = node.type === 'if_statement' && !node.childForFieldName('alternative') ? node.childForFieldName('condition') : undefined;
  if (!condition) return undefined;
  const text = textOf(source, condition).replace(/^\(\s*|\s*\)$/g, '').replace(/\s+/g, '').replace(/^(?:un)?likely\((.*)\)$/, '$1');
  if (text === pointer || text === `${pointer}!=NULL` || text === `NULL!=${pointer}`) return 'present';
  if (text === `!${pointer}` || text === `${pointer}==NULL` || text === `NULL==${pointer}`) return 'absent';
  return undefined;
}

/** Sets the variable, or hands its address to something that may. */
export function writesTo(source: FunctionSource, node: SyntaxNode, name: string): boolean {
  return descendants(node).some((each) => {
    const target = each.type === 'assignment_expression' ? each.childForFieldName('left')
      : each.type === 'init_declarator' ? each.childForFieldName('declarator')
      : each.type === 'update_expression' || (each.type === 'pointer_expression' && each.childForFieldName('operator')?.type === '&') ? each.childForFieldName('argument') : undefined;
    return target != null && textOf(source, target).replace(/^[*\s]+/, '') === name && (target.type === 'identifier' || each.type === 'init_declarator');
  });
}
