// The registries view's rows: what each says to the eye and to a screen reader. Pure, and so tested without an editor.

import type { Registry, RegistryPlace } from '../../server/src/lsp/protocol.ts';

export interface Row {
  readonly kind: 'registry' | 'group' | 'place';
  /** Stays the same from one answer to the next, so that what was unfolded stays so. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** All of it in one sentence. */
  readonly spoken: string;
  /** A name among the editor's own pictures. */
  readonly icon: string;
  readonly place?: RegistryPlace;
  readonly rows: readonly Row[];
}

const GROUPS = [
  { key: 'lookups', label: 'Lookups', icon: 'search' },
  { key: 'gets', label: 'Gets', icon: 'add' },
  { key: 'puts', label: 'Puts', icon: 'remove' },
  { key: 'unlinks', label: 'Unlinks', icon: 'trash' },
] as const;

export function registryRows(registries: readonly Registry[]): readonly Row[] {
  return registries.map((registry, index) => {
    const { name, object } = registry;
    const found = foundUnder(registry);
    // Two trees in one window may have a registry of the same name each.
    const id = `${name}#${registries.slice(0, index).filter(other => other.name === name).length}`;
    return {
      kind: 'registry', id, label: name, icon: 'list-tree',
      description: object === '' ? found : `${object}, ${found}`,
      tooltip: `${name}${object === '' ? '' : `: objects of class ${object}`}, found ${found}`,
      spoken: `Registry ${name}${object === '' ? '' : ` of ${object}`}, objects found ${found}`,
      rows: GROUPS.map(group => groupRow(id, group, registry[group.key])).filter(({ rows }) => rows.length > 0),
    };
  });
}

/** The locks that all lookups hold. */
function foundUnder({ lookups }: Registry): string {
  if (lookups.length === 0) return 'by no lookup seen';
  const always = (lookups[0]?.held ?? []).filter(lock => lookups.every(({ held }) => held.includes(lock)));
  return always.length === 0 ? 'under no common lock' : `under ${always.join(', ')}`;
}

function groupRow(above: string, { key, label, icon }: (typeof GROUPS)[number], places: readonly RegistryPlace[]): Row {
  return {
    kind: 'group', id: `${above}/${key}`, label, description: String(places.length), icon,
    tooltip: `${label}: ${places.length}`, spoken: `${label}, ${places.length}`,
    rows: places.map((place, index) => placeRow(`${above}/${key}/${index}`, place)),
  };
}

function placeRow(id: string, place: RegistryPlace): Row {
  const file = place.file.split('/').at(-1) ?? place.file;
  const held = place.held.length === 0 ? 'no lock held' : `${place.held.join(', ')} held`;
  return {
    kind: 'place', id, place, rows: [], icon: place.held.length === 0 ? 'unlock' : 'lock',
    label: `${place.function}()`,
    description: `${held} · ${file}:${place.line}`,
    tooltip: `${place.text}\n${place.file}:${place.line}, ${held}`,
    spoken: `${place.text} in ${place.function}(), ${held}, ${file} line ${place.line}`,
  };
}
