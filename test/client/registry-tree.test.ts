// The rows of the registries view.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Registry, RegistryPlace } from '../../server/src/lsp/protocol.ts';
import { registryRows } from '../../client/src/registry-tree.ts';
import type { Row } from '../../client/src/registry-tree.ts';

function place(name: string, line: number, held: readonly string[]): RegistryPlace {
  return { uri: 'file:///t/drivers/group.c', file: 'drivers/group.c', line, function: name, held, text: `${name}_call(x)` };
}

const groups: Registry = {
  name: 'hub.groups', object: 'group',
  lookups: [place('group_get', 34, ['groups_lock', 'a']), place('group_find', 60, ['groups_lock'])],
  gets: [], puts: [place('group_put', 53, [])], unlinks: [place('group_release', 21, [])],
};

const all = (rows: readonly Row[]): readonly Row[] => rows.flatMap(row => [row, ...all(row.rows)]);

it('a registry says what is in it and which lock all its lookups hold', () => {
  const [row] = registryRows([groups]);
  assert.equal(row?.label, 'hub.groups');
  assert.equal(row.description, 'group, under groups_lock');
  assert.equal(row.spoken, 'Registry hub.groups of group, objects found under groups_lock');
  assert.equal(registryRows([{ ...groups, object: '', lookups: [] }])[0]?.description, 'by no lookup seen');
  assert.equal(registryRows([{ ...groups, lookups: [place('f', 1, ['a']), place('g', 2, ['b'])] }])[0]?.description, 'group, under no common lock');
});

it('its places stand in groups, empty ones left out', () => {
  const rows = registryRows([groups])[0]?.rows ?? [];
  assert.deepEqual(rows.map(({ label, description, rows: { length } }) => [label, description, length]), [['Lookups', '2', 2], ['Puts', '1', 1], ['Unlinks', '1', 1]]);
});

it('a place says whether a lock is held in words, not by its picture alone', () => {
  const places = all(registryRows([groups])).filter(row => row.place !== undefined);
  assert.deepEqual(places.map(({ label, description, icon }) => [label, description, icon]), [
    ['group_get()', 'groups_lock, a held · group.c:34', 'lock'],
    ['group_find()', 'groups_lock held · group.c:60', 'lock'],
    ['group_put()', 'no lock held · group.c:53', 'unlock'],
    ['group_release()', 'no lock held · group.c:21', 'unlock'],
  ]);
  assert.equal(places[2]?.spoken, 'group_put_call(x) in group_put(), no lock held, group.c line 53');
});

it('every row has a sentence of its own and an identity of its own', () => {
  const rows = all(registryRows([groups, groups, { ...groups, name: 'other' }]));
  assert.ok(rows.every(({ spoken, tooltip }) => spoken !== '' && tooltip !== ''));
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
});
