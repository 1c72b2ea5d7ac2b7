// The formats of `check` by name.

import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { mail } from './mail.ts';
import type { Format } from './report.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

export const formats = { text, json, sarif, github, gitlab, junit, mail } as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;
