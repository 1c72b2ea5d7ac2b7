// What editors show beside findings and hovers: registries, callers and callees with the locks held at each call, hints
// between the code, and help with commits. Plain data in, plain data out, like `ide/workspace.ts`.

import type { Position } from '../base/span.ts';
import type { Finding } from './finding.ts';

/** A place where something is done to an object of a registry. */
export interface RegistryPlace {
  /** Relative to its kernel tree. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly function: string;
  /**
   * Held on every way when it happens, those that callees take and that every known caller holds included; by the
   * names that all threads have for them.
   */
  readonly held: readonly string[];
  /** The call, as it is written. */
  readonly text: string;
}

/** An index of counted objects. Places are sorted by file and line. */
export interface RegistryView<Place = RegistryPlace> {
  /** `groups`, `subsys_private.glue_dirs.list`. */
  readonly name: string;
  /** The struct in it, without `struct`: `group`. Empty: not known. */
  readonly object: string;
  /** Where an entry is found and referenced. */
  readonly lookups: readonly Place[];
  readonly gets: readonly Place[];
  readonly puts: readonly Place[];
  readonly unlinks: readonly Place[];
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A function's name is not enough: a file may define it twice, in two branches of an #if. */
export interface FunctionKey {
  readonly file: string;
  readonly name: string;
  /** Of the definition's name in the text when it was asked for; where no definition begins there any more, the first by that name is meant. */
  readonly offset: number;
}

export interface FunctionPlace extends FunctionKey {
  readonly range: Range;
  readonly nameRange: Range;
}

/** A field that functions are stored in, to be called through: `struct kobj_type`, `release`. */
export interface OpsField {
  readonly struct: string;
  readonly field: string;
}

/** Calls of one function by another, all with the same locks held. */
export interface CallEdge {
  /** The caller, or the callee, whichever was asked for. */
  readonly other: FunctionPlace;
  /** The calls, in the caller's text. */
  readonly ranges: readonly Range[];
  /** Locks held at these calls, as the caller spells them; undefined: not known. */
  readonly held: readonly string[] | undefined;
  /** Not called by its name, but through this. */
  readonly through?: OpsField;
}

/** Where a function is put into an ops table. */
export interface TableEdge {
  readonly ops: OpsField;
  readonly file: string;
  /** The function's name in the table. */
  readonly range: Range;
}

export interface Callers {
  readonly calls: readonly CallEdge[];
  readonly tables: readonly TableEdge[];
}

export interface InlayHint {
  readonly kind: 'needs' | 'holds';
  /** `groups_lock` */
  readonly locks: readonly string[];
  readonly at: Position;
}

export interface CommitHelp {
  /** Draft of a commit message, at most 75 columns, without a newline at its end. */
  readonly changelog: string | undefined;
  readonly function: string;
  readonly context: string;
  readonly assertions: readonly string[];
}

/** What an index knows of names in all of a tree, as files to look into. */
export interface WholeTree {
  /** With a function that calls the name. */
  callers(name: string): readonly string[];
  /** In which the name stands as a value. */
  mentions(name: string): readonly string[];
  readonly stats: { readonly files: number };
}

export interface Around {
  /** The indexes of counted objects that these files work on. */
  registries(files: readonly string[]): readonly RegistryView[];
  /** The function that is defined or called there. */
  functionAt(file: string, position: Position): FunctionPlace | undefined;
  /**
   * Those nearby, and those in all the tree that `whole` knows of: of a function that is called from very many files, or
   * put into very many tables, some.
   */
  callers(of: FunctionKey, whole?: WholeTree): Callers;
  callees(of: FunctionKey): readonly CallEdge[];
  /** Calls through an ops table's field, in the folder of `file`. */
  callersThrough(ops: OpsField, file: string): readonly CallEdge[];
  /** Of the functions that stand on these lines (0-based, the last included). */
  inlayHints(file: string, firstLine: number, lastLine: number): readonly InlayHint[];
  /** Functions for which `lens` is worth asking. */
  lensPlaces(file: string): readonly FunctionPlace[];
  /** `locks: groups_lock · refs: -1 m->group`; undefined: it touches neither. */
  lens(of: FunctionKey): string | undefined;
  /** For the function at a position, and the finding there if there is one. */
  commitHelp(file: string, position: Position, finding: Finding | undefined): CommitHelp | undefined;
}
