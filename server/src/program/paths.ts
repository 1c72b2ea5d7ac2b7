// Paths as the program sees them: `/` between parts, relative to the tree or absolute; the tree itself is ''.

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : slash === 0 ? '/' : path.slice(0, slash);
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Joins and resolves `.` and `..`. undefined when `..` leaves the tree. */
export function join(folder: string, rest: string): string | undefined {
  const absolute = folder.startsWith('/') || rest.startsWith('/');
  const parts: string[] = [];
  const all = rest.startsWith('/') ? rest : `${folder}/${rest}`;
  for (const part of all.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return (absolute ? '/' : '') + parts.join('/');
}

/** The folder itself, then its parents, the tree's root ('' or '/') last. */
export function upwards(folder: string): readonly string[] {
  const folders = [folder];
  for (let at = folder; at !== '' && at !== '/'; ) {
    at = folderOf(at);
    folders.push(at);
  }
  return folders;
}

/** The names in a folder, as paths. */
export function inside(folder: string, name: string): string {
  return folder === '' || folder === '/' ? folder + name : `${folder}/${name}`;
}
