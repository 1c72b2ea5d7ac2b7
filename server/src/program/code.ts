// The program as the engine sees it: names resolved to lowered functions, types and macros, on demand.
// Everything is deterministic: answers depend on the texts alone, never on the order of questions.

import type { CType, FunctionIr, StructDef } from '../lower/ir.ts';
import type { FunctionItem, MacroItem } from '../syntax/items.ts';
import type { Gap } from '../base/gap.ts';
import type { Span } from '../base/span.ts';

/** A function definition somewhere in the program. Equal definitions are the same object. */
export interface FunctionRef {
  readonly file: string;
  readonly name: string;
  readonly item: FunctionItem;
}

export interface VariableInfo {
  readonly name: string;
  readonly file: string;
  readonly isStatic: boolean;
  readonly type: CType;
}

export interface Code {
  /** Functions that a file defines, in order of appearance. */
  functionsIn(file: string): readonly FunctionRef[];
  /**
   * The definition that a call of `name` in `fromFile` reaches: the file's own, an inline one of a header it includes
   * (directly or not), else an external one: same folder, the knowledge's home file, a source file named like the
   * header that declares it. With an index, of all external ones the nearest. undefined: not found.
   */
  resolve(name: string, fromFile: string): FunctionRef | undefined;
  /** The same, as far as the file itself and the headers it includes can tell: no other source file is read for it. */
  resolveNear(name: string, fromFile: string): FunctionRef | undefined;
  /** Is the name a function's, by a definition or a prototype that `fromFile` sees? */
  isFunction(name: string, fromFile: string): boolean;
  /** The lowered function. Cached by text. Never throws: what could not be lowered is in its gaps. */
  ir(ref: FunctionRef): FunctionIr;
  /** Where a labelled place of the function (see lower/labels.ts) stands in its file now; undefined: nowhere any more. */
  spanAt(ref: FunctionRef, label: string): Span | undefined;
  /**
   * Known callers of a function by direct call: in its own file if static, else also in the other .c files of its
   * folder, and in every file given to `widen`; with an index in the whole tree, unless too many files call it.
   * Ordered by file, position.
   */
  callers(ref: FunctionRef): readonly FunctionRef[];
  /** True if the function's address is taken somewhere known (ops table, callback argument), so that it may have unknown callers. */
  addressTaken(ref: FunctionRef): boolean;
  /**
   * Functions of the other source files of the file's folder, and of the headers it quotes, in whose text all words of one
   * of the groups stand (words are identifiers). Ordered by file, position.
   */
  relatives(fromFile: string, words: readonly (readonly string[])[]): readonly FunctionRef[];
  /** Functions assigned to `field` of `struct structName` in initialisers known from `fromFile` (its folder and its includes), with an index in the whole tree unless they are too many. */
  targets(structName: string, field: string, fromFile: string): readonly FunctionRef[];
  /** The same, in the file itself and the headers it includes only. */
  targetsNear(structName: string, field: string, fromFile: string): readonly FunctionRef[];
  /** `struct foo`, `union foo` or a typedef's name; typedefs are followed. */
  struct(name: string, fromFile: string): StructDef | undefined;
  /** A typedef followed to its end; other types as they are. */
  resolveType(type: CType, fromFile: string): CType;
  variable(name: string, fromFile: string): VariableInfo | undefined;
  /** Return type of a function known only by prototype, or defined. */
  returnTypeOf(name: string, fromFile: string): CType | undefined;
  macro(name: string, fromFile: string): MacroItem | undefined;
  /** Files the program has read so far to answer for `file`: for gaps and statistics. */
  gaps(file: string): readonly Gap[];
}
