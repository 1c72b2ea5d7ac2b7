// The data files as they are on disk, for the tests that check them one by one.

import { readFileSync, readdirSync } from 'node:fs';
import type { DataFile } from '../../server/src/kernel/knowledge.ts';

const FOLDER = new URL('../../server/src/kernel/data/', import.meta.url);

export interface NamedFile {
  readonly file: string;
  readonly data: DataFile;
}

export function dataFiles(): readonly NamedFile[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json') && !file.endsWith('schema.json'))
    .sort()
    .map((file) => ({ file, data: readJson(file) as DataFile }));
}

export function dataSchema(): object {
  return readJson('schema.json') as object;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}

/** Every name with the kind of entry it has and where the entry was read. */
export function allEntries(): readonly { kind: string; name: string; file: string; source: string; historic: boolean }[] {
  return dataFiles().flatMap(({ file, data }) => {
    const one = (kind: string, name: string, source: string | undefined, historic: true | undefined) => ({
      kind, name, file, source: source ?? '', historic: historic ?? false,
    });
    return [
      ...(data.primitives ?? []).flatMap((e) => e.names.map((name) => one('primitive', name, e.source, e.historic))),
      ...(data.iterators ?? []).flatMap((e) => e.names.map((name) => one('iterator', name, e.source, e.historic))),
      ...(data.containers ?? []).flatMap((e) => e.names.map((name) => one('container', name, e.source, e.historic))),
      ...(data.guards ?? []).map((e) => one('guard', e.name, e.source, undefined)),
      ...Object.entries(data.homes ?? {}).flatMap(([source, names]) =>
        names.map((name) => one('home', name, source, undefined)),
      ),
    ];
  });
}
