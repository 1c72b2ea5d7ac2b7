// A function's locks and references in one line, to be shown above it: `locks: groups_lock · refs: -1 m->group`.

import type { FunctionRef } from '../program/code.ts';
import type { FunctionKey, FunctionPlace } from './around.ts';
import type { SummaryRef } from './finding.ts';
import { placeOf, refOf } from './function-places.ts';
import type { Session } from './session.ts';
import { summaryOf } from './summary.ts';

/** More than this is for the hover. */
const MOST = 3;

/** How far down the calls a lock or count is looked for. */
const DEEPEST = 2;

/** By names alone, as all functions of the file are asked: it, or what it calls, uses some lock or count. */
export function lensPlaces(session: Session, file: string): readonly FunctionPlace[] {
  const { primitives } = session.engine.base.knowledge;
  const known = new Map<FunctionRef, boolean>();
  const touches = (ref: FunctionRef, depth: number): boolean => {
    const answer = known.get(ref);
    if (answer !== undefined) return answer;
    known.set(ref, false);
    const found = ref.item.calls.some((name) => {
      const effects = primitives.get(name)?.effects;
      if (effects) return effects.some((effect) => effect.do === 'lock' || effect.do === 'get' || effect.do === 'put');
      const callee = depth < DEEPEST ? session.code.resolve(name, ref.file) : undefined;
      return callee !== undefined && touches(callee, depth + 1);
    });
    known.set(ref, found);
    return found;
  };
  return session.code.functionsIn(file).filter((ref) => touches(ref, 0)).map((ref) => placeOf(session, ref));
}

export function lens(session: Session, of: FunctionKey): string | undefined {
  const ref = refOf(session, of);
  if (!ref) return undefined;
  const { locks, refs } = summaryOf(session, ref);
  const parts = [
    listed('needs', locks.filter(({ effect }) => effect === 'requires').map(({ lock }) => lock)),
    listed('locks', locks.filter(({ effect }) => effect !== 'requires').map(({ lock, effect }) => (effect === 'takes' ? `+${lock}` : effect === 'drops' ? `-${lock}` : lock))),
    listed('refs', changes(refs)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join(' · ');
}

function listed(title: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > MOST ? `, and ${names.length - MOST} more` : '';
  return `${title}: ${names.slice(0, MOST).join(', ')}${more}`;
}

/** For each object the most that a way through the function takes and drops. */
function changes(refs: readonly SummaryRef[]): readonly string[] {
  const byObject = new Map<string, { most: number; least: number }>();
  for (const { object, change } of refs) {
    const known = byObject.get(object) ?? { most: 0, least: 0 };
    byObject.set(object, { most: Math.max(known.most, change), least: Math.min(known.least, change) });
  }
  return [...byObject].map(([object, { most, least }]) => [most > 0 ? `+${most}` : '', least < 0 ? String(least) : ''].filter((one) => one !== '').join('/') + ` ${object}`);
}
