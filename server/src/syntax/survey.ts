// How well the parser does on a set of files: functions found, functions with errors, functions lost, and why.

import type { Catalogue } from './catalogue.ts';
import type { FunctionItem } from './items.ts';
import { normalise } from './normalise.ts';
import { hasError, parseSlice } from './parser.ts';
import type { SyntaxNode } from './parser.ts';
import { scan } from './scan.ts';

export interface Failure {
  readonly file: string;
  /** 1-based line of the error. */
  readonly line: number;
  readonly function: string;
  /** The error's kind and the normalised text around it, shortened: similar failures read alike. */
  readonly cause: string;
}

export interface Survey {
  readonly files: number;
  readonly functions: number;
  /** Functions whose slice holds an ERROR or MISSING node. */
  readonly broken: readonly Failure[];
  /** Functions whose slice did not parse as one function definition with a body that ends where the function does. */
  readonly lost: readonly Failure[];
}

export const EMPTY_SURVEY: Survey = { files: 0, functions: 0, broken: [], lost: [] };

/** Parses every function of one file. Pure: no state is kept. */
export function surveyFile(path: string, text: string, catalogue: Catalogue): Survey {
  const functions = scan(text).filter((item) => item.kind === 'function');
  const broken: Failure[] = [];
  const lost: Failure[] = [];
  for (const item of functions) {
    const normalised = normalise(text.slice(item.span.start, item.span.end), catalogue);
    const root = parseSlice(normalised);
    const error = hasError(root);
    if (error !== undefined) broken.push(failure(path, text, item, normalised, error.start, error.kind));
    if (!isWhole(root, item)) lost.push(failure(path, text, item, normalised, 0, 'lost'));
  }
  return { files: 1, functions: functions.length, broken, lost };
}

export function addSurveys(a: Survey, b: Survey): Survey {
  return { files: a.files + b.files, functions: a.functions + b.functions, broken: [...a.broken, ...b.broken], lost: [...a.lost, ...b.lost] };
}

/** True if the slice parsed as one function definition whose body is the item's body. */
function isWhole(root: SyntaxNode, item: FunctionItem): boolean {
  const definition = root.namedChildren.find((child) => child.type === 'function_definition');
  const body = definition?.childForFieldName('body');
  return body != null && body.startIndex + item.span.start === item.bodySpan.start && body.endIndex + item.span.start === item.bodySpan.end;
}

function failure(file: string, text: string, item: FunctionItem, normalised: string, at: number, kind: string): Failure {
  const line = text.slice(0, item.span.start + at).split('\n').length;
  const from = normalised.lastIndexOf('\n', at) + 1;
  const rest = normalised.slice(from, from + 160).split('\n').slice(0, 2).join(' ');
  return { file, line, function: item.name, cause: `${kind}: ${rest.replace(/\s+/g, ' ').trim().slice(0, 100)}` };
}

/** Causes by number, worst first. */
export function worstCauses(failures: readonly Failure[], most: number): readonly { readonly cause: string; readonly count: number; readonly example: Failure }[] {
  const groups = new Map<string, Failure[]>();
  for (const one of failures) {
    const key = one.cause.replace(/\d+/g, '0').slice(0, 24);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].map(([, list]) => ({ cause: list[0]!.cause, count: list.length, example: list[0]! }))
    .sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1)).slice(0, most);
}
