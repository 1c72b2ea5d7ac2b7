// The findings of a document, remembered until something in its tree changes, and held over a half-typed function.

import { createHash } from 'node:crypto';

import type { Diagnostic } from 'vscode-languageserver/node';

import type { Gap } from '../base/gap.ts';
import { asLongAs, finish, type Steps } from '../base/steps.ts';
import { chooseFindings } from '../ide/choose-findings.ts';
import { diagnosticOf } from './diagnostic.ts';
import type { Document } from './documents.ts';
import { judged, type Judged } from './held-over.ts';
import { inChangedFunctions } from './only-changed.ts';
import type { Session } from './session.ts';

export interface Answer extends Judged {
  readonly diagnostics: readonly Diagnostic[];
  /** Equal for equal diagnostics, so that "unchanged" can be said without remembering what was sent. */
  readonly resultId: string;
  readonly generation: number;
  readonly gaps: number;
}

/** The newest findings, at once. */
export function answerFor(session: Session, document: Document): Answer {
  return finish(answering(session, document));
}

/** The same in steps; undefined: the document or its tree changed in between. */
export function freshAnswer(session: Session, document: Document): Steps<Answer | undefined> {
  const { tree } = document.place;
  const { generation } = tree;
  return asLongAs(() => tree.generation === generation && session.documents.get(document.uri) === document, answering(session, document));
}

/** Never throws: where the engine fails, the previous findings stay, moved with the text, and the log says why. */
function* answering(session: Session, document: Document): Steps<Answer> {
  const { tree, file } = document.place;
  const previous = session.answers.get(document.uri);
  if (previous?.generation === tree.generation) return previous;
  let answer: Answer;
  try {
    answer = yield* check(session, document, previous);
  } catch (error) {
    session.log(`the check of ${file} failed: ${String(error)}`);
    const unparsed: Gap = { file, line: 1, kind: 'parse', detail: String(error) };
    answer = show(session, document, judged(previous, document.wire.text, [], [unparsed]), 1);
  }
  session.answers.set(document.uri, answer);
  return answer;
}

function* check(session: Session, document: Document, previous: Answer | undefined): Steps<Answer> {
  const { place: { tree, file }, wire } = document;
  const report = yield* tree.workspace.checking([file]);
  const all = chooseFindings(report.findings, session.settings).filter((finding) => finding.file === file);
  const chosen = session.settings.onlyChanged ? inChangedFunctions(session, document, all) : all;
  const result = judged(previous, wire.text, chosen, report.gaps.filter((gap) => gap.file === file));
  return show(session, document, result, report.gaps.length);
}

function show(session: Session, { place: { tree }, wire }: Document, result: Judged, gaps: number): Answer {
  const diagnostics = result.findings.map((finding) => diagnosticOf(session, tree, finding, wire));
  return {
    ...result,
    diagnostics,
    resultId: createHash('sha256').update(JSON.stringify(diagnostics)).digest('hex').slice(0, 16),
    generation: tree.generation,
    gaps,
  };
}
