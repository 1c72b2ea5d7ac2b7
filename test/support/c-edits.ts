// Small precise edits of C text, anchored on a function's name and a pattern inside its body. An anchor that does
// not match as often as it should throws: then the text is not the one the edit was written for.

interface Range {
  /** Offset of the first character of the definition's header line. */
  readonly start: number;
  /** Offset just after the newline that follows the closing brace. */
  readonly end: number;
}

/** Where a function is defined (not declared); kernel style is taken for granted: braces in column 0. */
function functionRange(text: string, name: string): Range {
  const header = new RegExp(`^(?=[A-Za-z_])[^\\n;={}]*?\\b${name}\\([^;{}]*\\)[^;{}]*\\n\\{\\n`, 'm').exec(text);
  if (!header) throw new Error(`no definition of ${name}()`);
  const close = text.indexOf('\n}\n', header.index);
  if (close === -1) throw new Error(`${name}() does not end`);
  return { start: header.index, end: close + 3 };
}

export function functionText(text: string, name: string): string {
  const { start, end } = functionRange(text, name);
  return text.slice(start, end);
}

function matches(text: string, pattern: RegExp): RegExpExecArray[] {
  return [...text.matchAll(new RegExp(pattern.source, [...new Set(`${pattern.flags}gm`)].join('')))];
}

/** Replaces every match of `pattern` (always multi-line) in the body of `name`; there must be exactly `times`. */
export function replaceIn(text: string, name: string, pattern: RegExp, replacement: string, times = 1): string {
  const { start, end } = functionRange(text, name);
  const body = text.slice(start, end);
  const found = matches(body, pattern);
  if (found.length !== times) throw new Error(`${name}(): ${pattern} matches ${found.length} times, not ${times}`);
  let edited = '';
  let at = 0;
  for (const match of found) {
    edited += body.slice(at, match.index) + replacement.replaceAll('$&', match[0]);
    at = match.index + match[0].length;
  }
  return text.slice(0, start) + edited + body.slice(at) + text.slice(end);
}

/** Removes the definition with the comment and the blank line before it. */
export function removeFunction(text: string, name: string): string {
  const { start, end } = functionRange(text, name);
  const before = text.slice(0, start).replace(/\n(\/\*(?:(?!\*\/)[^])*\*\/\n)?$/, '');
  return before + text.slice(end);
}

export function insertBefore(text: string, name: string, definition: string): string {
  const { start } = functionRange(text, name);
  return `${text.slice(0, start)}${definition}\n${text.slice(start)}`;
}

export function insertAfter(text: string, name: string, definition: string): string {
  const { end } = functionRange(text, name);
  return `${text.slice(0, end)}\n${definition}${text.slice(end)}`;
}

/** A whole line that consists of this statement (a source fragment of a regular expression). */
export function statement(fragment: string): RegExp {
  return new RegExp(`^[ \\t]+${fragment};\\n`, 'm');
}

/** 1-based line of the nth (0-based) match of `pattern` in the body of `name`. */
export function lineIn(text: string, name: string, pattern: RegExp, nth = 0): number {
  const { start, end } = functionRange(text, name);
  const match = matches(text.slice(start, end), pattern)[nth];
  if (!match) throw new Error(`${name}(): no match ${nth} of ${pattern}`);
  const lead = /^\s*/.exec(match[0])?.[0].length ?? 0;
  return text.slice(0, start + match.index + lead).split('\n').length;
}

/** Renames whole words. */
export function renameWords(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/[A-Za-z_]\w*/g, (word) => names.get(word) ?? word);
}
