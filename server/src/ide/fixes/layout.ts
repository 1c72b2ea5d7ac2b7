// How new lines look: kernel style, tabs of eight columns, eighty columns, declarations first.

import type { Span } from '../../base/span.ts';
import { spanOf, statementsOf, textOf, type FunctionSource, type SyntaxNode } from './source.ts';

const TAB = 8;
export const COLUMNS = 80;

export function lineStartOf(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The white space that the line of an offset begins with. */
export function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStartOf(text, offset)))?.[0] ?? '';
}

export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns = char === '\t' ? (Math.floor(columns / TAB) + 1) * TAB : columns + 1;
  return columns;
}

function padTo(columns: number): string {
  return '\t'.repeat(Math.floor(columns / TAB)) + ' '.repeat(columns % TAB);
}

/** One statement on its line, without the first indentation; arguments that do not fit go below the first one. */
export function fitted(indent: string, statement: string): string {
  const flat = statement.replace(/\s*\n\s*/g, ' ');
  if (columnsOf(indent + flat) <= COLUMNS) return flat;
  const open = flat.indexOf('(');
  if (open < 0) return flat;
  const below = padTo(columnsOf(indent + flat.slice(0, open + 1)));
  const lines = [''];
  for (const part of flat.split(/(?<=,) /)) {
    const last = lines.length - 1;
    const line = lines[last] === '' ? part : `${lines[last]} ${part}`;
    const before = last === 0 ? indent : below;
    if (lines[last] === '' || columnsOf(before + line) <= COLUMNS) lines[last] = line;
    else lines.push(part);
  }
  return lines.join(`\n${below}`);
}

/** `if (guard)` and what follows on its line, broken behind `&&` where it gets too long. */
export function fittedIf(indent: string, guard: string, after: '' | ' {'): string {
  const lines = [''];
  for (const part of `if (${guard})${after}`.split(/(?<=&&) /)) {
    const last = lines.at(-1) ?? '';
    const longer = last === '' ? part : `${last} ${part}`;
    const before = lines.length === 1 ? indent : `${indent}    `;
    if (last !== '' && columnsOf(before + longer) > COLUMNS) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines.join(`\n${indent}    `);
}

/**
 * What stands before one more argument, for a call that is renamed: a space, or the next line below the first argument
 * if the statement's line would get too long.
 */
export function beforeArgument(text: string, call: { readonly nameSpan: Span; readonly end: number }, name: string, argument: string): string {
  const start = lineStartOf(text, call.nameSpan.start);
  const upToName = text.slice(start, call.nameSpan.start);
  const given = text.slice(call.nameSpan.end, call.end);
  const after = /^[);{ ]*/.exec(text.slice(call.end))?.[0].trimEnd() ?? '';
  if (given.includes('\n') || columnsOf(`${upToName}${name}${given}, ${argument}${after}`) <= COLUMNS) return ' ';
  return `\n${padTo(columnsOf(`${upToName}${name}(`))}`;
}

/** The whole lines of a span, with the newline after them, and one of two blank lines that would meet. */
export function wholeLines(text: string, span: Span): Span {
  const start = lineStartOf(text, span.start);
  const newline = text.indexOf('\n', span.end);
  const end = newline < 0 ? text.length : newline + 1;
  const blankBefore = text.slice(0, start).endsWith('\n\n') || text.slice(0, start).endsWith('{\n');
  return blankBefore && text[end] === '\n' ? { start, end: end + 1 } : { start, end };
}

/** Where a new line after a statement begins: a comment behind it stays with it. */
export function behind(text: string, end: number): number {
  const rest = /^[^\n]*/.exec(text.slice(end))?.[0] ?? '';
  return /^\s*\/\*.*\*\/\s*$/.test(rest) ? end + rest.trimEnd().length : end;
}

/** Inserts a declaration after the last one at the top of a block. */
export function declarationEdit(source: FunctionSource, block: SyntaxNode, declaration: string): { start: number; end: number; newText: string } {
  const { text } = source;
  const statements = statementsOf(block);
  const first = statements[0];
  const indent = first ? indentOf(text, spanOf(source, first).start) : `${indentOf(text, spanOf(source, block).start)}\t`;
  let last: SyntaxNode | undefined;
  for (const node of statements) {
    if (node.type !== 'declaration') break;
    last = node;
  }
  const start = behind(text, last ? spanOf(source, last).end : spanOf(source, block).start + 1);
  return { start, end: start, newText: `\n${indent}${declaration}${last ? '' : '\n'}` };
}

/** Names that a new local must not have. */
export function takenNames(source: FunctionSource): ReadonlySet<string> {
  return new Set(textOf(source, source.root).match(/[A-Za-z_]\w*/g) ?? []);
}

export function freeName(taken: ReadonlySet<string>, wanted: string): string {
  for (const name of [wanted, `old_${wanted}`]) if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}${number}`)) return `${wanted}${number}`;
}
