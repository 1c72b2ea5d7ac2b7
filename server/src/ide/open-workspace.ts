// Opens the engine on a set of files: the one door through which the faces get at it.

import { loadKnowledge } from '../kernel/knowledge.ts';
import { createEngine } from '../engine/engine.ts';
import { openCode } from '../program/program.ts';
import { createRecordSource } from '../finality/analysis.ts';
import { checkFiles } from './check.ts';
import { fixesOf } from './fixes/fixes.ts';
import { hover } from './hover.ts';
import { race } from './race.ts';
import { summariesOf } from './summary.ts';
import { why } from './why.ts';
import type { Session } from './session.ts';
import type { Files, Workspace, WorkspaceOptions } from './workspace.ts';

export function openWorkspace(files: Files, options: WorkspaceOptions): Workspace {
  const session = openSession(files, options);
  return {
    setText: (file, text) => {
      session.setText(file, text);
    },
    check: (paths) => checkFiles(session, paths),
    summary: (name, file) => summariesOf(session, name, file),
    hover: (file, position) => hover(session, file, position),
    fixes: (finding) => fixesOf(session, finding),
    why: (file, line) => why(session, file, line),
    race: (finding) => race(session, finding),
  };
}

function openSession(files: Files, options: WorkspaceOptions): Session {
  const knowledge = loadKnowledge();
  const { kconfig } = options;
  const code = openCode(files, knowledge, kconfig ? { kconfig } : {});
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
    files, code, textOf, configHolds,
    get engine() { return engine; },
    get source() { return source; },
    setText: (file, text) => {
      const before = outlineOf(file);
      code.setText(file, text);
      if (text === undefined) texts.delete(file);
      else texts.set(file, text);
      // Declarations may mean something else everywhere; bodies only to those that call them.
      if (outlineOf(file) === before) {
        engine.dropStale();
        source = createRecordSource(engine, source);
      } else ({ engine, source } = make());
    },
  };
  return session;

  /** A file's text without the bodies of its functions. */
  function outlineOf(file: string): string {
    const whole = textOf(file);
    let outline = '';
    let at = 0;
    for (const { item } of code.functionsIn(file)) {
      if (item.bodySpan.start < at) continue;
      outline += whole.slice(at, item.bodySpan.start);
      at = item.bodySpan.end;
    }
    return outline + whole.slice(at);
  }
}
