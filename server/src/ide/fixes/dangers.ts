// Where the functions of some files may wait for ever, or sleep where nobody may: a lock taken twice, by the function or
// by the release that a put runs; two locks taken in both orders; a sleep under a spinlock. What a change must not add.

import { printPlace } from '../../domain/value.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Effect, Hold } from '../../summary/effect.ts';
import type { Session } from '../session.ts';

/** One sentence each, by a key that stays the same when lines move. */
export function dangersIn(session: Session, files: readonly string[]): ReadonlyMap<string, string> {
  const dangers = new Map<string, string>();
  const orders = new Map<string, { readonly outer: string; readonly inner: string; readonly name: string }>();
  const say = (text: string): void => void dangers.set(text, text);
  for (const ref of files.flatMap((file) => session.code.functionsIn(file))) {
    const named = (lock: Hold['lock']): string | undefined => session.engine.base.typing.placeName(lock, ref.file);
    for (const effect of effectsOf(session, ref)) {
      if (effect.do === 'lock') {
        const inner = named(effect.lock);
        // The effect's own hold is the last one.
        for (const hold of effect.held.slice(0, -1)) {
          const outer = named(hold.lock);
          if (hold.lock === effect.lock) {
            if (hold.mode !== 'read' || effect.mode !== 'read') say(`${ref.name}() would take '${printPlace(effect.lock)}' with it held already`);
          } else if (outer !== undefined && inner !== undefined && outer !== inner) {
            if (!orders.has(`${outer}>${inner}`)) orders.set(`${outer}>${inner}`, { outer, inner, name: ref.name });
          }
        }
      }
      if (effect.do === 'put') {
        for (const taken of effect.last.takes) {
          if (effect.held.some((hold) => hold.lock === taken)) say(`the release that the put in ${ref.name}() runs would take '${printPlace(taken)}', which is held there`);
        }
        const spin = effect.held.find((hold) => hold.mode === 'spin');
        const release = spin && releaseOf(session, effect);
        if (spin && release && session.engine.summaryOf(release).maySleep) {
          say(`${release.name}() may sleep, and the put in ${ref.name}() would run it under the spinlock '${printPlace(spin.lock)}'`);
        }
      }
    }
    for (const { name, held } of session.engine.executionOf(ref).calls) {
      const spin = held.find((hold) => hold.mode === 'spin');
      if (spin && maySleep(session, name, ref.file)) say(`${name}() may sleep, and ${ref.name}() would call it under the spinlock '${printPlace(spin.lock)}'`);
    }
  }
  for (const [key, { outer, inner, name }] of orders) {
    const other = orders.get(`${inner}>${outer}`);
    if (other && outer < inner) dangers.set(key, `'${shortName(outer)}' and '${shortName(inner)}' would be taken in both orders, by ${name}() and ${other.name}()`);
  }
  return dangers;
}

function effectsOf(session: Session, ref: FunctionRef): ReadonlySet<Effect> {
  return new Set(session.engine.executionOf(ref).finals.flatMap((final) => final.state.effects));
}

/** The function that the last put calls, if it does anything worth noting. */
function releaseOf({ code }: Session, put: Effect & { readonly do: 'put' }): FunctionRef | undefined {
  const inside = put.last.effects.find((effect) => effect.chain.length > put.chain.length)?.chain[put.chain.length];
  return inside && code.resolve(inside.function, inside.file);
}

function maySleep({ code, engine }: Session, name: string, file: string): boolean {
  const primitive = engine.base.knowledge.primitives.get(name);
  if (primitive) return primitive.sleeps === true;
  const callee = code.resolve(name, file);
  return callee !== undefined && engine.summaryOf(callee).maySleep;
}

function shortName(lock: string): string {
  return lock.replace(/^.*:/, '');
}
