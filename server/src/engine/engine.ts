// The engine: summaries of functions on demand, each computed from the function's own body and its callees' summaries.
// A result is remembered with what was asked for it and answered; where all answers are the same again (another edit,
// another distance), it is used again. So an edit costs the functions whose input really changed.

import type { Knowledge } from '../kernel/schema.ts';
import type { FunctionIr } from '../lower/ir.ts';
import type { Code, FunctionRef } from '../program/code.ts';
import { createValues } from '../domain/value.ts';
import type { Summary } from '../summary/effect.ts';
import { fingerprint } from '../summary/fingerprint.ts';
import { createTyping } from './typing.ts';
import { execute, LIMITS, type Execution, type Limits } from './execute.ts';
import { summarise } from './summarise.ts';
import { recursionIn, type Place, type Recursion } from './recursion.ts';
import type { CallKind, Engine } from './frame.ts';

export interface EngineOptions {
  /** Text of a file, for the lines of gaps. */
  readonly textOf: (file: string) => string;
  readonly configHolds: (atom: string) => boolean | undefined;
}

export interface FullEngine {
  readonly base: Omit<Engine, 'summaryOf' | 'calleeOf'>;
  /** The full execution of a function. The same object as long as nothing it rests on changed. */
  executionOf(ref: FunctionRef): Execution;
  summaryOf(ref: FunctionRef): Summary;
  /** Its calls by name with the locks held there, seen from another file: cheaper than the full execution. */
  callsSeenFromAfar(ref: FunctionRef): Execution['calls'];
  /** Functions executed so far: a measure of work. */
  executed(): number;
  /** After an edit inside bodies: what rests on changed texts is worked out anew when asked for. */
  dropStale(): void;
}

/**
 * How far callees are followed depends on where a function stands, never on who asked first: a function is analysed
 * with a *reach*, and each call that leaves the file, goes through a table, or goes back to where a recursion came
 * from costs one. What verdicts rest on is followed to the end of it: releases, and functions whose effect on counts
 * the knowledge names. All else leaves the file once. With none left a function sees its file and its headers, and may
 * still go back once: reach -1.
 */
const FULL_REACH = 2;

/** UTF-16 units of a body that is followed whatever it does. */
const SHORT_BODY = 1000;

/** Results remembered per function: for the reaches it is asked with, and an edit taken back. */
const MOST_TRACES = 8;

interface Result {
  readonly execution: Execution;
  readonly summary: Summary;
  readonly print: string;
}

/** What an execution asked for, in order, and the answer. */
type Asked =
  | { readonly callee: FunctionRef; readonly kind: CallKind; readonly answer: string }
  /** Which function of another source file a name means, as far as it is looked for. */
  | { readonly name: string; readonly kind: CallKind; readonly answer: string }
  | { readonly struct: string; readonly field: string; readonly file: string; readonly answer: string };

interface Trace {
  readonly ir: FunctionIr;
  readonly limits: Limits;
  readonly asked: readonly Asked[];
  readonly result: Result;
}

interface Task {
  readonly ref: FunctionRef;
  readonly reach: number;
}

export function createEngine(code: Code, knowledge: Knowledge, options: EngineOptions): FullEngine {
  const values = createValues();
  const typing = createTyping(code, values);
  const base = { values, typing, code, knowledge };
  const traces = new WeakMap<FunctionRef, readonly Trace[]>();
  const recursions = new WeakMap<readonly FunctionRef[], Recursion>();
  /** Good until the next edit. */
  let done = new Map<FunctionRef, (Result | undefined)[]>();
  let relevant = new Map<FunctionRef, boolean>();
  let current = new Map<string, ReadonlySet<FunctionRef>>();
  const running = new Set<string>();
  let executed = 0;

  const placeOf = (ref: FunctionRef): Place | undefined => {
    const functions = code.functionsIn(ref.file);
    let recursion = recursions.get(functions);
    if (!recursion) {
      const text = options.textOf(ref.file);
      const mentions = (own: FunctionRef): Iterable<string> =>
        own.file.endsWith('.h') ? own.item.calls : namesIn(text.slice(own.item.bodySpan.start, own.item.bodySpan.end));
      recursion = recursionIn(functions, mentions);
      recursions.set(functions, recursion);
    }
    return recursion.placeOf(ref);
  };

  /** Worth leaving the file for: it, or what it calls in its own file, does something to a lock, a count or an index. */
  const isRelevant = (ref: FunctionRef, depth = 0): boolean => {
    const known = relevant.get(ref);
    if (known !== undefined) return known;
    relevant.set(ref, false);
    // A short one costs little, and may set a field that matters.
    if (ref.item.bodySpan.end - ref.item.bodySpan.start <= SHORT_BODY) {
      relevant.set(ref, true);
      return true;
    }
    const own = new Map(code.functionsIn(ref.file).map((other) => [other.name, other]));
    const answer = ref.item.calls.some((name) => {
      const primitive = knowledge.primitives.get(name);
      if (primitive?.effects?.some((effect) => effect.do !== 'assert-held' && effect.do !== 'free') === true) return true;
      const callee = own.get(name);
      return callee !== undefined && callee !== ref && depth < 3 && isRelevant(callee, depth + 1);
    });
    if (answer || depth === 0) relevant.set(ref, answer);
    else relevant.delete(ref);
    return answer;
  };

  const isCounting = (name: string): boolean =>
    knowledge.primitives.get(name)?.effects?.some(({ do: what }) => what === 'get' || what === 'put' || what === 'publish' || what === 'unlink') === true;

  /** The callee's result as the task may see it; undefined: past the reach. */
  const resultFor = (task: Task, callee: FunctionRef, kind: CallKind): Result | undefined => {
    const { ref, reach } = task;
    const byName = kind === 'call' || kind === 'callback';
    if (callee.file === ref.file && byName) {
      const place = placeOf(ref);
      const isBack = place !== undefined && (place.group.get(callee) ?? -1) >= place.index;
      if (isBack && reach < 0) return undefined;
      return resultOf({ ref: callee, reach: isBack ? reach - 1 : reach });
    }
    if (callee.file.endsWith('.h')) return resultOf({ ref: callee, reach });
    const away = callee.file !== ref.file;
    const counting = kind === 'callback' || kind === 'release-table' || isCounting(callee.name);
    if (reach <= 0 || (away && !counting && (reach < FULL_REACH || !isRelevant(callee)))) return undefined;
    return resultOf({ ref: callee, reach: reach - 1 });
  };

  /** undefined: it is being computed just now, by a way that its file's text does not show. */
  const resultOf = (task: Task): Result | undefined => {
    const { ref, reach } = task;
    let slots = done.get(ref);
    if (!slots) done.set(ref, (slots = []));
    const known = slots[reach + 1];
    if (known) return known;
    const key = `${ref.file}:${ref.item.span.start}:${reach}`;
    if (running.has(key)) return undefined;
    running.add(key);
    const ir = code.ir(ref);
    const result = (traces.get(ref) ?? []).find((trace) => trace.ir === ir && isAsBounded(task, trace) && stillHolds(task, trace))?.result ?? compute(task, ir);
    running.delete(key);
    slots[reach + 1] = result;
    return result;
  };

  const isAsBounded = (task: Task, trace: Trace): boolean => !trace.result.execution.crowded || trace.limits === limitsAt(task.reach);

  const stillHolds = (task: Task, trace: Trace): boolean =>
    trace.asked.every((asked) => answerNow(task, asked) === asked.answer);

  const answerNow = (task: Task, asked: Asked): string => {
    if ('callee' in asked) return resultFor(task, nowOf(asked.callee), asked.kind)?.print ?? '';
    if ('struct' in asked) return namesOf(targetsFor(task, asked.struct, asked.field, asked.file));
    const far = calleeAfar(task, asked.name, asked.kind);
    return far ? namesOf([far]) : '';
  };

  /** A definition in another source file is looked for from full reach only, or where verdicts rest on it. */
  const calleeAfar = (task: Task, name: string, kind: CallKind): FunctionRef | undefined =>
    (task.reach === FULL_REACH || (task.reach > 0 && (kind === 'callback' || isCounting(name))) ? code.resolve(name, task.ref.file) : undefined);

  /** Other source files are looked through for the function that is asked about only. */
  const targetsFor = (task: Task, struct: string, field: string, file: string): readonly FunctionRef[] =>
    (task.reach === FULL_REACH ? code.targets : code.targetsNear)(struct, field, file);

  /** The function that stands in the place of one whose text may have changed since. */
  const nowOf = (ref: FunctionRef): FunctionRef => {
    const refs = current.get(ref.file) ?? new Set(code.functionsIn(ref.file));
    current.set(ref.file, refs);
    return refs.has(ref) ? ref : [...refs].find(({ name }) => name === ref.name) ?? ref;
  };

  const compute = (task: Task, ir: FunctionIr): Result => {
    executed += 1;
    const asked: Asked[] = [];
    const engine: Engine = {
      ...base,
      code: {
        ...code,
        targets: (struct, field, file) => {
          const found = targetsFor(task, struct, field, file);
          asked.push({ struct, field, file, answer: namesOf(found) });
          return found;
        },
      },
      calleeOf: (name, kind) => {
        const near = code.resolveNear(name, task.ref.file);
        if (near) return near;
        const far = calleeAfar(task, name, kind);
        asked.push({ name, kind, answer: far ? namesOf([far]) : '' });
        return far;
      },
      summaryOf: (callee, kind) => {
        const result = resultFor(task, callee, kind);
        asked.push({ callee, kind, answer: result?.print ?? '' });
        return result?.summary;
      },
    };
    const execution = execute(engine, ir, options.textOf, options.configHolds, limitsAt(task.reach));
    const summary = summarise(execution);
    const result: Result = { execution, summary, print: fingerprint(summary) };
    // Asked anew: on the way down the function may have been worked out with less reach.
    traces.set(task.ref, [{ ir, limits: limitsAt(task.reach), asked, result }, ...(traces.get(task.ref) ?? [])].slice(0, MOST_TRACES));
    return result;
  };

  const full = (ref: FunctionRef, reach = FULL_REACH): Result => {
    const result = resultOf({ ref, reach });
    if (!result) throw new Error(`${ref.name} was asked for while it is being computed`);
    return result;
  };

  return {
    base,
    executionOf: (ref) => full(ref).execution,
    summaryOf: (ref) => full(ref).summary,
    callsSeenFromAfar: (ref) => full(ref, FULL_REACH - 1).execution.calls,
    executed: () => executed,
    dropStale: () => {
      done = new Map();
      relevant = new Map();
      current = new Map();
    },
  };
}

const limitsAt = (reach: number): Limits => (reach >= FULL_REACH ? LIMITS.full : reach > 0 ? LIMITS.near : LIMITS.far);

/** The names that a text of C speaks of: no members, nor what comments and strings say. */
function namesIn(text: string): readonly string[] {
  const tokens = text.matchAll(/\/\*[^]*?\*\/|\/\/.*|"(?:\\[^]|[^"\\])*"|(?:->|\.)\s*\w+|([A-Za-z_]\w*)/g);
  return [...tokens].flatMap(([, name]) => name ?? []);
}

function namesOf(refs: readonly FunctionRef[]): string {
  return refs.map((ref) => `${ref.file}:${ref.name}`).join();
}
