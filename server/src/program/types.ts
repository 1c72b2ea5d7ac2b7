// Types of names: structs, typedefs, variables, what functions return.

import type { CType, StructDef } from '../lower/ir.ts';
import type { VariableItem } from '../syntax/items.ts';
import type { VariableInfo } from './code.ts';
import { typeDefinedBy } from './declared-types.ts';
import type { Lowering } from './lowering.ts';
import type { Resolver } from './resolve.ts';
import type { Store } from './store.ts';
import type { Found, Symbols } from './symbols.ts';

export interface Types {
  struct(name: string, file: string): StructDef | undefined;
  resolveType(type: CType, file: string): CType;
  variable(name: string, file: string): VariableInfo | undefined;
  returnTypeOf(name: string, file: string): CType | undefined;
  clear(): void;
}

/** Typedefs of typedefs; the kernel's longest chains are about five. */
const maxTypedefs = 12;

/** Spelled with the language's own words: whatever some header does with a macro of that name, these are no typedefs. */
const BUILTIN_WORDS = /^(?:(?:void|char|short|int|long|float|double|signed|unsigned|bool|_Bool)\b\s*)+$/;

export function openTypes(store: Store, symbols: Symbols, resolver: Resolver, lowering: Lowering): Types {
  const structs: Memo<StructDef | undefined> = new Map();
  const variables: Memo<VariableInfo | undefined> = new Map();
  const returnTypes: Memo<CType | undefined> = new Map();

  function struct(name: string, file: string): StructDef | undefined {
    return memoised(structs, file, name, () => {
      const direct = structNamed(name, file);
      if (direct !== undefined || isTagged(name)) return direct;
      const followed = follow(name, file);
      return followed.def ?? (followed.type.name === name ? undefined : structNamed(followed.type.name, file));
    });
  }

  function structNamed(name: string, file: string): StructDef | undefined {
    for (const { path, item } of symbols.visible(name, 'struct', file)) {
      const def = lowering.structs(path, item).find((each) => each.name === name);
      if (def !== undefined) return def;
    }
    return undefined;
  }

  function resolveType(type: CType, file: string): CType {
    if (isTagged(type.name) || type.name === '' || BUILTIN_WORDS.test(type.name)) return type;
    const end = follow(type.name, file).type;
    if (end.name === type.name && end.pointers === 0) return type;
    const array = type.array === true || end.array === true;
    const callable = type.callable === true || end.callable === true;
    return {
      name: end.name, pointers: end.pointers + type.pointers,
      ...(array ? { array } : {}), ...(callable ? { callable } : {}),
    };
  }

  /** The type at the end of a chain of typedefs, and its definition if the last typedef holds it. */
  function follow(name: string, file: string): { readonly type: CType; readonly def?: StructDef } {
    let type: CType = { name, pointers: 0 };
    for (let count = 0; count < maxTypedefs && !isTagged(type.name); count++) {
      const found = symbols.visible(type.name, 'typedef', file)[0];
      if (found === undefined) break;
      const lowered = lowering.typedef(found.path, found.item);
      const next = lowered.type;
      const def = 'structs' in lowered ? lowered.structs.find((each) => each.name === next.name) : undefined;
      if (next.name === '' || next.name === type.name) return def === undefined ? { type } : { type, def };
      const array = type.array === true || next.array === true;
      type = {
        name: next.name, pointers: type.pointers + next.pointers,
        ...(array ? { array } : {}), ...(next.callable === true ? { callable: true } : {}),
      };
      if (def !== undefined) return { type, def };
    }
    return { type };
  }

  function variable(name: string, file: string): VariableInfo | undefined {
    return memoised(variables, file, name, () => {
      const all = symbols.visible(name, 'variable', file);
      // A definition says more than an extern declaration before it in the same file.
      const own = all.filter((found) => found.path === file);
      const best = own.find(({ path, item }) => !isExtern(path, item)) ?? all[0];
      return best === undefined ? undefined : describe(best);
    });
  }

  function isExtern(path: string, item: VariableItem): boolean {
    return /^\s*extern\b/.test(store.file(path)?.text.slice(item.span.start, item.nameSpan.start) ?? '');
  }

  function describe({ path, item }: Found<VariableItem>): VariableInfo | undefined {
    const slice = store.file(path)?.text.slice(item.span.start, item.span.end) ?? '';
    const byMacro = item.definedBy === undefined ? undefined : typeDefinedBy(item.definedBy, item.name, slice);
    const type = byMacro ?? lowering.variable(path, item).type;
    return type.name === '' ? undefined : { name: item.name, file: path, isStatic: item.isStatic, type };
  }

  function returnTypeOf(name: string, file: string): CType | undefined {
    return memoised(returnTypes, file, name, () => {
      const own = resolver.definitionIn(file, name, 'any');
      if (own !== undefined) return lowering.returnType(own);
      const declared = symbols.visible(name, 'prototype', file)[0];
      if (declared !== undefined) return lowering.prototype(declared.path, declared.item).returnType;
      const ref = resolver.resolveNear(name, file);
      return ref === undefined ? undefined : lowering.returnType(ref);
    });
  }

  return {
    struct, resolveType, variable, returnTypeOf,
    clear() {
      structs.clear();
      variables.clear();
      returnTypes.clear();
    },
  };
}

function isTagged(name: string): boolean {
  return name.startsWith('struct ') || name.startsWith('union ') || name.startsWith('enum ');
}

/** By file, then by name. */
type Memo<T> = Map<string, Map<string, T>>;

function memoised<T>(memo: Memo<T>, file: string, name: string, compute: () => T): T {
  let names = memo.get(file);
  if (names === undefined) memo.set(file, (names = new Map()));
  const known = names.get(name);
  if (known !== undefined || names.has(name)) return known as T;
  const value = compute();
  names.set(name, value);
  return value;
}
