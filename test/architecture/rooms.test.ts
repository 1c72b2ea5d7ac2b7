// The map of the rooms (server/src/ROOMS.md) is true: every room is on it, and no import leaves the directions it draws,
// neither directly nor by way of other files.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exists, importsOf, read, readMap, ROOT, roomOf, SOURCES, type Imports, type Room } from './sources.ts';

const map = readMap(read('server/src/ROOMS.md'));
const rooms = new Map(map.map((room) => [room.name, room]));
const graph: ReadonlyMap<string, Imports> = new Map(SOURCES.map((path) => [path, importsOf(path)]));

/** A file's name as the map spells it: `ide/finding.ts`. */
const spelled = (path: string): string => path.replace(/^(server|client)\/src\//, '');

/** All that a room's row grants, by way of the rows of the rooms that it names. A granted file brings its room's rights along. */
function reachable(room: Room, seen = new Set<string>([room.name])): ReadonlySet<string> {
  for (const grant of room.mayImport) {
    if (seen.has(grant)) continue;
    seen.add(grant);
    const next = rooms.get(grant);
    if (next !== undefined) reachable(next, seen);
  }
  return seen;
}

function allows(grants: ReadonlySet<string>, path: string): boolean {
  return grants.has(roomOf(path) ?? '') || grants.has(spelled(path));
}

/** Every file that this one reaches, with the way there. */
function waysFrom(start: string, imports: (path: string) => readonly string[]): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[start, [start]]]);
  for (const [path, way] of ways) {
    for (const next of imports(path)) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return ways;
}

const sourcesOf = (path: string): readonly string[] => (graph.get(path)?.files ?? []).filter((file) => file.endsWith('.ts'));

test('the map lists the rooms that exist, each once', () => {
  const folders = readdirSync(join(ROOT, 'server/src'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual(map.map(({ name }) => name).sort(), [...folders, 'client'].sort());
  assert.deepEqual(SOURCES.filter((path) => roomOf(path) === undefined), [], 'every source file stands in a room');
});

test('what the map grants exists, and a room is listed after those it may import', () => {
  const seen = new Set<string>();
  for (const { name, mayImport } of map) {
    for (const grant of mayImport) {
      const isFile = grant.endsWith('.ts');
      if (isFile) assert.ok(exists(`server/src/${grant}`), `${name}: ${grant}`);
      else assert.ok(seen.has(grant), `${name}: '${grant}' is no room, or comes later: directions must not form a circle`);
    }
    seen.add(name);
  }
});

test('a granted file asks for nothing that the row does not grant itself', () => {
  for (const room of map) {
    const grants = new Set([room.name, ...room.mayImport]);
    for (const file of room.mayImport.filter((grant) => grant.endsWith('.ts'))) {
      // Types of the lowest room are everybody's.
      const beyond = sourcesOf(`server/src/${file}`).filter((path) => !allows(grants, path) && roomOf(path) !== 'base');
      assert.deepEqual(beyond, [], `${file}, granted to ${room.name}`);
    }
  }
});

for (const room of map) {
  const own = SOURCES.filter((path) => roomOf(path) === room.name);
  const direct = new Set([room.name, ...room.mayImport]);

  test(`${room.name} imports only what its row allows`, () => {
    assert.ok(own.length > 0, 'the room is not empty');
    const wrong = own.flatMap((path) => {
      const { files, modules } = graph.get(path) ?? { files: [], modules: [] };
      const strayFiles = files.filter((file) => (file.endsWith('.ts') ? !allows(direct, file) : roomOf(file) !== room.name && !room.outside.includes(file)));
      return [...strayFiles, ...modules.filter((name) => !room.outside.includes(name))].map((to) => `${path} -> ${to}`);
    });
    assert.deepEqual(wrong, []);
  });

  test(`${room.name} reaches nothing else by way of other files`, () => {
    const granted = new Set([...reachable(room), ...(room.mayImport.some((grant) => grant.endsWith('.ts')) ? ['base'] : [])]);
    const wrong = own.flatMap((path) => [...waysFrom(path, sourcesOf)].filter(([to]) => !allows(granted, to)).map(([, way]) => way.join(' -> ')));
    assert.deepEqual(wrong, []);
  });

  test(`${room.name} needs all that its row allows from outside`, () => {
    const used = new Set(own.flatMap((path) => [...(graph.get(path)?.modules ?? []), ...(graph.get(path)?.files ?? [])]));
    assert.deepEqual(room.outside.filter((name) => !used.has(name)), []);
  });
}

test('a forbidden direction would be found', () => {
  const lower = rooms.get('lower');
  const faces = SOURCES.find((path) => roomOf(path) === 'lsp');
  assert.ok(lower !== undefined && faces !== undefined);
  assert.equal(allows(reachable(lower), faces), false);
  const detour = new Map([['a', ['b']], ['b', ['c']], ['c', ['a']]]);
  assert.deepEqual([...waysFrom('a', (path) => detour.get(path) ?? []).values()].at(-1), ['a', 'b', 'c']);
});
