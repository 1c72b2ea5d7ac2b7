// Declarations of locals, spelled out or by a macro.

import type { Ast, Declared } from './ast.ts';
import { freeAtScopeEnd } from './cleanup.ts';
import { lowerStatement } from './control.ts';
import { isTypeStart } from './declaration.ts';
import { substitute } from './substitute.ts';
import type { CType, Expr } from './ir.ts';
import { sees } from './reader.ts';
import { declare, lookUp, noType, resolveType, store, textReader, typeOf } from './state.ts';
import type { Lowering } from './state.ts';
import { parseStatements } from './statement.ts';
import { initialise, value } from './value.ts';

/**
 * A macro that declares a local, such as a list head with its initialiser. If its definition is not at hand, the
 * spelling (DEFINE_X(name), X_HEAD(name)) tells, as the alternative is to take the name for a global.
 */
export function lowerDeclaringMacro(state: Lowering, name: string, ast: Ast & { kind: 'call' }, isStatic: boolean): boolean {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name) || state.knowledge.primitives.has(name) || state.expanding.includes(name)) return false;
  const macro = state.macros.find(name);
  const text = macro && substitute(macro, ast.argTexts);
  if (text !== undefined) {
    const reader = textReader(state, text, ast.at);
    if (!isTypeStart(reader, 0) || sees(reader, 'typeof')) return false;
    const body = parseStatements(reader);
    if (body.every((each) => each.kind !== 'declaration')) return false;
    const outer = state.expanding;
    state.expanding = [...outer, name];
    for (const each of body) {
      if (isStatic && each.kind === 'declaration') for (const declared of each.declared) lowerDeclared(state, { ...declared, isStatic });
      else lowerStatement(state, each);
    }
    state.expanding = outer;
    return true;
  }
  if (macro || !/^(?:DEFINE|DECLARE)_|_HEAD$/.test(name)) return false;
  const declared = ast.args.find((arg) => arg.kind === 'name' && lookUp(state, arg.name) === undefined);
  if (declared?.kind !== 'name') return false;
  declare(state, declared.name, noType, isStatic);
  return true;
}

export function lowerDeclared(state: Lowering, declared: Declared): void {
  const { name, at } = declared;
  const scope = state.scopes[state.scopes.length - 1];
  if (declared.elsewhere) {
    scope?.names.set(name, { op: 'name', name });
    return;
  }
  let type: CType = resolveType(state, declared.type);
  if (declared.isStatic) {
    declare(state, name, type, true);
    return;
  }
  const given = declared.value;
  let result: Expr | undefined;
  if (type.name === '__auto_type' && given) {
    result = value(state, given);
    type = typeOf(state, result) ?? noType;
  }
  const local = declare(state, name, type);
  if (result) store(state, local, result, at);
  else if (given?.kind === 'list') initialise(state, local, type, given.entries, at);
  else if (given) store(state, local, value(state, given), at);
  freeAtScopeEnd(state, declared, local);
}
