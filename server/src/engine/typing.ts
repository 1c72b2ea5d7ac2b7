// Types of values and places, as far as they are known, and the type-level names of places: `struct device.kobj.parent`.
// A type-level name is what two threads can agree on; a value only means something within one path.

import type { CType } from '../lower/ir.ts';
import type { Code } from '../program/code.ts';
import { rootOf, pathOf, typeOfStep, type Value, type Values } from '../domain/value.ts';

export interface Typing {
  readonly values: Values;
  /** Remembers the declared type of a value that does not tell it by itself (a call's result, a global). */
  hint(value: Value, type: CType): void;
  hintOf(value: Value): CType | undefined;
  /** The type of the content of the place at `address`, seen from `file`. */
  contentType(address: Value, file: string): CType | undefined;
  /** The struct (or other type) that `value` points to. */
  pointee(value: Value, file: string): string | undefined;
  /**
   * The type-level name of the place at `address`: `struct T.a.b` from the outermost struct known, the name of a global
   * (`gdp_mutex`, `file.c:gdp_mutex` for a static one), undefined for what no other thread can name.
   */
  placeName(address: Value, file: string): string | undefined;
  /** The same, by the type alone for what a global points to: `struct foo.ref` for `the_foo->ref`. */
  typeName(address: Value, file: string): string | undefined;
  /** Has the struct that `value` points to a count inside? */
  isCounted(value: Value, file: string): boolean;
}

/** Types that count references and nothing else; where its header is at hand a `refcount_t` goes by its struct's name. */
export const REFERENCE_COUNTS: ReadonlySet<string> = new Set(['struct kref', 'refcount_t', 'struct refcount_struct']);

/** What references are counted by. */
const COUNTERS: ReadonlySet<string> = new Set([...REFERENCE_COUNTS, 'atomic_t', 'atomic_long_t', 'atomic64_t', 'struct percpu_ref']);

/** Structs in structs that a count is looked for in: device, kobject, kref. */
const COUNTER_DEPTH = 3;

export function createTyping(code: Code, values: Values): Typing {
  const hints = new Map<number, CType>();

  const fieldType = (struct: string, field: string, file: string): CType | undefined => {
    const found = code.struct(struct, file)?.fields.find((candidate) => candidate.name === field);
    return found && code.resolveType(found.type, file);
  };

  const valueType = (value: Value, file: string): CType | undefined => {
    const { node } = value;
    switch (node.k) {
      case 'param':
        if (node.type.name === 'void') break;
        return code.resolveType(node.type, file);
      case 'element': {
        const type = node.link.slice(0, node.link.indexOf('.'));
        if (type !== '') return { name: type, pointers: 1 };
        break;
      }
      case 'load': {
        const declared = contentType(node.address, file);
        if (declared && declared.pointers > 0 && declared.name !== 'void') return declared;
        break;
      }
      case 'at': {
        const content = contentType(value, file);
        return content && { ...content, pointers: content.pointers + 1, array: false };
      }
      default:
        break;
    }
    return hints.get(value.id);
  };

  /** Types once known stay known; what is not may be hinted at later. */
  const contents = new Map<string, Map<number, CType>>();
  const contentType = (address: Value, file: string): CType | undefined => {
    const inFile = contents.get(file) ?? new Map<number, CType>();
    const known = inFile.get(address.id);
    if (known) return known;
    const type = findContentType(address, file);
    if (type) contents.set(file, inFile.set(address.id, type));
    return type;
  };

  const findContentType = (address: Value, file: string): CType | undefined => {
    const { node } = address;
    if (node.k !== 'at') {
      if (node.k === 'global' || node.k === 'local') return hints.get(address.id);
      const type = valueType(address, file);
      return type && type.pointers > 0 ? { ...type, pointers: type.pointers - 1 } : undefined;
    }
    let type: CType | undefined;
    let start = 0;
    for (let index = node.path.length - 1; index >= 0; index -= 1) {
      const step = node.path[index];
      if (step?.startsWith('-')) {
        type = { name: typeOfStep(step), pointers: 0 };
        start = index + 1;
        break;
      }
    }
    type ??= contentType(node.base, file);
    for (const step of node.path.slice(start)) {
      if (!type) return undefined;
      if (step === '[]') type = { ...type, array: false };
      else if (type.pointers > 0) return undefined;
      else type = fieldType(type.name, step.slice(1), file);
    }
    return type;
  };

  const pointee = (value: Value, file: string): string | undefined => {
    const type = valueType(value, file);
    return type && type.pointers === 1 ? type.name : undefined;
  };

  const hasCounter = (struct: string, file: string, depth: number): boolean =>
    code.struct(struct, file)?.fields.some(({ type }) => type.pointers === 0 && !type.array &&
      (COUNTERS.has(type.name) || (depth > 0 && type.name.startsWith('struct ') && hasCounter(type.name, file, depth - 1)))) === true;

  const typeName = (address: Value, file: string): string | undefined => {
    const root = rootOf(address);
    const struct = root.node.k === 'load' && root.node.address.node.k === 'global' ? pointee(root, file) : undefined;
    if (struct === undefined || pathOf(address).some((step) => step.startsWith('-'))) return placeName(address, file);
    return struct + pathOf(address).filter((step) => step !== '[]').join('');
  };

  const placeName = (address: Value, file: string): string | undefined => {
    const root = rootOf(address);
    let path = pathOf(address);
    let start: string | undefined;
    for (let index = path.length - 1; index >= 0; index -= 1) {
      const step = path[index];
      if (step?.startsWith('-')) {
        start = typeOfStep(step);
        path = path.slice(index + 1);
        break;
      }
    }
    if (start === undefined) {
      if (root.node.k === 'global') start = root.node.file === '' ? root.node.name : `${root.node.file}:${root.node.name}`;
      else if (root.node.k === 'local') return undefined;
      else if (root.node.k === 'load' && root.node.address.node.k === 'global') {
        // What a global points to has the global's name: one object, whatever its type.
        start = `${placeName(root.node.address, file) ?? ''}->`;
        return start + path.filter((step) => step !== '[]').join('').replace(/^\./, '');
      } else start = pointee(root, file);
    }
    return start === undefined ? undefined : start + path.filter((step) => step !== '[]').join('');
  };

  return {
    values,
    hint: (value, type) => {
      if (!hints.has(value.id) && type.name !== 'void') hints.set(value.id, type);
    },
    hintOf: (value) => hints.get(value.id),
    contentType,
    pointee,
    placeName,
    typeName,
    isCounted: (value, file) => {
      const struct = pointee(value, file);
      return struct !== undefined && hasCounter(struct, file, COUNTER_DEPTH);
    },
  };
}
