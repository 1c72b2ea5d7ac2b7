// The lowered form of what a file declares, each made once for a text and the macros it uses.

import type { Knowledge } from '../kernel/schema.ts';
import type { CType, FunctionIr, StructDef } from '../lower/ir.ts';
import { lowerFunction, type MacroSource } from '../lower/function.ts';
import { type LoweredTypedef, type LoweredVariable, lowerPrototype, lowerStruct, lowerTypedef, lowerVariable } from '../lower/items.ts';
import { type Catalogue, learn } from '../syntax/catalogue.ts';
import type { PrototypeItem, StructItem, TypedefItem, VariableItem } from '../syntax/items.ts';
import type { FunctionRef } from './code.ts';
import { hashText } from './hash.ts';
import type { Environment, Macros } from './macros.ts';
import type { NamedItem, Store } from './store.ts';

export interface Lowering {
  /** The same object as long as the definition's text and the macros it uses stay the same. */
  ir(ref: FunctionRef): FunctionIr;
  structs(file: string, item: StructItem): readonly StructDef[];
  variable(file: string, item: VariableItem): LoweredVariable;
  prototype(file: string, item: PrototypeItem): { readonly returnType: CType };
  typedef(file: string, item: TypedefItem): LoweredTypedef;
  returnType(ref: FunctionRef): CType;
  /** Stable hash of the definition's text. */
  version(ref: FunctionRef): string;
  /** Stable hash of the macros that the definition can use. */
  environment(ref: FunctionRef): string;
  /** After a change of declarations: macros may differ. */
  clear(): void;
}

const maxCatalogues = 4096;

interface MadeIr {
  readonly ir: FunctionIr;
  /** The macros it rests on. */
  readonly environment: string;
  /** Count of `clear`s up to which the environment is known to hold. */
  era: number;
}

export function openLowering(store: Store, macros: Macros, knowledge: Knowledge): Lowering {
  const made = new WeakMap<FunctionRef, MadeIr>();
  const versions = new WeakMap<FunctionRef, string>();
  const catalogues = new Map<string, Catalogue>();
  let items = new WeakMap<NamedItem, unknown>();
  let returnTypes = new WeakMap<FunctionRef, CType>();
  let era = 0;

  function sliceOf(ref: FunctionRef): string {
    return store.file(ref.file)?.text.slice(ref.item.span.start, ref.item.span.end) ?? '';
  }

  /** Learned from just the macros that the text can use: as good as from all, and equal for equal macros. */
  function catalogueOf(environment: Environment): Catalogue {
    let known = catalogues.get(environment.key);
    if (known === undefined) {
      if (catalogues.size >= maxCatalogues) catalogues.clear();
      catalogues.set(environment.key, (known = learn(environment.macros())));
    }
    return known;
  }

  function ir(ref: FunctionRef): FunctionIr {
    const before = made.get(ref);
    if (before !== undefined && before.era === era) return before.ir;
    const { file, item } = ref;
    const environment = macros.reachable(sliceOf(ref), file);
    if (before !== undefined && before.environment === environment.key) {
      before.era = era;
      return before.ir;
    }
    const lowered = lowerFunction({
      file, text: store.file(file)?.text ?? '', item, catalogue: catalogueOf(environment), knowledge, macros: macrosOf(file),
    });
    made.set(ref, { ir: lowered, environment: environment.key, era });
    return lowered;
  }

  function macrosOf(file: string): MacroSource {
    return { find: (name) => macros.find(name, file), expands: (name) => macros.expands(name, file) };
  }

  function once<T>(file: string, item: NamedItem, lower: (text: string, catalogue: Catalogue) => T): T {
    if (!items.has(item)) {
      const text = store.file(file)?.text ?? '';
      items.set(item, lower(text, catalogueOf(macros.reachable(text.slice(item.span.start, item.span.end), file))));
    }
    return items.get(item) as T;
  }

  function returnType(ref: FunctionRef): CType {
    const known = returnTypes.get(ref);
    if (known !== undefined) return known;
    const text = store.file(ref.file)?.text ?? '';
    const head = { kind: 'prototype', name: ref.name, span: { start: ref.item.span.start, end: ref.item.bodySpan.start } } as const;
    const catalogue = catalogueOf(macros.reachable(text.slice(head.span.start, head.span.end), ref.file));
    const type = lowerPrototype(text, head, catalogue).returnType;
    returnTypes.set(ref, type);
    return type;
  }

  return {
    ir,
    structs: (file, item) => once(file, item, (text, catalogue) => lowerStruct(text, item, catalogue)),
    variable: (file, item) => once(file, item, (text, catalogue) => lowerVariable(text, item, catalogue, macrosOf(file))),
    prototype: (file, item) => once(file, item, (text, catalogue) => lowerPrototype(text, item, catalogue)),
    typedef: (file, item) => once(file, item, (text, catalogue) => lowerTypedef(text, item, catalogue)),
    returnType,
    version(ref) {
      let known = versions.get(ref);
      if (known === undefined) versions.set(ref, (known = hashText(sliceOf(ref))));
      return known;
    },
    environment: (ref) => macros.reachable(sliceOf(ref), ref.file).key,
    clear() {
      era++;
      items = new WeakMap();
      returnTypes = new WeakMap();
    },
  };
}
