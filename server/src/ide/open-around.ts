// Joins the features of `ide/around.ts` into what the workspace offers.

import type { Around } from './around.ts';
import { callees, callers, callersThrough, functionPlaceAt } from './calls.ts';
import { commitHelp } from './commit-help.ts';
import { inlayHints } from './inlay-hints.ts';
import { lens, lensPlaces } from './lens.ts';
import { registriesOf } from './registries.ts';
import type { Session } from './session.ts';

export function openAround(session: Session): Around {
  return {
    registries: (files) => registriesOf(session, files),
    functionAt: (file, position) => functionPlaceAt(session, file, position),
    callers: (of, whole) => callers(session, of, whole),
    callees: (of) => callees(session, of),
    callersThrough: (ops, file) => callersThrough(session, ops, file),
    inlayHints: (file, first, last) => inlayHints(session, file, first, last),
    lensPlaces: (file) => lensPlaces(session, file),
    lens: (of) => lens(session, of),
    commitHelp: (file, position, finding) => commitHelp(session, file, position, finding),
  };
}
