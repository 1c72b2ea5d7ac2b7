// Fixes as the tests need them: of a small set of texts, and what the texts look like with one of them.

import { applyEdits } from '../../server/src/ide/apply-edits.ts';
import type { Finding } from '../../server/src/ide/finding.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { Files, VerifiedFix, Workspace } from '../../server/src/ide/workspace.ts';
import { overlayFiles } from '../support/memory-files.ts';

export type Texts = ReadonlyMap<string, string>;

export interface Offer {
  readonly finding: Finding;
  readonly fixes: readonly VerifiedFix[];
}

/** Every finding of the `.c` files with its fixes. */
export function offers(texts: Texts, below?: Files): readonly Offer[] {
  const { workspace, findings } = look(texts, below);
  return findings.map((finding) => ({ finding, fixes: workspace.fixes(finding) }));
}

export function look(texts: Texts, below?: Files): { readonly workspace: Workspace; readonly findings: readonly Finding[] } {
  const workspace = openWorkspace(overlayFiles(texts, below), {});
  return { workspace, findings: workspace.check(sources(texts)).findings };
}

export function fixed(texts: Texts, fix: VerifiedFix): Texts {
  return new Map([...texts].map(([file, text]) => [file, applyEdits(text, fix.edits.filter((edit) => edit.file === file))]));
}

function sources(texts: Texts): string[] {
  return [...texts.keys()].filter((file) => file.endsWith('.c'));
}

/** The fix, or a failure that lists what there is. */
export function pick(all: readonly Offer[], id: string): VerifiedFix {
  const fixes = all.flatMap((offer) => offer.fixes);
  const found = fixes.find((fix) => fix.id === id);
  if (!found) throw new Error(`no fix '${id}' among: ${fixes.map((fix) => fix.id).join(', ') || 'none'}`);
  return found;
}

/** A function with a fix that holds. */
export function bodyWith(texts: Texts, id: string, name: string, below?: Files): string {
  const fix = pick(offers(texts, below), id);
  if (fix.refuted.length > 0) throw new Error(`${id} is refuted: ${fix.refuted.join('; ')}`);
  const file = fix.edits[0]?.file ?? '';
  return body(fixed(texts, fix).get(file) ?? '', name);
}

/** All fixes of all findings: refuted ones in brackets. */
export function ids(all: readonly Offer[]): string {
  return all.flatMap((offer) => offer.fixes).map((fix) => (fix.refuted.length > 0 ? `[${fix.id}]` : fix.id)).join(' ');
}

/** A function's text from its name to the closing brace in the first column. */
export function body(text: string, name: string): string {
  const start = text.search(new RegExp(`^\\w[^;\\n]*\\b${name}\\(`, 'm'));
  if (start < 0) throw new Error(`no function ${name}`);
  return text.slice(start, text.indexOf('\n}', start) + 2);
}
