// The engine: summaries of functions on demand, bottom-up, each computed once per text.
// How far callees are followed depends on where a function stands, never on who asked first: a function is analysed
// with a number of *hops*, the .c files that its callees may still lead on to.

import type { Knowledge } from '../kernel/schema.ts';
import type { Code, FunctionRef } from '../program/code.ts';
import { createValues } from '../domain/value.ts';
import type { Summary } from '../summary/effect.ts';
import { createTyping } from './typing.ts';
import { execute, type Execution } from './execute.ts';
import { summarise } from './summarise.ts';
import type { Engine } from './frame.ts';

export interface EngineOptions {
  /** Text of a file, for the lines of gaps. */
  readonly textOf: (file: string) => string;
  readonly configHolds: (atom: string) => boolean | undefined;
}

export interface FullEngine {
  readonly base: Omit<Engine, 'summaryOf'>;
  /** The full execution of a function, with all the hops there are. */
  executionOf(ref: FunctionRef): Execution;
  summaryOf(ref: FunctionRef): Summary;
  /** Functions executed so far: a measure of work. */
  executed(): number;
  /** Drops what rests on definitions that are no longer the current ones: after an edit inside bodies. */
  dropStale(): void;
}

const HOPS = 2;

/** UTF-16 units of a body that is followed whatever it does. */
const SHORT_BODY = 1000;

interface Result {
  readonly execution: Execution;
  readonly summary: Summary;
  /** Functions whose summaries went into this one. */
  readonly callees: ReadonlySet<FunctionRef>;
}

interface Running {
  readonly ref: FunctionRef;
  /** Functions further out on the stack that this one ran into again. */
  readonly heads: Set<FunctionRef>;
  readonly callees: Set<FunctionRef>;
}

export function createEngine(code: Code, knowledge: Knowledge, options: EngineOptions): FullEngine {
  const values = createValues();
  const typing = createTyping(code, values);
  const base = { values, typing, code, knowledge };
  const final = Array.from({ length: HOPS + 1 }, () => new Map<FunctionRef, Result>());
  /** Results inside a recursion: good until its head is done. */
  const provisional = Array.from({ length: HOPS + 1 }, () => new Map<FunctionRef, { result: Result; heads: ReadonlySet<FunctionRef> }>());
  const stack: Running[] = [];
  const relevant = new Map<FunctionRef, boolean>();
  let executed = 0;

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

  const run = (ref: FunctionRef, hops: number): Result => {
    const known = final[hops]?.get(ref) ?? provisional[hops]?.get(ref)?.result;
    if (known) {
      const heads = provisional[hops]?.get(ref)?.heads;
      if (heads) for (const head of heads) taint(head);
      return known;
    }
    const running: Running = { ref, heads: new Set(), callees: new Set() };
    stack.push(running);
    executed += 1;
    const engine: Engine = {
      ...base,
      summaryOf: (callee) => {
        running.callees.add(callee);
        if (stack.some((frame) => frame.ref === callee)) {
          taint(callee);
          return undefined;
        }
        if (callee.file === ref.file || callee.file.endsWith('.h')) return run(callee, hops).summary;
        if (hops === 0) return undefined;
        return isRelevant(callee) ? run(callee, hops - 1).summary : undefined;
      },
    };
    const execution = execute(engine, code.ir(ref), options.textOf(ref.file), options.configHolds);
    const result: Result = { execution, summary: summarise(execution), callees: running.callees };
    stack.pop();
    running.heads.delete(ref);
    if (running.heads.size === 0) final[hops]?.set(ref, result);
    else {
      provisional[hops]?.set(ref, { result, heads: running.heads });
      for (const head of running.heads) taint(head);
    }
    for (const cache of provisional) {
      for (const [other, { heads }] of cache) if (heads.has(ref)) cache.delete(other);
    }
    return result;
  };

  /** The function on top of the stack rests on an unfinished `head`. */
  const taint = (head: FunctionRef): void => {
    stack.at(-1)?.heads.add(head);
  };

  return {
    base,
    executionOf: (ref) => run(ref, HOPS).execution,
    summaryOf: (ref) => run(ref, HOPS).summary,
    executed: () => executed,
    dropStale: () => {
      const current = new Map<string, ReadonlySet<FunctionRef>>();
      const isCurrent = (ref: FunctionRef): boolean => {
        const refs = current.get(ref.file) ?? new Set(code.functionsIn(ref.file));
        current.set(ref.file, refs);
        return refs.has(ref);
      };
      const stale = new Set<FunctionRef>();
      for (let before = -1; before !== stale.size; ) {
        before = stale.size;
        for (const cache of final) {
          for (const [ref, { callees }] of cache) {
            if (!stale.has(ref) && (!isCurrent(ref) || [...callees].some((callee) => stale.has(callee) || !isCurrent(callee)))) stale.add(ref);
          }
        }
      }
      for (const cache of final) for (const ref of stale) cache.delete(ref);
      for (const ref of stale) relevant.delete(ref);
    },
  };
}
