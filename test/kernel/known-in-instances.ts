// What the engine gets wrong in the instances today, by file; see support/known.ts.

import type { KnownTable } from '../support/known.ts';

export const KNOWN: KnownTable = {
};
