// Which functions a field of a struct can point to: ops tables, plain assignments, and what a primitive is told to store
// (INIT_WORK(&x->work, foo)). The field of a struct that is held in the field asked for is spelled `work.func`.

import type { Knowledge } from '../kernel/schema.ts';
import type { TreeIndex } from '../index/tree-index.ts';
import type { CType, Expr, FunctionIr, Instruction, StructField } from '../lower/ir.ts';
import type { VariableItem } from '../syntax/items.ts';
import type { FunctionRef } from './code.ts';
import type { Includes } from './includes.ts';
import type { Lowering } from './lowering.ts';
import { folderOf } from './paths.ts';
import type { Resolver } from './resolve.ts';
import { byCodeUnit, type SourceFile, type Store } from './store.ts';
import type { Types } from './types.ts';

/** A field that is given a function in more files than this (.probe, .release) is looked at nearby only. */
const maxFiles = 40;

/** Stands for no field's name. */
const positional = '';

export interface Ops {
  targets(structName: string, field: string, fromFile: string): readonly FunctionRef[];
  targetsNear(structName: string, field: string, fromFile: string): readonly FunctionRef[];
  /** After a change of declarations. */
  clearAnswers(): void;
  /** After an edit inside bodies: `before` and `after` are the file's texts. */
  bodiesChanged(file: string, before: string, after: string): void;
}

/** `->field = target;`, or a setter's `(&x->field, target)`, at that place of the text. */
interface Assignment {
  readonly target: string;
  readonly at: number;
}

export function openOps(
  store: Store, includes: Includes, resolver: Resolver, lowering: Lowering, types: Types, knowledge: Knowledge,
  widened: () => readonly string[], index: TreeIndex | undefined,
): Ops {
  const setters = settersOf(knowledge);
  const answers = new Map<string, readonly FunctionRef[]>();
  const tableIndexes = new WeakMap<SourceFile, ReadonlyMap<string, readonly VariableItem[]>>();
  const assignmentIndexes = new WeakMap<SourceFile, ReadonlyMap<string, readonly Assignment[]>>();

  function targets(structName: string, field: string, fromFile: string): readonly FunctionRef[] {
    // A work item is set up where its object is made, and that is where it is started.
    if (field.includes('.')) return targetsNear(structName, field, fromFile);
    return remembered(`${fromFile}\n${structName}\n${field}`, () => search(structName, field, fromFile, (wanted) => holding(wanted, field, fromFile)));
  }

  function targetsNear(structName: string, field: string, fromFile: string): readonly FunctionRef[] {
    return remembered(`near\n${fromFile}\n${structName}\n${field}`, () => search(structName, field, fromFile, () => [fromFile, ...includes.closure(fromFile).rank.keys()]));
  }

  function remembered(key: string, find: () => readonly FunctionRef[]): readonly FunctionRef[] {
    let known = answers.get(key);
    if (known === undefined) answers.set(key, (known = find()));
    return known;
  }

  function search(structName: string, field: string, fromFile: string, pathsOf: (wanted: string) => Iterable<string>): readonly FunctionRef[] {
    const wanted = types.resolveType({ name: structName, pointers: 0 }, fromFile).name;
    const found = new Set<FunctionRef>();
    for (const path of pathsOf(wanted)) {
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

  /** Files in which the field may be given a function. */
  function holding(structName: string, field: string, fromFile: string): ReadonlySet<string> {
    const far = index?.pointers(structName, field);
    if (far !== undefined && far.length <= maxFiles) return new Set([...far, fromFile, ...store.changed(), ...widened()]);
    return new Set([fromFile, ...store.sources(folderOf(fromFile)), ...includes.closure(fromFile).rank.keys(), ...widened()]);
  }

  function* inTables(source: SourceFile, structName: string, field: string): Generator<string> {
    if (field.includes('.')) return;
    const tables = tablesOf(source);
    const tag = structName.replace(/^\w+ /, '');
    const spelledOut = (tables.get(positional) ?? []).filter((item) => source.text.slice(item.span.start, item.nameSpan.start).includes(tag));
    for (const item of [...(tables.get(field) ?? []), ...spelledOut]) {
      const { type, initialisers } = lowering.variable(source.path, item);
      for (const { path, value } of initialisers) {
        const last = /\.(\w+)(?:\[[^\]]*\])*$/.exec(path)?.[1];
        if (last !== undefined && last !== field) continue;
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
    const inFunctions = new Set<FunctionRef>();
    for (const { target, at } of assignmentsOf(source).get(field) ?? []) {
      const around = source.functions.find(({ item }) => item.bodySpan.start < at && at < item.bodySpan.end);
      if (around !== undefined && resolver.resolve(target, source.path) !== undefined) inFunctions.add(around);
    }
    for (const ref of inFunctions) {
      const ir = lowering.ir(ref);
      for (const block of ir.blocks) {
        for (const instruction of block.instructions) {
          const stored = storedBy(instruction);
          if (stored?.field !== field) continue;
          const value = stored.value.op === 'addr' ? stored.value.of : stored.value;
          const owner = typeOf(stored.base, ir);
          if (value.op === 'name' && owner !== undefined && types.resolveType(owner, ir.file).name === structName) yield value.name;
        }
      }
    }
  }

  /** What an instruction puts into which field of the struct `base`. */
  function storedBy(instruction: Instruction): { readonly base: Expr; readonly field: string; readonly value: Expr } | undefined {
    if (instruction.op === 'set') {
      const { target, value } = instruction;
      return target.op === 'field' ? { base: target.base, field: target.name, value } : undefined;
    }
    const within = instruction.callee.kind === 'direct' ? setters.get(instruction.callee.name) : undefined;
    const [place, value] = instruction.args;
    if (within === undefined || value === undefined || place?.op !== 'addr' || place.of.op !== 'field') return undefined;
    return { base: place.of.base, field: `${place.of.name}.${within}`, value };
  }

  function assignmentsOf(source: SourceFile): ReadonlyMap<string, readonly Assignment[]> {
    let index = assignmentIndexes.get(source);
    if (index === undefined) {
      const made = new Map<string, Assignment[]>();
      for (const { 1: field = '', 2: target = '', index: at } of source.text.matchAll(ASSIGNMENT)) {
        const known = made.get(field);
        if (known === undefined) made.set(field, [{ target, at }]);
        else known.push({ target, at });
      }
      for (const { 1: name = '', 2: outer = '', 3: target = '', index: at } of source.text.matchAll(SETTING)) {
        const within = setters.get(name);
        if (within === undefined) continue;
        const field = `${outer}.${within}`;
        const known = made.get(field);
        if (known === undefined) made.set(field, [{ target, at }]);
        else known.push({ target, at });
      }
      assignmentIndexes.set(source, (index = made));
    }
    return index;
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

  return {
    targets,
    targetsNear,
    clearAnswers: () => answers.clear(),
    bodiesChanged(file, before, after) {
      const same = assigned(before) === assigned(after);
      for (const [key, refs] of answers) {
        // What no edit touched is found again, but for the functions that were edited themselves.
        if (!same || refs.some((ref) => ref.file === file)) answers.delete(key);
      }
    },
  };
}

/** All that a body can add to the tables, in any struct: `->release = foo;`. */
function assigned(text: string): string {
  return [...(text.match(ASSIGNMENT) ?? []), ...(text.match(SETTING) ?? [])].join('\n');
}

/** Primitives that store their second argument in a field of what the first one points to: name -> `func`, `work.func`. */
function settersOf({ primitives }: Knowledge): ReadonlyMap<string, string> {
  const setters = new Map<string, string>();
  for (const [name, { effects = [] }] of primitives) {
    for (const effect of effects) {
      const within = effect.do === 'write' && effect.value === 'arg1' ? /^arg0\.([\w.]+)$/.exec(effect.place)?.[1] : undefined;
      if (within !== undefined) setters.set(name, within);
    }
  }
  return setters;
}

/** `SOME_INIT(&x->field, foo)`: whether it is one that stores, its name tells. */
const SETTING = /\b([A-Za-z_]\w*)\s*\(\s*&[^,;()]*?(\w+)\s*,\s*&?\s*([A-Za-z_]\w*)\s*[,)]/g;

const ASSIGNMENT = /(?:->|\.)\s*(\w+)\s*=\s*&?\s*([A-Za-z_]\w*)\s*;/g;

function pointee(type: CType | undefined): CType | undefined {
  if (type === undefined) return undefined;
  return type.array === true ? { name: type.name, pointers: type.pointers } : { name: type.name, pointers: Math.max(0, type.pointers - 1) };
}

/** The name in `foo`, `&foo`, `(cast)foo`. */
function functionName(value: string): string | undefined {
  return /^\s*(?:\([^()]*\)\s*)*\(?\s*&?\s*([A-Za-z_]\w*)\s*\)?\s*$/.exec(value)?.[1];
}
