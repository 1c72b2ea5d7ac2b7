// What the engine gets wrong in the states today, by version and case; see support/known.ts.

import type { KnownTable } from '../support/known.ts';

export const KNOWN: KnownTable = {
};
