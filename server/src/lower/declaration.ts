// C declarations from tokens: specifiers, declarators, struct bodies. Types are kept as far as effects need them.

import type { CType, Local, StructField } from './ir.ts';
import { parseAssignment, parseList } from './expression.ts';
import { accept, atEnd, closing, lastEnd, lose, next, peek, sees, skipGroup, skipTo } from './reader.ts';
import type { Reader } from './reader.ts';

const words = new Set(['void', 'char', 'short', 'int', 'long', 'float', 'double', 'signed', 'unsigned', '_Bool', 'bool', '__signed__', '__int128', '__auto_type']);
const qualifiers = new Set(['const', 'volatile', 'restrict', '__restrict', '__restrict__', '__const', '__volatile__', 'inline', '__inline', '__inline__', '__always_inline', 'register', 'extern', 'static', 'typedef', '_Noreturn', 'auto', '_Atomic', '__thread', '_Thread_local', '__extension__', '__signed', 'noinline']);
const tags = new Set(['struct', 'union', 'enum']);
const isTypeof = (name: string): boolean => /^_*typeof(?:__|_unqual|_member|_unqual__)?$/.test(name);

/** True if the token can only begin (or continue) a type. */
export function isTypeStart(reader: Reader, ahead: number): boolean {
  const token = peek(reader, ahead);
  if (token.kind !== 'name') return false;
  const text = token.text;
  return words.has(text) || qualifiers.has(text) || tags.has(text) || (isTypeof(text) && sees(reader, '(', ahead + 1));
}

export interface Specifiers {
  /** Name of the type; empty if none was written. */
  readonly name: string;
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly isTypedef: boolean;
  readonly isInline: boolean;
  /** Offset of the body in `reader.structs`, if the specifier defines a struct. */
  readonly defines?: number;
}

/** Skips one attribute or annotation, with its arguments. */
function skipAnnotation(reader: Reader): boolean {
  const token = peek(reader);
  if (token.kind !== 'name' || !reader.names.isAnnotation(token.text)) return false;
  next(reader);
  if (sees(reader, '(')) skipGroup(reader);
  return true;
}

export function parseSpecifiers(reader: Reader, outer = ''): Specifiers {
  let name = '';
  let isStatic = false;
  let isExtern = false;
  let isTypedef = false;
  let isInline = false;
  let defines: number | undefined;
  for (;;) {
    const token = peek(reader);
    if (token.kind !== 'name') break;
    const text = token.text;
    if (qualifiers.has(text)) {
      next(reader);
      isStatic ||= text === 'static';
      isExtern ||= text === 'extern';
      isTypedef ||= text === 'typedef';
      isInline ||= text.includes('inline') && text !== 'noinline';
      // C23 and GNU `auto x = ...`: the type is the initialiser's.
      if (text === 'auto' && peek(reader).kind === 'name' && !isTypeStart(reader, 0) && sees(reader, '=', 1)) name = '__auto_type';
    } else if (words.has(text)) {
      next(reader);
      name = name === '' ? text : `${name} ${text}`;
    } else if (tags.has(text)) {
      next(reader);
      while (skipAnnotation(reader));
      const tag = peek(reader).kind === 'name' ? next(reader).text : '';
      while (!sees(reader, '{') && skipAnnotation(reader));
      name = `${text} ${tag}`.trim();
      if (sees(reader, '{')) {
        if (text === 'enum') skipGroup(reader);
        else {
          if (tag === '') name = outer === '' ? text : `${text} ${outer}`;
          const fields = parseStructBody(reader, name);
          defines = reader.structs.length;
          reader.structs.push({ name, fields });
        }
      }
    } else if (isTypeof(text) && sees(reader, '(', 1)) {
      next(reader);
      const from = reader.at;
      skipGroup(reader);
      name = `typeof${reader.text.slice(reader.tokens[from]?.start ?? 0, lastEnd(reader))}`;
    } else if (skipAnnotation(reader)) {
      continue;
    } else if (name === '') {
      if (!readsAsTypeName(reader)) break;
      next(reader);
      // An unknown macro before the type: `FOO struct bar`, `FOO u32 x`.
      if (isTypeStart(reader, 0) && !qualifiers.has(peek(reader).text)) continue;
      if (text.startsWith('__') && !/^__[usbl]e?\d/.test(text) && peek(reader).kind === 'name' && (peek(reader, 1).kind === 'name' || sees(reader, '*', 1))) continue;
      name = text;
    } else {
      // After the type a name is the declarator, unless another name or `*` follows: then it is an annotation.
      const after = peek(reader, 1);
      if (after.kind === 'name' && !isTypeStart(reader, 1)) next(reader);
      else if (after.kind === 'punct' && after.text === '*' && !sees(reader, '=', 2)) next(reader);
      else break;
    }
  }
  return { name, isStatic, isExtern, isTypedef, isInline, ...(defines === undefined ? {} : { defines }) };
}

/** A plain name in specifier position is a type if a declarator, or the end of a type name, follows. */
function readsAsTypeName(reader: Reader): boolean {
  const after = peek(reader, 1);
  if (after.kind === 'name' || after.kind === 'end') return true;
  if (after.kind !== 'punct') return false;
  if (after.text === '(') return sees(reader, '*', 2) || sees(reader, '^', 2);
  return after.text === '*' || after.text === ')' || after.text === ',' || after.text === ';' || after.text === '[' || after.text === ':';
}

export interface Declarator {
  readonly name: string;
  readonly type: CType;
  /** Offset of the name in the reader's text. */
  readonly start: number;
  /** Present if it declares a function (not a pointer to one). */
  readonly params?: readonly Local[];
  readonly free?: string;
}

interface Shape {
  pointers: number;
  array: boolean;
  callable: boolean;
  name: string;
  start: number;
  params: readonly Local[] | undefined;
  free: string | undefined;
}

export function parseDeclarator(reader: Reader, base: string): Declarator {
  const shape: Shape = { pointers: 0, array: false, callable: false, name: '', start: peek(reader).start, params: undefined, free: undefined };
  readShape(reader, shape);
  const type: CType = {
    name: base,
    pointers: shape.pointers,
    ...(shape.array ? { array: true } : {}),
    ...(shape.callable ? { callable: true } : {}),
  };
  return {
    name: shape.name,
    type,
    start: shape.start,
    ...(shape.params === undefined ? {} : { params: shape.params }),
    ...(shape.free === undefined ? {} : { free: shape.free }),
  };
}

function readShape(reader: Reader, shape: Shape): void {
  let pointers = 0;
  for (;;) {
    if (accept(reader, '*') || accept(reader, '^')) pointers++;
    else if (peek(reader).kind === 'name' && qualifiers.has(peek(reader).text)) next(reader);
    else if (peek(reader).kind === 'name' && reader.names.isAnnotation(peek(reader).text) && !sees(reader, ')', 1)) skipAnnotation(reader);
    // `struct x *__unknown_annotation name`
    else if (pointers > 0 && peek(reader).kind === 'name' && peek(reader, 1).kind === 'name' && !reader.names.isAnnotation(peek(reader, 1).text)) next(reader);
    else break;
  }
  let inner: Shape | undefined;
  const token = peek(reader);
  if (token.kind === 'name') {
    next(reader);
    shape.name = token.text;
    shape.start = token.start;
  } else if (sees(reader, '(') && nestsDeclarator(reader)) {
    next(reader);
    inner = { pointers: 0, array: false, callable: false, name: '', start: token.start, params: undefined, free: undefined };
    readShape(reader, inner);
    accept(reader, ')');
    shape.name = inner.name;
    shape.start = inner.start;
  }
  let isFunction = false;
  let isArray = false;
  let params: Local[] | undefined;
  for (;;) {
    if (sees(reader, '[')) {
      skipGroup(reader);
      isArray = true;
    } else if (sees(reader, '(') && !isFunction) {
      params = parseParameters(reader);
      isFunction = true;
    } else break;
  }
  if (inner !== undefined && (isFunction || inner.callable)) {
    // `ret (*name)(...)`, `ret (*name[2])(...)`; a function that returns such a pointer keeps its own parameters.
    shape.callable = true;
    shape.pointers = Math.max(inner.pointers, 1);
    shape.array = inner.array;
    shape.params = inner.params;
  } else {
    shape.pointers = pointers + (inner?.pointers ?? 0);
    shape.array = isArray || (inner?.array ?? false);
    shape.params = params ?? inner?.params;
  }
  readSuffix(reader, shape);
}

/** Attributes, `__free(x)`, `asm("name")` and bit-field widths after a declarator. */
function readSuffix(reader: Reader, shape: Shape): void {
  for (;;) {
    const token = peek(reader);
    if (token.kind !== 'name') return;
    if (token.text === '__free' && sees(reader, '(', 1)) {
      shape.free = peek(reader, 2).text;
      next(reader);
      skipGroup(reader);
    } else if (token.text === 'asm' || token.text === '__asm__' || reader.names.isAnnotation(token.text) || sees(reader, '(', 1)) {
      next(reader);
      if (sees(reader, '(')) skipGroup(reader);
    } else if (sees(reader, '=', 1) || sees(reader, ';', 1) || sees(reader, ',', 1) || sees(reader, ')', 1)) {
      next(reader); // an annotation nobody knows
    } else return;
  }
}

/** At `(` in a declarator without a name yet: a nested declarator rather than parameters. */
function nestsDeclarator(reader: Reader): boolean {
  if (sees(reader, '*', 1) || sees(reader, '^', 1) || sees(reader, '(', 1)) return true;
  if (peek(reader, 1).kind !== 'name' || isTypeStart(reader, 1)) return false;
  if (sees(reader, '*', 2)) return reader.names.isAnnotation(peek(reader, 1).text) || /call|api|efi/i.test(peek(reader, 1).text);
  return sees(reader, ')', 2) && (sees(reader, '(', 3) || sees(reader, '[', 3));
}

/** At `(`: parameters; `(void)` and `...` are none. K&R names come without a type. */
export function parseParameters(reader: Reader): Local[] {
  const params: Local[] = [];
  const end = closing(reader.tokens, reader.at);
  next(reader);
  while (!atEnd(reader) && reader.at < end) {
    const begin = reader.at;
    if (accept(reader, '...')) break;
    const specifiers = parseSpecifiers(reader);
    const declarator = parseDeclarator(reader, specifiers.name);
    if (declarator.name !== '') {
      const type: CType = declarator.params === undefined ? declarator.type : { name: specifiers.name, pointers: 1, callable: true };
      params.push({ name: declarator.name, type });
    } else if (specifiers.name !== '' && specifiers.name !== 'void' && (sees(reader, ',') || sees(reader, ')')) && declarator.type.pointers === 0 && /^[A-Za-z_]\w*$/.test(specifiers.name) && !words.has(specifiers.name)) {
      // K&R list of names, or a prototype's unnamed typedef: the caller tells which.
      params.push({ name: specifiers.name, type: { name: '', pointers: 0 } });
    } else if (specifiers.name !== 'void' || declarator.type.pointers > 0 || declarator.type.callable === true) {
      params.push({ name: '', type: declarator.type });
    }
    if (reader.at >= end) break;
    skipTo(reader, [',']);
    if (!accept(reader, ',') && reader.at <= begin) next(reader);
  }
  reader.at = Math.min(end + 1, reader.tokens.length - 1);
  return params;
}

/** A type name as in a cast: `const struct foo *`, `unsigned long`, `void (*)(int)`. */
export function parseTypeName(reader: Reader): CType {
  const specifiers = parseSpecifiers(reader);
  return parseDeclarator(reader, specifiers.name).type;
}

/** At `{` of a struct: its fields. Fields of unnamed inner structs come along; named inner structs go to `reader.structs`. */
function parseStructBody(reader: Reader, structName: string): StructField[] {
  const end = closing(reader.tokens, reader.at);
  next(reader);
  const fields: StructField[] = [];
  parseFields(reader, structName, end, fields);
  reader.at = Math.min(end + 1, reader.tokens.length - 1);
  return fields;
}

function parseFields(reader: Reader, structName: string, end: number, fields: StructField[]): void {
  const tag = structName.replace(/^(?:struct|union) /, '');
  while (!atEnd(reader) && reader.at < end) {
    if (accept(reader, ';')) continue;
    if (peek(reader).kind === 'directive') {
      next(reader); // a struct has the fields of all configurations
      continue;
    }
    const begin = reader.at;
    const token = peek(reader);
    if (token.kind === 'name' && sees(reader, '(', 1) && !isTypeStart(reader, 0) && !reader.names.isAnnotation(token.text)) {
      parseFieldMacro(reader, structName, fields);
    } else if (token.kind === 'name' && !isTypeStart(reader, 0) && (isTypeStart(reader, 1) || sees(reader, ';', 1))) {
      next(reader); // a macro without arguments, such as the begin of a randomised part
      continue;
    } else {
      const known = reader.structs.length;
      // The name an unnamed inner struct goes by, should it have a declarator.
      const specifiers = parseSpecifiers(reader, `${tag}::${known}`);
      const definition = specifiers.defines === undefined ? undefined : reader.structs[specifiers.defines];
      if (definition !== undefined && sees(reader, ';')) {
        if (definition.name.includes('::')) {
          reader.structs.splice(reader.structs.indexOf(definition), 1);
          fields.push(...definition.fields);
        }
      } else {
        for (;;) {
          const declarator = parseDeclarator(reader, specifiers.name);
          if (accept(reader, ':')) parseAssignment(reader);
          while (skipAnnotation(reader));
          if (declarator.name !== '') fields.push({ name: declarator.name, type: declarator.type });
          if (!accept(reader, ',')) break;
        }
      }
    }
    if (!accept(reader, ';')) {
      if (reader.at >= end) return;
      if (peek(reader).kind === 'name' && reader.at > begin) continue;
      skipTo(reader, [';']);
      if (!accept(reader, ';') && reader.at <= begin) next(reader);
    }
  }
}

/** `struct_group(name, fields)` holds fields; `DECLARE_BITMAP(name, n)` is one. */
function parseFieldMacro(reader: Reader, structName: string, fields: StructField[]): void {
  next(reader);
  const end = closing(reader.tokens, reader.at);
  const inside = reader.tokens.slice(reader.at + 1, end);
  if (inside.some((token) => token.text === ';')) {
    next(reader);
    while (reader.at < end && peek(reader).kind === 'name' && sees(reader, ',', 1)) reader.at += 2;
    while (reader.at < end && accept(reader, ','));
    parseFields(reader, structName, end, fields);
    reader.at = end + 1;
    return;
  }
  const name = inside[0]?.kind === 'name' && (inside[1] === undefined || inside[1].text === ',')
    ? inside[0].text
    : inside[inside.length - 1]?.kind === 'name' ? inside[inside.length - 1]?.text : undefined;
  if (name !== undefined) fields.push({ name, type: { name: '', pointers: 0 } });
  reader.at = end + 1;
}

/** The initialiser after `=`. */
export function parseInitialiser(reader: Reader): ReturnType<typeof parseAssignment> {
  if (sees(reader, '{')) return parseList(reader);
  const before = reader.at;
  const value = parseAssignment(reader);
  if (reader.at === before) lose(reader, 'initialiser');
  return value;
}
