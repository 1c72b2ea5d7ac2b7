// What two CPUs do in a finding, step by step, as plain data: the diagram for changelogs and the editor's race view
// are both printed from it.

export interface RaceStep {
  readonly cpu: 0 | 1;
  /** Nesting of calls; 0 is the outermost function. */
  readonly depth: number;
  readonly kind: 'enter' | 'call' | 'lock' | 'unlock' | 'note' | 'wrong';
  readonly text: string;
  /** What the step does to the object's count: `count 1 -> 0`. */
  readonly effect?: string;
  /** Where it is in the code; `line` is 1-based. A step without a place of its own has that of its neighbour. */
  readonly place?: { readonly file: string; readonly line: number };
  /** Locks that its CPU holds during the step, taking and dropping included. */
  readonly held: readonly string[];
  /** References to the object after the step. */
  readonly count: number | 'freed';
}

/** A step as it is written down, before locks and counts are carried through. */
export interface Draft extends Pick<RaceStep, 'cpu' | 'depth' | 'kind' | 'text' | 'effect'> {
  readonly place?: RaceStep['place'] | undefined;
  /** Of a `lock` or `unlock`. */
  readonly lock?: string;
  /** Locks known to be held here beside those that the drafts take. */
  readonly under?: readonly string[];
  /** From this step on. */
  readonly count?: RaceStep['count'];
}

/** `count`: before the first step. */
export function interleave(drafts: readonly Draft[], count: number): readonly RaceStep[] {
  const open: Record<0 | 1, readonly string[]> = { 0: [], 1: [] };
  let now: RaceStep['count'] = count;
  return drafts.map((draft, index): RaceStep => {
    const { cpu, depth, kind, text, effect, lock, under = [] } = draft;
    if (kind === 'lock' && lock !== undefined) open[cpu] = [...open[cpu], lock];
    const held = [...open[cpu], ...under.filter((one) => !open[cpu].some((other) => isSameLock(one, other)))];
    if (kind === 'unlock' && lock !== undefined) open[cpu] = open[cpu].filter((one) => one !== lock);
    now = draft.count ?? now;
    const place = draft.place ?? nearest(drafts, index);
    return { cpu, depth, kind, text, held, count: now, ...(effect === undefined ? {} : { effect }), ...(place ? { place } : {}) };
  });
}

/** Two functions spell one lock differently: `dev->mutex`, `parent->mutex`. */
export function isSameLock(one: string, other: string): boolean {
  const last = (lock: string): string => lock.split(/[.>]/).at(-1) ?? lock;
  return last(one) === last(other);
}

function nearest(drafts: readonly Draft[], index: number): RaceStep['place'] {
  const isPlaced = ({ cpu, place }: Draft): boolean => cpu === drafts[index]?.cpu && place !== undefined;
  return (drafts.slice(0, index).findLast(isPlaced) ?? drafts.slice(index).find(isPlaced))?.place;
}
