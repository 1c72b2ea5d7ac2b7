// Textual macro expansion, one level: arguments into the body. Results are parsed like any other text.

import type { MacroItem } from '../syntax/items.ts';
import { tokenise } from './tokens.ts';
import type { Token } from './tokens.ts';

const typeWord = /^(?:const\s+|volatile\s+)*(?:struct|union|enum|unsigned|signed|void|char|short|int|long|float|double|bool|const|volatile)\b/;
/** Arguments that mean the same with and without parentheses around them. */
const plain = /^(?:[\w$]+(?:(?:->|\.)[\w$]+)*|)$/;

/** The macro's body with the arguments put in; undefined if the call does not fit the definition. */
export function substitute(macro: MacroItem, argTexts: readonly string[]): string | undefined {
  const names = macro.params;
  if (names === undefined) return macro.body;
  const last = names[names.length - 1];
  const variadic = last?.endsWith('...') === true ? (last === '...' ? '__VA_ARGS__' : last.slice(0, -3).trim()) : undefined;
  const fixed = variadic === undefined ? names.length : names.length - 1;
  const given = argTexts.length === 0 && fixed === 1 ? [''] : argTexts;
  if (given.length < fixed || (variadic === undefined && given.length > fixed)) return undefined;
  const values = new Map<string, string>();
  for (let i = 0; i < fixed; i++) values.set(names[i] ?? '', given[i] ?? '');
  if (variadic !== undefined) values.set(variadic, given.slice(fixed).join(', '));

  const tokens = tokenise(macro.body);
  let out = '';
  let copied = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined || token.kind === 'end') break;
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    if (token.text === '#' && after?.kind === 'name' && values.has(after.text)) {
      out += `${macro.body.slice(copied, token.start)}""`;
      copied = after.end;
      i++;
      continue;
    }
    if (token.text === '##' && token.kind === 'punct') {
      // `, ## __VA_ARGS__` drops the comma when there is nothing to put behind it; elsewhere the neighbours join.
      const joined = out + macro.body.slice(copied, token.start);
      const drops = /,\s*$/.test(joined) && after?.text === variadic && values.get(after?.text ?? '') === '';
      out = drops ? joined.replace(/,\s*$/, '') : /,\s*$/.test(joined) ? joined : joined.trimEnd();
      copied = after?.start ?? token.end;
      continue;
    }
    if (token.kind !== 'name') continue;
    const value = values.get(token.text);
    if (value === undefined) continue;
    const bare = plain.test(value) || token.text === variadic || pastes(before) || pastes(after) || typeWord.test(value)
      || (before?.text === '(' && after?.text === ')') || isMember(before) || value.startsWith('{')
      || (isEdge(before) && isEdge(after)) || !looksLikeExpression(value);
    out += macro.body.slice(copied, token.start) + (bare ? value : `(${value})`);
    copied = token.end;
  }
  return out + macro.body.slice(copied);
}

const pastes = (token: Token | undefined): boolean => token?.text === '##';
const isMember = (token: Token | undefined): boolean => token?.text === '.' || token?.text === '->';
const isEdge = (token: Token | undefined): boolean => token === undefined || token.kind === 'end' || [',', ';', '(', ')', '{', '}', '='].includes(token.text);
const looksLikeExpression = (text: string): boolean => !/^(?:return|goto|break|continue|do|if|for|while|switch)\b|;|\*\s*$|^[=<>!&|+\-*/%^]+$/.test(text);
