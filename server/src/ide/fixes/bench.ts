// Where edits are tried: the session's program, with other texts for a moment, and an engine of its own that reads them.
// The engine stays, so that a trial costs what the edits change; the session's own never sees a text that is not there.

import { createEngine, type FullEngine } from '../../engine/engine.ts';
import { createRecordSource, type RecordSource } from '../../finality/analysis.ts';
import { applyEdits } from '../apply-edits.ts';
import type { Session } from '../session.ts';
import type { Edit } from '../workspace.ts';

export interface Bench {
  /** Runs `work` on the texts with the edits in, and puts them back. */
  look<T>(edits: readonly Edit[], work: (session: Session) => T): T;
}

/** By the session's engine: that is another one when more than the insides of functions has changed. */
const benches = new WeakMap<FullEngine, Bench>();

export function benchOf(session: Session): Bench {
  const known = benches.get(session.engine);
  if (known) return known;
  const bench = openBench(session);
  benches.set(session.engine, bench);
  return bench;
}

function openBench(session: Session): Bench {
  const { files, code, configHolds } = session;
  const texts = new Map<string, string>();
  const textOf = (file: string): string => texts.get(file) ?? session.textOf(file);
  const engine = createEngine(code, session.engine.base.knowledge, { textOf, configHolds });
  let source: RecordSource = createRecordSource(engine);
  return {
    look(edits, work) {
      for (const file of new Set(edits.map((edit) => edit.file))) {
        texts.set(file, applyEdits(session.textOf(file), edits.filter((edit) => edit.file === file)));
      }
      try {
        for (const [file, text] of texts) code.setText(file, text);
        engine.dropStale();
        source = createRecordSource(engine, source);
        return work({ files, code, configHolds, textOf, engine, source, setText: () => undefined });
      } finally {
        for (const file of texts.keys()) code.setText(file, session.textOf(file));
        texts.clear();
      }
    },
  };
}
