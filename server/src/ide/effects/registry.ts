// What is put on lists and other indexes, taken off them, and found in them.

import { compareText } from '../../base/order.ts';
import { plainName } from '../../finality/object-view.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Effect } from '../../summary/effect.ts';
import type { FunctionSummary } from '../finding.ts';
import type { Session } from '../session.ts';
import { objectText, offsetOf, tellWays, type View, type Way } from './view.ts';

type RegistryEntry = FunctionSummary['registry'][number];

export function registryOf(view: View): readonly RegistryEntry[] {
  const groups = new Map<string, { entry: Omit<RegistryEntry, 'when'>; on: Set<Way>; order: number }>();
  for (const way of view.ways) {
    for (const effect of way.effects) {
      const entry = registryEntry(view, effect);
      if (!entry) continue;
      const key = `${entry.effect}:${entry.object}:${entry.in}`;
      const group = groups.get(key) ?? { entry, on: new Set<Way>(), order: effect.chain[0] ? offsetOf(view, effect.chain[0]) : 0 };
      groups.set(key, group);
      group.on.add(way);
    }
  }
  return [...groups].sort(([a, one], [b, other]) => one.order - other.order || compareText(a, b))
    .map(([, { entry, on }]) => ({ ...entry, when: tellWays(view, (way) => on.has(way)) }));
}

export function registryEntry({ session, ref, spelling }: View, effect: Effect): Omit<RegistryEntry, 'when'> | undefined {
  switch (effect.do) {
    case 'publish':
      return { effect: 'publishes', object: objectText(effect.item, spelling), in: spelling.place(effect.into) };
    case 'unlink':
      return {
        effect: 'unlinks', object: effect.item ? objectText(effect.item, spelling) : 'an entry',
        in: effect.from ? spelling.place(effect.from) : containerOfLink(session, ref, effect.link),
      };
    case 'find':
      return effect.element.node.k === 'element'
        ? { effect: 'finds', object: spelling.value(effect.element), in: spelling.place(effect.element.node.container) }
        : undefined;
    default:
      return undefined;
  }
}

/** list_del() does not name the list: the one that the same member links into elsewhere in the file, if there is one. */
function containerOfLink(session: Session, ref: FunctionRef, link: string): string {
  const containers = new Set<string>();
  for (const other of session.code.functionsIn(ref.file)) {
    if (!session.source.recordsOf(other).publishes.some((publish) => publish.registry.link === link)) continue;
    for (const { registry } of session.source.recordsOf(other).publishes) if (registry.link === link) containers.add(registry.container);
  }
  const [only] = containers;
  if (containers.size === 1 && only !== undefined) return plainName(only);
  return link === '' ? 'a list' : `the list of ${plainName(link)}`;
}
