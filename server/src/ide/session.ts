// The state behind one open tree: the program, the engine on it, and what has been worked out so far.

import type { Files } from '../base/files.ts';
import type { Code } from '../program/code.ts';
import type { CodeControl } from '../program/program.ts';
import type { FullEngine } from '../engine/engine.ts';
import type { RecordSource } from '../finality/analysis.ts';

export interface Session {
  readonly files: Files;
  readonly code: Code & Pick<CodeControl, 'setText' | 'isRead'>;
  readonly engine: FullEngine;
  readonly source: RecordSource;
  textOf(file: string): string;
  configHolds(atom: string): boolean | undefined;
  setText(file: string, text: string | undefined): void;
}
