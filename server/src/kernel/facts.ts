// The facts file: what a tree's own wrappers do and which locks callers hold, told by its developers.

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

import type { Span } from '../base/span.ts';
import { buildKnowledge, type DataFile } from './knowledge.ts';
import dataSchema from './data/schema.json' with { type: 'json' };
import factsSchema from './data/facts.schema.json' with { type: 'json' };
import { parseJson, type JsonResult } from './json-text.ts';
import type { GuardedBy, Knowledge } from './schema.ts';

/** Every caller of these functions holds these locks, spelled as for lockdep_assert_held(). */
export interface CallersHold {
  readonly of: readonly string[];
  readonly hold: readonly string[];
  /** Only the functions that this file defines. */
  readonly in?: string;
}

export interface Facts {
  readonly rows: DataFile;
  readonly callers: readonly CallersHold[];
  readonly guarded: readonly GuardedBy[];
  /** `struct slot.crate`: a member that holds a reference to what it points to. */
  readonly references: readonly string[];
}

/** What cannot be used, and where it stands in the file's text. */
export interface FactsMistake {
  readonly message: string;
  readonly span: Span;
}

export const noFacts: Facts = { rows: { about: '' }, callers: [], guarded: [], references: [] };

/** Characters; a list of facts is written by hand. */
const largest = 1024 * 1024;

/** A wrong row is left out and the others are used. Mistakes are in the order of the text. */
export function readFacts(text: string): { readonly facts: Facts; readonly mistakes: readonly FactsMistake[] } {
  const nothing = (message: string, span: Span) => ({ facts: noFacts, mistakes: [{ message, span }] });
  if (text.length > largest) return nothing('larger than 1 MB', { start: 0, end: 0 });
  const json = parseJson(text);
  if (!json.ok) return nothing(json.message, json.span);
  const errors = errorsIn(json.value);
  if (errors.some(({ instancePath, keyword }) => instancePath === '' && keyword === 'type')) return nothing('not an object of facts', json.spanOf(''));
  const bad = new Set(errors.map(({ instancePath }) => instancePath.split('/').slice(0, 3).join('/')));
  const mistakes = errors.map((error) => mistakeOf(error, json)).sort((one, other) => one.span.start - other.span.start);
  const whole = json.value as Partial<Record<string, unknown>>;
  const rows = (key: string): never[] =>
    Array.isArray(whole[key]) ? whole[key].filter((_, index) => !bad.has(`/${key}/${index}`)) as never[] : [];
  const homes = bad.has('/homes') || [...bad].some((pointer) => pointer.startsWith('/homes/')) ? {} : (whole['homes'] as DataFile['homes']) ?? {};
  return {
    facts: {
      rows: {
        about: '', homes, primitives: rows('primitives').map(believed).map(opaque),
        iterators: rows('iterators').map(believed), guards: rows('guards').map(believed), containers: rows('containers').map(believed),
      },
      callers: rows('callers'), guarded: rows('guarded'), references: rows('references'),
    },
    mistakes,
  };
}

/** The knowledge with these facts on top; of two that speak of one name, the later is believed. */
export function withFacts(knowledge: Knowledge, facts: readonly Facts[]): Knowledge {
  if (facts.every((one) => one === noFacts)) return knowledge;
  const own = buildKnowledge(facts.map(({ rows }) => rows));
  const fallbackIterators = new Map([...(knowledge.fallbackIterators ?? []), ...(own.fallbackIterators ?? [])]);
  return {
    primitives: new Map([...knowledge.primitives, ...own.primitives]),
    iterators: new Map([...knowledge.iterators, ...own.iterators]),
    fallbackIterators,
    guards: new Map([...knowledge.guards, ...own.guards]),
    containers: new Map([...knowledge.containers, ...own.containers]),
    homes: new Map([...knowledge.homes, ...own.homes]),
    guarded: facts.flatMap(({ guarded }) => guarded),
    references: new Set(facts.flatMap(({ references }) => references)),
  };
}

let compiled: ValidateFunction | undefined;

/** Compiled once there is something to validate: few trees have a facts file. */
function errorsIn(value: unknown): readonly ErrorObject[] {
  // An effect is told by its `do`, so that a mistake in it is one mistake and not one per kind of effect.
  compiled ??= new Ajv({ allErrors: true, strict: false, discriminator: true, verbose: true }).addSchema(dataSchema, 'schema.json').compile(factsSchema);
  return compiled(value) ? [] : distinct(compiled.errors ?? []);
}

/** A row says where it was read. */
function believed<T extends object>(row: T): T {
  return { source: '.kreflens.json', ...row };
}

/** Who writes a row wants it believed: the engine could not read it off the body. */
function opaque<T extends object>(row: T): T {
  return { ...row, opaque: true };
}

/** Of the errors at one place the first says it; a name that must be one thing or another gives several. */
function distinct(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const seen = new Set<string>();
  return errors.filter(({ keyword, instancePath, params }) => {
    if (keyword === 'anyOf' || keyword === 'oneOf') return false;
    const key = `${instancePath} ${String(params['additionalProperty'] ?? params['missingProperty'] ?? '')}`;
    return !seen.has(key) && seen.add(key);
  });
}

function mistakeOf(error: ErrorObject, json: Extract<JsonResult, { ok: true }>): FactsMistake {
  const { keyword, instancePath, params, parentSchema, data } = error;
  const key = (name: unknown): string => `${instancePath}/${String(name).replace(/~/g, '~0').replace(/\//g, '~1')}#`;
  const here = json.spanOf(instancePath);
  const wanted: unknown = parentSchema?.['description'];
  switch (keyword) {
    case 'required':
      return { message: `'${String(params['missingProperty'])}' is missing`, span: { start: here.start, end: Math.min(here.end, here.start + 1) } };
    case 'additionalProperties':
      return { message: `'${String(params['additionalProperty'])}' is not known here`, span: json.spanOf(key(params['additionalProperty'])) };
    case 'discriminator':
      return { message: "'do' must name an effect, such as lock, unlock, get, put, find, publish, unlink", span: json.spanOf(`${instancePath}/do`) };
    case 'enum': case 'const': {
      const allowed = (params['allowedValues'] ?? [params['allowedValue']]) as readonly unknown[];
      return { message: `must be ${allowed.length === 1 ? '' : 'one of '}${allowed.map(String).join(', ')}`, span: here };
    }
    case 'type':
      return { message: `must be ${/^[aeiou]/.test(String(params['type'])) ? 'an' : 'a'} ${String(params['type'])}`, span: here };
    case 'pattern':
      return { message: `'${String(data)}' is not ${typeof wanted === 'string' ? wanted : 'spelled as it must be'}`, span: 'propertyName' in error ? json.spanOf(key(data)) : here };
    case 'not':
      return { message: 'says two things that exclude each other', span: here };
    default:
      return { message: error.message ?? keyword, span: here };
  }
}
