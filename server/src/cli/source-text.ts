// From bytes to C text: what can be read at all, and what had to be replaced.

import type { Gap } from '../base/gap.ts';
import type { Result } from './host.ts';

/** Bytes. The largest C file of the kernel is below 3 MB; what is beyond this is data. */
export const largestFile = 16 * 1024 * 1024;

export interface SourceText {
  readonly text: string;
  readonly gaps: readonly Gap[];
}

/** `file` is the path that gaps name. */
export function sourceText(file: string, bytes: Uint8Array): Result<SourceText> {
  if (bytes.length > largestFile) return { ok: false, why: 'larger than 16 MB' };
  if (bytes.includes(0)) return { ok: false, why: 'binary, not C' };
  try {
    return { ok: true, value: { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), gaps: [] } };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    // A file may hold a real U+FFFD before the first bad byte: then the line is a little early, which does no harm.
    const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length;
    return { ok: true, value: { text, gaps: [{ file, line, kind: 'parse', detail: 'invalid UTF-8 was replaced' }] } };
  }
}

/** Text that is not C: a log, a patch. Bytes that are not UTF-8 are replaced. */
export function plainText(bytes: Uint8Array): Result<string> {
  if (bytes.length > largestFile) return { ok: false, why: 'larger than 16 MB' };
  if (bytes.includes(0)) return { ok: false, why: 'binary, not text' };
  return { ok: true, value: new TextDecoder('utf-8').decode(bytes) };
}

export function isC(path: string): boolean {
  return path.endsWith('.c') || path.endsWith('.h');
}
