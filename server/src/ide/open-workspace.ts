// Opens the engine on a set of files: the one door through which the faces get at it.

import { finish } from '../base/steps.ts';
import { withFacts } from '../kernel/facts.ts';
import { loadKnowledge } from '../kernel/knowledge.ts';
import { createEngine } from '../engine/engine.ts';
import { openCode } from '../program/program.ts';
import { createRecordSource } from '../finality/analysis.ts';
import { openFacts, withCallers, type FactsFiles } from './facts-files.ts';
import { factsAt } from './fixes/assert-held.ts';
import { fixesOf } from './fixes/fixes.ts';
import { hover } from './hover.ts';
import { interleaving, race } from './race.ts';
import { reportOn } from './report.ts';
import { openAround } from './open-around.ts';
import { summariesOf } from './summary.ts';
import { why } from './why.ts';
import type { Session } from './session.ts';
import type { Files, Workspace, WorkspaceOptions } from './workspace.ts';

export function openWorkspace(files: Files, options: WorkspaceOptions): Workspace {
  const facts = openFacts(files, options.userFacts);
  const session = openSession(files, options, facts);
  return {
    setText: (file, text) => {
      session.setText(file, text);
    },
    check: (paths) => finish(reportOn(session, paths, options, facts)),
    checking: (paths) => reportOn(session, paths, options, facts),
    mistakes: () => facts.mistakes(),
    summary: (name, file) => summariesOf(session, name, file),
    hover: (file, position, linkTo) => hover(session, file, position, linkTo),
    fixes: (finding) => fixesOf(session, finding),
    facts: (file, line) => factsAt(session, file, line),
    why: (file, line) => why(session, file, line),
    race: (finding) => race(session, finding),
    interleaving: (finding) => interleaving(session, finding),
    around: openAround(session),
  };
}

function openSession(files: Files, { kconfig, index }: WorkspaceOptions, facts: FactsFiles): Session {
  /** Texts that are not the disk's. */
  const opened = new Map<string, string>();
  const makeCode = () => {
    const knowledge = withFacts(loadKnowledge(), facts.all());
    const code = withCallers(openCode(files, knowledge, { ...(kconfig ? { kconfig } : {}), ...(index ? { index } : {}) }), facts.all());
    for (const [file, text] of opened) code.setText(file, text);
    return { code, knowledge };
  };
  let { code, knowledge } = makeCode();
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const text = files.read(file) ?? '';
    texts.set(file, text);
    return text;
  };
  const configHolds = (atom: string): boolean | undefined => {
    if (!kconfig) return undefined;
    const negated = atom.startsWith('!');
    const value = kconfig.get(negated ? atom.slice(1) : atom);
    const on = value === 'y' || value === 'm';
    return negated ? !on : on;
  };
  const make = () => {
    const engine = createEngine(code, knowledge, { textOf, configHolds });
    return { engine, source: createRecordSource(engine) };
  };
  let { engine, source } = make();
  const session: Session = {
    files, textOf, configHolds,
    get code() { return code; },
    get engine() { return engine; },
    get source() { return source; },
    setText: (file, text) => {
      if (facts.isFacts(file)) {
        if (!facts.setText(file, text)) return;
        ({ code, knowledge } = makeCode());
        ({ engine, source } = make());
        return;
      }
      if (text === undefined && !opened.has(file) && !texts.has(file) && !code.isRead(file)) {
        // Another branch was checked out, say: of what nobody has looked at only the names count.
        if (code.setText(file, text) !== 'nothing') ({ engine, source } = make());
        return;
      }
      if (text === undefined) opened.delete(file);
      else opened.set(file, text);
      const change = code.setText(file, text);
      if (text === undefined) texts.delete(file);
      else texts.set(file, text);
      // Declarations may mean something else everywhere; bodies only to those that call them, comments to nobody.
      if (change === 'declarations') ({ engine, source } = make());
      else {
        engine.dropStale();
        source = createRecordSource(engine, source);
      }
    },
  };
  return session;
}
