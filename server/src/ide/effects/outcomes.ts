// The ways through a function as people tell them apart: condition, effects in order, what is returned.

import { rootOf } from '../../domain/value.ts';
import type { Effect, Hold } from '../../summary/effect.ts';
import type { FunctionSummary } from '../finding.ts';
import { reachOf } from '../spelling.ts';
import { registryEntry } from './registry.ts';
import { returnText } from './returns.ts';
import { heldText, objectText, tellWays, type View, type Way } from './view.ts';

const MOST_OUTCOMES = 10;

export interface Told {
  readonly outcomes: FunctionSummary['outcomes'];
  /** Outcomes that are not listed. */
  readonly left: number;
}

const COARSEST = 3;

export function outcomesOf(view: View): Told {
  for (let level = 0; ; level += 1) {
    const groups = new Map<string, { returns: string; effects: readonly string[]; on: Set<Way> }>();
    for (const way of view.ways) {
      const effects = way.effects.filter((effect) => matters(effect, level)).flatMap((effect) => effectText(view, effect) ?? []);
      const returns = returnText(view, way);
      const key = [returns, ...effects].join('\n');
      const group = groups.get(key) ?? { returns, effects, on: new Set<Way>() };
      groups.set(key, group);
      group.on.add(way);
    }
    if (groups.size > MOST_OUTCOMES && level < COARSEST) continue;
    const all = [...groups.values()];
    return {
      outcomes: all.slice(0, MOST_OUTCOMES).map(({ returns, effects, on }) => {
        const when = tellWays(view, (way) => on.has(way));
        return { when: when === '' && all.length > 1 ? 'none of the others' : when, returns, effects };
      }),
      left: Math.max(0, all.length - MOST_OUTCOMES),
    };
  }
}

/** The higher the level, the less of what happens far from the function's own text; references are told longest. */
function matters(effect: Effect, level: number): boolean {
  const depth = effect.chain.length;
  switch (effect.do) {
    case 'find': case 'init':
      return level === 0 || (depth === 1 && level < 3);
    case 'free': case 'publish': case 'unlink': case 'defer':
      return level === 0 || depth <= 4 - level;
    case 'get': case 'put':
      return level < 3 || (reachOf(rootOf(effect.count)) <= 1 && depth <= 3);
    default:
      return level < 3 || depth === 1;
  }
}

function effectText(view: View, effect: Effect): string | undefined {
  const { spelling } = view;
  const below = (held: readonly Hold[]): string => {
    const inner = held.filter((hold) => hold.id.includes('>') && !hold.id.includes('required:'));
    const locks = heldText(inner, spelling);
    return locks.length === 0 ? '' : ` under ${locks.join(', ')}`;
  };
  switch (effect.do) {
    case 'lock': case 'unlock':
      if (effect.mode === 'rcu') return `rcu_read_${effect.do}`;
      return `${effect.do} ${spelling.place(effect.lock)}`;
    case 'init':
      return `init ${spelling.object(effect.count)}`;
    case 'get':
      return `get ${spelling.object(effect.count)}${effect.checked ? ' unless zero' : ''}${below(effect.held)}`;
    case 'put':
      return `put ${spelling.object(effect.count)}${below(effect.held)}`;
    case 'publish':
      return `add ${objectText(effect.item, spelling)} to ${spelling.place(effect.into)}`;
    case 'unlink': {
      const entry = registryEntry(view, effect);
      return entry && `unlink ${entry.object} from ${entry.in}`;
    }
    case 'find':
      return effect.element.node.k === 'element' ? `find ${spelling.value(effect.element)} in ${spelling.place(effect.element.node.container)}` : undefined;
    case 'write':
      return `${spelling.place(effect.place)} = ${spelling.value(effect.value)}`;
    case 'defer':
      return `release ${objectText(effect.object, spelling)} later, from ${DEFERRED_TO[effect.how]}`;
    case 'free':
      return `free ${objectText(effect.object, spelling)}`;
    case 'grace':
      return 'wait for a grace period';
  }
}

const DEFERRED_TO = { rcu: 'an RCU callback', work: 'a work', timer: 'a timer' } as const;
