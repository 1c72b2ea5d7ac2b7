// Files for tests: a map in memory, alone or laid over a folder on disk.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../../server/src/ide/workspace.ts';

const nothing: Files = { read: () => undefined, list: () => [] };

export function diskFiles(root: string): Files {
  return {
    read(path) {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return undefined;
      }
    },
    list(folder) {
      try {
        const entries = readdirSync(join(root, folder), { withFileTypes: true });
        return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
      } catch {
        return [];
      }
    },
  };
}

/** Reads `texts` first (paths relative to the tree), then `below`. */
export function overlayFiles(texts: ReadonlyMap<string, string>, below: Files = nothing): Files {
  return {
    read: (path) => texts.get(path) ?? below.read(path),
    list(folder) {
      const prefix = folder === '' || folder === '.' ? '' : `${folder.replace(/\/$/, '')}/`;
      const names = new Set(below.list(folder));
      for (const path of texts.keys()) {
        if (!path.startsWith(prefix)) continue;
        const rest = path.slice(prefix.length);
        const slash = rest.indexOf('/');
        names.add(slash === -1 ? rest : rest.slice(0, slash + 1));
      }
      return [...names].sort();
    },
  };
}
