// Lowers what is no function: structs, typedefs, prototypes, variables with their initialisers.

import type { Catalogue } from '../syntax/catalogue.ts';
import type { PrototypeItem, StructItem, TypedefItem, VariableItem } from '../syntax/items.ts';
import type { Ast, Entry } from './ast.ts';
import { parseDeclarator, parseInitialiser, parseSpecifiers } from './declaration.ts';
import type { CType, Local, StructDef } from './ir.ts';
import { accept, atEnd, namesOf, newReader, next, peek, sees } from './reader.ts';
import type { Reader } from './reader.ts';
import { tokenise } from './tokens.ts';
import { parseStatements } from './statement.ts';
import { substitute } from './substitute.ts';
import type { MacroSource } from './state.ts';

function open(text: string, span: { readonly start: number; readonly end: number }, catalogue: Catalogue): Reader {
  // Every branch of an #if counts: a struct has the fields of all configurations.
  const tokens = tokenise(text, span.start, span.end).filter((token) => token.kind !== 'directive');
  return newReader(text, tokens, namesOf(catalogue), (start, end) => ({ start, end }));
}

/** The struct and the named or field-naming structs inside it, the outer one last. */
export function lowerStruct(text: string, item: StructItem, catalogue: Catalogue): StructDef[] {
  const reader = open(text, item.span, catalogue);
  const specifiers = parseSpecifiers(reader);
  const defined = specifiers.defines === undefined ? undefined : reader.structs[specifiers.defines];
  if (!defined) return [];
  return reader.structs.map((each) => (each === defined ? { name: item.name, fields: each.fields } : each));
}

export type LoweredTypedef = { readonly name: string; readonly type: CType } | { readonly name: string; readonly type: CType; readonly structs: readonly StructDef[] };

/** `structs` is there if the typedef defines one; an unnamed one goes by the typedef's name. */
export function lowerTypedef(text: string, item: TypedefItem, catalogue: Catalogue): LoweredTypedef {
  const reader = open(text, item.span, catalogue);
  const specifiers = parseSpecifiers(reader);
  const { type, params } = parseDeclarator(reader, specifiers.name);
  if (params !== undefined) return { name: item.name, type: { ...type, callable: true } };
  const defined = specifiers.defines === undefined ? undefined : reader.structs[specifiers.defines];
  if (!defined) return { name: item.name, type };
  const isUnnamed = !defined.name.includes(' ');
  const name = isUnnamed ? item.name : defined.name;
  return {
    name: item.name,
    type: { ...type, name },
    structs: reader.structs.map((each) => (each === defined ? { name, fields: each.fields } : each)),
  };
}

export interface LoweredPrototype {
  readonly name: string;
  readonly returnType: CType;
  /** Unnamed parameters have an empty name. */
  readonly params: readonly Local[];
}

export function lowerPrototype(text: string, item: PrototypeItem, catalogue: Catalogue): LoweredPrototype {
  const reader = open(text, item.span, catalogue);
  const specifiers = parseSpecifiers(reader);
  const { type, params = [] } = parseDeclarator(reader, specifiers.name);
  // A lone name is a type here: prototypes have no K&R names.
  const typed = params.map((param) => (param.type.name === '' ? { name: '', type: { name: param.name, pointers: 0 } } : param));
  return { name: item.name, returnType: type, params: typed };
}

export interface LoweredVariable {
  readonly type: CType;
  /** Where and what: `release`, `ops.open`, `[2].show`, `[FOO].show`; the value's source text. */
  readonly initialisers: readonly { readonly path: string; readonly value: string }[];
}

/** `macros` lets DEFINE_X(name) tell the variable's type. */
export function lowerVariable(text: string, item: VariableItem, catalogue: Catalogue, macros?: MacroSource): LoweredVariable {
  const reader = open(text, item.span, catalogue);
  if (item.definedBy !== undefined) return definedByMacro(reader, item, item.definedBy, macros);
  const specifiers = parseSpecifiers(reader);
  while (!atEnd(reader) && !sees(reader, ';')) {
    const declarator = parseDeclarator(reader, specifiers.name);
    const value = accept(reader, '=') ? parseInitialiser(reader) : undefined;
    if (declarator.name === item.name) {
      const type: CType = declarator.params === undefined ? declarator.type : { ...declarator.type, callable: true };
      return { type, initialisers: value ? flatten(value, type) : [] };
    }
    if (!accept(reader, ',')) break;
  }
  return { type: { name: specifiers.name, pointers: 0 }, initialisers: [] };
}

const nothing: LoweredVariable = { type: { name: '', pointers: 0 }, initialisers: [] };

function definedByMacro(reader: Reader, item: VariableItem, macroName: string, macros: MacroSource | undefined): LoweredVariable {
  const macro = macros?.find(macroName);
  while (!atEnd(reader) && !(sees(reader, macroName) && sees(reader, '(', 1))) next(reader);
  if (!macro || atEnd(reader)) return nothing;
  const open = peek(reader, 1);
  const argTexts: string[] = [];
  let depth = 0;
  let from = open.end;
  for (const token of reader.tokens.slice(reader.at + 1)) {
    if (token.text === '(' || token.text === '{' || token.text === '[') depth++;
    else if (token.text === ')' || token.text === '}' || token.text === ']') depth--;
    if (depth === 0 || (depth === 1 && token.text === ',')) {
      argTexts.push(reader.text.slice(from, token.start).trim());
      from = token.end;
    }
    if (depth === 0) break;
  }
  const body = substitute(macro, argTexts);
  if (body === undefined) return nothing;
  for (const statement of parseStatements(newReader(body, tokenise(body), reader.names, (start, end) => ({ start, end })))) {
    if (statement.kind !== 'declaration') continue;
    const found = statement.declared.find((each) => each.name === item.name);
    if (found) return { type: found.type, initialisers: found.value ? flatten(found.value, found.type) : [] };
  }
  return nothing;
}

function flatten(value: Ast, type: CType): { path: string; value: string }[] {
  const out: { path: string; value: string }[] = [];
  if (value.kind === 'list') walk(value.entries, '', type.array === true, out);
  else if (value.kind === 'literal') walk(value.entries, '', false, out);
  return out;
}

function walk(entries: readonly Entry[], prefix: string, isArray: boolean, out: { path: string; value: string }[]): void {
  let position = 0;
  for (const entry of entries) {
    let path = prefix;
    for (const part of entry.path) {
      if (typeof part === 'string') path += path === '' ? part : `.${part}`;
      else {
        if (part.index.kind === 'number') position = part.index.value;
        path += `[${part.index.kind === 'number' ? part.index.value : part.index.kind === 'name' ? part.index.name : '?'}]`;
      }
    }
    // Positional entries have a place of their own in arrays; in structs the definition would have to tell.
    if (entry.path.length === 0) path += isArray || entry.value.kind === 'list' ? `[${position}]` : `<${position}>`;
    position++;
    if (entry.value.kind === 'list' || entry.value.kind === 'literal') walk(entry.value.entries, path, false, out);
    else out.push({ path, value: entry.text });
  }
}
