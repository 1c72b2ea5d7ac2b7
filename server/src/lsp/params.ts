// What clients send with the requests beyond standard LSP, read with care: some are written by hand.

import type { Position } from '../base/span.ts';
import type { PlaceParams, RegistriesParams } from './protocol.ts';

/** `{uri, position}` is taken as well: it is what a client without a protocol library writes by hand. Throws on neither. */
export function placeParams(given: unknown): PlaceParams {
  const { textDocument, uri, position } = (given ?? {}) as { textDocument?: { uri?: unknown }; uri?: unknown; position?: Partial<Position> };
  const address = textDocument?.uri ?? uri;
  if (typeof address !== 'string' || typeof position?.line !== 'number' || typeof position.character !== 'number') {
    throw new Error('expected { textDocument: { uri }, position }');
  }
  return { textDocument: { uri: address }, position: { line: position.line, character: position.character } };
}

/** Of anything that names no document: all open ones. */
export function registriesParams(given: unknown): RegistriesParams {
  const { textDocument, uri } = (given ?? {}) as { textDocument?: { uri?: unknown }; uri?: unknown };
  const address = textDocument?.uri ?? uri;
  return typeof address === 'string' ? { textDocument: { uri: address } } : {};
}
