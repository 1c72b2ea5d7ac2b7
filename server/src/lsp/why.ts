// kreflens/why: verdict and argument for the put at a position, also where nothing is reported.

import type { PlaceParams, TextAnswer } from './protocol.ts';
import type { Session } from './session.ts';

export function why(session: Session, params: PlaceParams): TextAnswer | null {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return null;
  const { place, wire } = document;
  const answer = place.tree.workspace.why(place.file, wire.fromWire(params.position).line + 1);
  return answer === undefined ? null : { text: [answer.verdict, ...answer.lines].join('\n') };
}
