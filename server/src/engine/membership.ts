// Whether an object is an entry of a registry, by where it came from.

import { rootOf, type Value } from '../domain/value.ts';
import type { State } from './state.ts';
import type { Frame } from './frame.ts';

/** Is the object, by where it came from on this path, an entry of the registry with that container? */
export function isMember(frame: Frame, state: State, value: Value, container: string): boolean {
  const within = (address: Value): boolean => {
    const name = frame.engine.typing.placeName(address, frame.fn.file);
    return name !== undefined && (name === container || name.startsWith(`${container}.`));
  };
  const root = rootOf(value);
  if (root.node.k === 'element' && within(root.node.container)) return true;
  return state.effects.some((effect) => effect.do === 'publish' && rootOf(effect.item) === root && within(effect.into)) &&
    !state.effects.some((effect) => effect.do === 'unlink' && effect.item !== undefined && rootOf(effect.item) === root);
}
