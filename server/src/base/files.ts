// How every room that needs texts gets at them; the composition root gives the implementation.

/**
 * Paths are relative to the tree with `/`, or absolute for a file outside the tree. `read` answers undefined for
 * what is absent or unreadable. Text is UTF-16, with invalid UTF-8 already replaced.
 */
export interface Files {
  read(path: string): string | undefined;
  /** Names in a folder: files and folders, folders with a trailing `/`, sorted; empty when absent. */
  list(folder: string): readonly string[];
}
