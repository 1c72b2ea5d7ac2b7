// kreflens/race: the two-CPU diagram of the finding at a position, as text.

import { answerFor } from './answers.ts';
import type { PlaceParams, TextAnswer } from './protocol.ts';
import type { Session } from './session.ts';

export function race(session: Session, params: PlaceParams): TextAnswer | null {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return null;
  const { line } = document.wire.fromWire(params.position);
  const { workspace } = document.place.tree;
  const text = answerFor(session, document).findings
    .filter(({ range }) => range.start.line <= line && line <= range.end.line)
    .map((finding) => workspace.race(finding))
    .find((diagram) => diagram !== '');
  return text === undefined ? null : { text };
}
