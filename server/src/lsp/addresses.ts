// Between `file:` addresses and absolute paths. Other schemes (git:, untitled:) have no path and are not analysed.

import { fileURLToPath, pathToFileURL } from 'node:url';

export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}
