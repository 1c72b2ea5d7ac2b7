// What goes over the wire beyond standard LSP. All of it is optional: protocol.md says what for.

import type { Position } from '../base/span.ts';

/** Params of `kreflens/race` and `kreflens/why`. */
export interface PlaceParams {
  readonly textDocument: { readonly uri: string };
  /** In the session's encoding. */
  readonly position: Position;
}

/** Result of `kreflens/race` and `kreflens/why`; null: nothing there. */
export interface TextAnswer {
  readonly text: string;
}

/** Params of the notification `kreflens/status`. */
export interface StatusParams {
  readonly state: 'checking' | 'ready';
  /** For people: how much was not seen. */
  readonly detail?: string;
}

/** `{uri, position}` is taken as well: it is what a client without a protocol library writes by hand. Throws on neither. */
export function placeParams(given: unknown): PlaceParams {
  const { textDocument, uri, position } = (given ?? {}) as { textDocument?: { uri?: unknown }; uri?: unknown; position?: Partial<Position> };
  const address = textDocument?.uri ?? uri;
  if (typeof address !== 'string' || typeof position?.line !== 'number' || typeof position.character !== 'number') {
    throw new Error('expected { textDocument: { uri }, position }');
  }
  return { textDocument: { uri: address }, position: { line: position.line, character: position.character } };
}
