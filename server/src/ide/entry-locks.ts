// Locks that are held whenever a function is entered, because all of its callers hold them: told only of functions whose
// callers are all in sight, the static ones of a source file.

import { entryLocksOf } from '../finality/analysis.ts';
import type { EntryLocks } from '../finality/judge.ts';
import type { Session } from './session.ts';

export function certainEntryLocks({ code, engine }: Session): EntryLocks {
  return entryLocksOf({ ...code, callers: (ref) => (ref.item.isStatic && ref.file.endsWith('.c') ? code.callers(ref) : []) }, engine);
}
