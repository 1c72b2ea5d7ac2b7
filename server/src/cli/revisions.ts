// Trees and changes as git knows them. git itself is run by the composition root.

import type { FileChange } from '../ide/effect-changes.ts';
import type { Files } from '../ide/workspace.ts';
import type { Host, Result } from './host.ts';
import { isC } from './source-text.ts';

interface Range {
  /** Names of commits. */
  readonly from: string;
  readonly to: string;
}

/** The C files that differ between the ends of `REV..REV` (an end that is left out is HEAD), as git finds renames. */
export function changesBetween(host: Host, tree: string, range: string): Result<readonly FileChange[]> {
  const ends = endsOf(host, tree, range);
  if (!ends.ok) return ends;
  const { from, to } = ends.value;
  const listed = host.git(tree, ['diff', '--relative', '--name-status', '-z', '--find-renames', '--no-ext-diff', from, to, '--', '.']);
  if (!listed.ok) return listed;
  const changes: FileChange[] = [];
  for (const { status, file, formerly } of entries(listed.value)) {
    if (!isC(file)) continue;
    const before = status === 'A' || formerly !== undefined ? undefined : show(host, tree, from, file);
    changes.push({ file, before, after: status === 'D' ? undefined : show(host, tree, to, file), ...(formerly === undefined ? {} : { formerly }) });
    if (formerly !== undefined) changes.push({ file: formerly, before: show(host, tree, from, formerly), after: undefined });
  }
  return { ok: true, value: changes.sort((one, other) => (one.file < other.file ? -1 : 1)) };
}

/** The tree as the later end of the range has it: what differs from the disk is read from git. */
export function filesAt(host: Host, tree: string, range: string): Result<Files> {
  const ends = endsOf(host, tree, range);
  if (!ends.ok) return ends;
  const { to } = ends.value;
  const listed = host.git(tree, ['diff', '--relative', '--name-status', '-z', '--no-renames', '--no-ext-diff', to, '--', '.']);
  if (!listed.ok) return listed;
  const disk = host.filesOf(tree);
  /** By path; undefined: the revision has no such file. */
  const other = new Map<string, string | undefined>();
  for (const { status, file } of entries(listed.value)) other.set(file, status === 'A' ? undefined : to);
  const known = new Map<string, string | undefined>();
  return {
    ok: true,
    value: {
      read(path) {
        if (!other.has(path)) return disk.read(path);
        if (!known.has(path)) known.set(path, other.get(path) === undefined ? undefined : show(host, tree, to, path));
        return known.get(path);
      },
      list(folder) {
        const prefix = folder === '' || folder === '.' ? '' : `${folder.replace(/\/$/, '')}/`;
        const names = new Set(disk.list(folder));
        for (const [path, revision] of other) {
          if (!path.startsWith(prefix)) continue;
          const [name = '', ...below] = path.slice(prefix.length).split('/');
          if (below.length > 0 && revision !== undefined) names.add(`${name}/`);
          else if (below.length === 0 && revision !== undefined) names.add(name);
          else if (below.length === 0) names.delete(name);
        }
        return [...names].sort();
      },
    },
  };
}

function endsOf(host: Host, tree: string, range: string): Result<Range> {
  const [, from, dots, to] = /^(.*?)(\.\.\.?)(.*)$/.exec(range) ?? [];
  if (dots === undefined || (from === '' && to === '')) return { ok: false, why: `'${range}' is not REV..REV; a patch goes to standard input` };
  const first = commit(host, tree, from === undefined || from === '' ? 'HEAD' : from);
  const last = commit(host, tree, to === undefined || to === '' ? 'HEAD' : to);
  if (!first.ok) return first;
  if (!last.ok) return last;
  if (dots === '..') return { ok: true, value: { from: first.value, to: last.value } };
  const base = host.git(tree, ['merge-base', first.value, last.value]);
  return base.ok ? { ok: true, value: { from: base.value.trim(), to: last.value } } : { ok: false, why: `'${range}': no common ancestor` };
}

function commit(host: Host, tree: string, name: string): Result<string> {
  const inside = host.git(tree, ['rev-parse', '--is-inside-work-tree']);
  if (!inside.ok) return { ok: false, why: `'${name}': ${inside.why}` };
  const found = host.git(tree, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return found.ok ? { ok: true, value: found.value.trim() } : { ok: false, why: `'${name}': no such revision` };
}

function show(host: Host, tree: string, revision: string, file: string): string | undefined {
  const text = host.git(tree, ['show', '--no-textconv', '--end-of-options', `${revision}:./${file}`]);
  return text.ok ? text.value : undefined;
}

interface Entry {
  readonly status: string;
  readonly file: string;
  readonly formerly?: string;
}

/** Of `--name-status -z`: a status, then one path, or two for a rename or a copy. */
function entries(listing: string): readonly Entry[] {
  const parts = listing.split('\0');
  const found: Entry[] = [];
  for (let at = 0; at + 1 < parts.length; ) {
    const status = (parts[at] ?? '').slice(0, 1);
    const first = parts[at + 1] ?? '';
    if (status === 'R' || status === 'C') {
      found.push(status === 'R' ? { status, file: parts[at + 2] ?? '', formerly: first } : { status: 'A', file: parts[at + 2] ?? '' });
      at += 3;
    } else {
      found.push({ status, file: first });
      at += 2;
    }
  }
  return found;
}
