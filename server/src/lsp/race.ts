// kreflens/race: the two-CPU diagram of the finding at a position, as text and as steps.

import type { Finding } from '../ide/finding.ts';
import type { RaceStep } from '../ide/interleaving.ts';
import { uriOf } from './addresses.ts';
import { answerFor } from './answers.ts';
import type { PlaceParams, RaceAnswer, WireStep } from './protocol.ts';
import type { Session } from './session.ts';
import { absolutePath, type Tree } from './trees.ts';

export function race(session: Session, params: PlaceParams): RaceAnswer | null {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return null;
  const { line } = document.wire.fromWire(params.position);
  const { tree } = document.place;
  const answers = answerFor(session, document).findings
    .filter(({ range }) => range.start.line <= line && line <= range.end.line)
    .map((finding) => raceOf(tree, finding))
    .filter(({ text }) => text !== '');
  // Two rules may speak about one line: what has a second CPU is more to look at.
  return answers.find(({ steps }) => steps !== undefined) ?? answers[0] ?? null;
}

function raceOf(tree: Tree, finding: Finding): RaceAnswer {
  const steps = tree.workspace.interleaving(finding).map((step) => onTheWire(tree, step));
  return { text: tree.workspace.race(finding), title: finding.message, ...(steps.length === 0 ? {} : { steps }) };
}

function onTheWire(tree: Tree, { place, ...step }: RaceStep): WireStep {
  return place === undefined ? step : { ...step, uri: uriOf(absolutePath(tree, place.file)), file: place.file, line: place.line - 1 };
}
