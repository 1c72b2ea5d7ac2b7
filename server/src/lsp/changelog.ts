// kreflens/changelog: texts for a commit about the function at a position, and the finding there if there is one.

import { answerFor } from './answers.ts';
import type { ChangelogAnswer, PlaceParams } from './protocol.ts';
import type { Session } from './session.ts';

export function changelog(session: Session, params: PlaceParams): ChangelogAnswer | null {
  const document = session.documents.get(params.textDocument.uri);
  if (document === undefined) return null;
  const { place: { tree, file }, wire } = document;
  const position = wire.fromWire(params.position);
  const finding = answerFor(session, document).findings.find(({ range }) => range.start.line <= position.line && position.line <= range.end.line);
  const help = tree.workspace.around.commitHelp(file, position, finding);
  if (help === undefined) return null;
  const { changelog: text, ...rest } = help;
  return { ...(text === undefined ? {} : { text }), ...rest };
}
