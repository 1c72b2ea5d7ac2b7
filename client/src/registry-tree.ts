// The registries view's rows: what each says to the eye and to a screen reader. Pure, and so tested without an editor.

import type { Registry, RegistryPlace } from '../../server/src/lsp/protocol.ts';
import { t } from './texts.ts';

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

const groups = () => [
  { key: 'lookups', label: t('Lookups'), icon: 'search' },
  { key: 'gets', label: t('Gets'), icon: 'add' },
  { key: 'puts', label: t('Puts'), icon: 'remove' },
  { key: 'unlinks', label: t('Unlinks'), icon: 'trash' },
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
      tooltip: object === '' ? t('{0}, found {1}', name, found) : t('{0}: objects of class {1}, found {2}', name, object, found),
      spoken: object === '' ? t('Registry {0}, objects found {1}', name, found) : t('Registry {0} of {1}, objects found {2}', name, object, found),
      rows: groups().map(group => groupRow(id, group, registry[group.key])).filter(({ rows }) => rows.length > 0),
    };
  });
}

/** The locks that all lookups hold. */
function foundUnder({ lookups }: Registry): string {
  if (lookups.length === 0) return t('by no lookup seen');
  const always = (lookups[0]?.held ?? []).filter(lock => lookups.every(({ held }) => held.includes(lock)));
  return always.length === 0 ? t('under no common lock') : t('under {0}', always.join(', '));
}

function groupRow(above: string, { key, label, icon }: ReturnType<typeof groups>[number], places: readonly RegistryPlace[]): Row {
  return {
    kind: 'group', id: `${above}/${key}`, label, description: String(places.length), icon,
    tooltip: `${label}: ${places.length}`, spoken: `${label}, ${places.length}`,
    rows: places.map((place, index) => placeRow(`${above}/${key}/${index}`, place)),
  };
}

function placeRow(id: string, place: RegistryPlace): Row {
  const file = place.file.split('/').at(-1) ?? place.file;
  const held = place.held.length === 0 ? t('no lock held') : t('{0} held', place.held.join(', '));
  return {
    kind: 'place', id, place, rows: [], icon: place.held.length === 0 ? 'unlock' : 'lock',
    label: `${place.function}()`,
    description: `${held} · ${file}:${place.line}`,
    tooltip: `${place.text}\n${place.file}:${place.line}, ${held}`,
    spoken: t('{0} in {1}(), {2}, {3} line {4}', place.text, place.function, held, file, place.line),
  };
}
