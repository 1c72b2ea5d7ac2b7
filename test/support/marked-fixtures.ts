// Fixtures: C files of our own with the expected findings written into them. A mark stands at the end of its line:
//
//   kref_put(&b->ref, b_free); /*! final-put-outside-lookup-lock */
//   kobject_put(&g->kobj);     /*! unlink-deferred-past-lock CONFIG_DEBUG_KOBJECT_RELEASE */
//
// Two findings on one line are separated by a comma; an option says that the finding holds only under it. A file
// without marks must give no findings. A folder whose name ends in `.ok` or `.bad` is one fixture of several files.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../server/src/ide/finding.ts';
import type { Difference } from './expectation.ts';

interface Mark {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly rule: string;
  readonly config?: string;
}

export interface Fixture {
  /** Path below the folder of fixtures, without `.c`. */
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly marks: readonly Mark[];
}

const mark = /\/\*!\s*([^*]+?)\s*\*\//g;

function marksOf(file: string, text: string): Mark[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(mark)].flatMap(([, list = '']) => list.split(',').map((one): Mark => {
      const [rule = '', config] = one.trim().split(/\s+/);
      return { file, line: index + 1, rule, ...(config === undefined ? {} : { config }) };
    })));
}

function fixture(name: string, paths: readonly (readonly [string, string])[]): Fixture {
  const files = new Map(paths.map(([file, path]) => [file, readFileSync(path, 'utf8')] as const));
  return { name, files, marks: [...files].flatMap(([file, text]) => marksOf(file, text)) };
}

/** All fixtures below a folder, by name. */
export function loadFixtures(folder: string, below = ''): Fixture[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): Fixture[] => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory() && /\.(?:ok|bad)$/.test(entry.name)) {
      const names = readdirSync(join(folder, path)).sort();
      return [fixture(path, names.map((name) => [name, join(folder, path, name)] as const))];
    }
    if (entry.isDirectory()) return loadFixtures(folder, path);
    if (!entry.name.endsWith('.c')) return [];
    return [fixture(path.slice(0, -2), [[entry.name, join(folder, path)]])];
  });
}

function describe({ file, line, rule, config }: Mark): string {
  return `${file}:${line}: ${rule}${config === undefined ? '' : ` ${config}`}`;
}

/** What differs between all marks and all findings; a finding that comes twice is unexpected the second time. */
export function compareWithMarks({ marks }: Fixture, findings: readonly Finding[]): Difference {
  const missing = new Set(marks.map(describe));
  const unexpected = findings.map((finding): string => describe({
    file: finding.file, line: finding.range.start.line + 1, rule: finding.rule,
    ...(finding.config === undefined ? {} : { config: finding.config }),
  })).filter((one) => !missing.delete(one));
  return { missing: [...missing], unexpected };
}
