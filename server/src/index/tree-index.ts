// What the whole tree knows of a name, as the program asks for it. Answers are files: what stands in them is read there.

export interface TreeIndex {
  /** Files that define a function of that name which others can call: an external one, or one in a header. */
  definitions(name: string): readonly string[];
  /** Files with a function that calls the name; only for names that `definitions` knows. */
  callers(name: string): readonly string[];
  /** Files where the name stands as a value; only for names that `definitions` knows. */
  mentions(name: string): readonly string[];
  /** Files where a function is assigned to that field: of that struct, or of one that only types can tell. */
  pointers(struct: string, field: string): readonly string[];
  has(file: string): boolean;
  readonly stats: IndexStats;
}

export interface IndexStats {
  readonly files: number;
  readonly functions: number;
  /** Calls by name, each once per calling function. */
  readonly calls: number;
  readonly structs: number;
  readonly typedefs: number;
  readonly macros: number;
  /** Assignments of functions to fields. */
  readonly pointers: number;
  /** Files that are not looked into, with the reason. */
  readonly gaps: readonly { readonly file: string; readonly detail: string }[];
}
