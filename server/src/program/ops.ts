// Which functions a field of a struct can point to: ops tables, and plain assignments.

import type { CType, Expr, FunctionIr, StructField } from '../lower/ir.ts';
import type { VariableItem } from '../syntax/items.ts';
import type { FunctionRef } from './code.ts';
import type { Includes } from './includes.ts';
import type { Lowering } from './lowering.ts';
import { folderOf } from './paths.ts';
import type { Resolver } from './resolve.ts';
import { byCodeUnit, type SourceFile, type Store } from './store.ts';
import type { Types } from './types.ts';

/** Stands for no field's name. */
const positional = '';

export interface Ops {
  targets(structName: string, field: string, fromFile: string): readonly FunctionRef[];
  /** After any change. */
  clearAnswers(): void;
}

export function openOps(
  store: Store, includes: Includes, resolver: Resolver, lowering: Lowering, types: Types, widened: () => readonly string[],
): Ops {
  const answers = new Map<string, readonly FunctionRef[]>();
  const tableIndexes = new WeakMap<SourceFile, ReadonlyMap<string, readonly VariableItem[]>>();

  function targets(structName: string, field: string, fromFile: string): readonly FunctionRef[] {
    const key = `${fromFile}\n${structName}\n${field}`;
    let known = answers.get(key);
    if (known === undefined) answers.set(key, (known = search(structName, field, fromFile)));
    return known;
  }

  function search(structName: string, field: string, fromFile: string): readonly FunctionRef[] {
    const wanted = types.resolveType({ name: structName, pointers: 0 }, fromFile).name;
    const found = new Set<FunctionRef>();
    const paths = new Set([fromFile, ...store.sources(folderOf(fromFile)), ...includes.closure(fromFile).rank.keys(), ...widened()]);
    for (const path of paths) {
      const source = store.file(path);
      if (source === undefined) continue;
      const names = [...inTables(source, wanted, field), ...(path.endsWith('.c') ? inAssignments(source, wanted, field) : [])];
      for (const name of names) {
        const ref = resolver.resolve(name, path);
        if (ref !== undefined) found.add(ref);
      }
    }
    return [...found].sort((a, b) => byCodeUnit(a.file, b.file) || a.item.span.start - b.item.span.start);
  }

  function* inTables(source: SourceFile, structName: string, field: string): Generator<string> {
    const tables = tablesOf(source);
    const tag = structName.replace(/^\w+ /, '');
    const spelledOut = (tables.get(positional) ?? []).filter((item) => source.text.slice(item.span.start, item.nameSpan.start).includes(tag));
    for (const item of [...(tables.get(field) ?? []), ...spelledOut]) {
      const { type, initialisers } = lowering.variable(source.path, item);
      for (const { path, value } of initialisers) {
        const name = functionName(value);
        const place = name === undefined ? undefined : fieldAt(path, type, source.path);
        if (name !== undefined && place?.field === field && place.owner === structName) yield name;
      }
    }
  }

  /** The struct and field that an initialiser's path ends in: `ops.open`, `[2].show`, `inner<1>` (the second field). */
  function fieldAt(path: string, type: CType, file: string): { readonly owner: string; readonly field: string } | undefined {
    let owner: CType | undefined = type;
    let found: { readonly owner: string; readonly field: string } | undefined;
    for (const [, name, position] of path.matchAll(/(\w+)|<(\d+)>|\[[^\]]*\]/g)) {
      if (name === undefined && position === undefined) continue;
      if (owner === undefined) return undefined;
      const struct: string = types.resolveType(owner, file).name;
      const fields: readonly StructField[] | undefined = types.struct(struct, file)?.fields;
      const field: StructField | undefined = name === undefined ? fields?.[Number(position)] : fields?.find((each) => each.name === name);
      const spelled = name ?? field?.name;
      found = spelled === undefined ? undefined : { owner: struct, field: spelled };
      owner = field?.type;
    }
    return found;
  }

  /** Field name -> variables of the file that have a designator for it; `positional` -> those without any. */
  function tablesOf(source: SourceFile): ReadonlyMap<string, readonly VariableItem[]> {
    let index = tableIndexes.get(source);
    if (index === undefined) {
      const made = new Map<string, VariableItem[]>();
      for (const item of source.items) {
        if (item.kind !== 'variable' || !item.hasBraces) continue;
        const fields = new Set<string>();
        for (const designator of source.text.slice(item.span.start, item.span.end).matchAll(/\.\s*([A-Za-z_]\w*)\s*=/g)) {
          if (designator[1] !== undefined) fields.add(designator[1]);
        }
        if (fields.size === 0) fields.add(positional);
        for (const field of fields) {
          const known = made.get(field);
          if (known === undefined) made.set(field, [item]);
          else known.push(item);
        }
      }
      tableIndexes.set(source, (index = made));
    }
    return index;
  }

  /** `x->ops.release = foo;` in a function's body. Tokens find the function, its lowered form tells the struct. */
  function* inAssignments(source: SourceFile, structName: string, field: string): Generator<string> {
    if (!source.text.includes(field)) return;
    const inFunctions = new Set<FunctionRef>();
    for (const assignment of source.text.matchAll(new RegExp(`(?:->|\\.)\\s*${field}\\s*=\\s*&?\\s*([A-Za-z_]\\w*)\\s*;`, 'g'))) {
      const target = assignment[1] ?? '';
      const around = source.functions.find(({ item }) => item.bodySpan.start < assignment.index && assignment.index < item.bodySpan.end);
      if (around !== undefined && resolver.resolve(target, source.path) !== undefined) inFunctions.add(around);
    }
    for (const ref of inFunctions) {
      const ir = lowering.ir(ref);
      for (const block of ir.blocks) {
        for (const instruction of block.instructions) {
          if (instruction.op !== 'set' || instruction.target.op !== 'field' || instruction.target.name !== field) continue;
          const value = instruction.value.op === 'addr' ? instruction.value.of : instruction.value;
          const owner = typeOf(instruction.target.base, ir);
          if (value.op === 'name' && owner !== undefined && types.resolveType(owner, ir.file).name === structName) yield value.name;
        }
      }
    }
  }

  function fieldType(owner: CType, field: string, file: string): CType | undefined {
    return types.struct(types.resolveType(owner, file).name, file)?.fields.find((each) => each.name === field)?.type;
  }

  function typeOf(expr: Expr, ir: FunctionIr): CType | undefined {
    switch (expr.op) {
      case 'name':
        return [...ir.locals, ...ir.params].find((local) => local.name === expr.name)?.type ?? types.variable(expr.name, ir.file)?.type;
      case 'field': {
        const owner = typeOf(expr.base, ir);
        return owner === undefined ? undefined : fieldType(owner, expr.name, ir.file);
      }
      case 'deref':
        return pointee(typeOf(expr.pointer, ir));
      case 'index':
        return pointee(typeOf(expr.base, ir));
      case 'addr': {
        const of = typeOf(expr.of, ir);
        return of === undefined ? undefined : { name: of.name, pointers: of.pointers + 1 };
      }
      case 'cast':
        return expr.type;
      case 'container':
        return { name: expr.type.name, pointers: expr.type.pointers + 1 };
      case 'temp': {
        for (const block of ir.blocks) {
          for (const instruction of block.instructions) {
            if (instruction.op !== 'call' || instruction.temp !== expr.id) continue;
            return instruction.callee.kind === 'direct' ? types.returnTypeOf(instruction.callee.name, ir.file) : undefined;
          }
        }
        return undefined;
      }
      default:
        return undefined;
    }
  }

  return { targets, clearAnswers: () => answers.clear() };
}

function pointee(type: CType | undefined): CType | undefined {
  if (type === undefined) return undefined;
  return type.array === true ? { name: type.name, pointers: type.pointers } : { name: type.name, pointers: Math.max(0, type.pointers - 1) };
}

/** The name in `foo`, `&foo`, `(cast)foo`. */
function functionName(value: string): string | undefined {
  return /^\s*(?:\([^()]*\)\s*)*\(?\s*&?\s*([A-Za-z_]\w*)\s*\)?\s*$/.exec(value)?.[1];
}
