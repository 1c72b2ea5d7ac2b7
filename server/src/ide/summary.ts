// Summaries as people read them: locks, references per outcome, fields written, lists.

import type { FunctionSummary } from './finding.ts';
import type { Session } from './session.ts';

export function summariesOf(_session: Session, _name: string, _file: string | undefined): readonly FunctionSummary[] {
  return [];
}
