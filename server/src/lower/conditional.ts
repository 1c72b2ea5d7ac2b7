// `#if` inside a function: the tokens that count, and the branches that are alternatives of each other. Which
// conditional is of which kind is decided by the syntax room, for the tree and the tokens alike.

import type { Span } from '../base/span.ts';
import { conditionalRegions } from '../syntax/normalise.ts';
import type { ConditionalRegion } from '../syntax/normalise.ts';
import { tokenise } from './tokens.ts';
import type { Token } from './tokens.ts';

export interface Prepared {
  /** Directive tokens are left only where they part alternatives. */
  readonly tokens: readonly Token[];
  /** Branches of whole statements, with offsets in the file's text, in order. */
  readonly alternatives: readonly ConditionalRegion[];
  /** Offsets of the conditionals of which only one branch is in the tokens. */
  readonly chosen: readonly number[];
}

export function prepare(text: string, span: Span): Prepared {
  const all = tokenise(text, span.start, span.end);
  if (!all.some((token) => token.kind === 'directive')) return { tokens: all, alternatives: [], chosen: [] };
  const regions = conditionalRegions(text.slice(span.start, span.end))
    .map((region) => ({ ...region, start: region.start + span.start, end: region.end + span.start }));
  const live = new Set(regions.filter((region) => region.use === 'alternative').map((region) => region.chain));
  const edges = new Set(regions.filter((region) => live.has(region.chain)).flatMap((region) => [region.start, region.end]));
  const gone = regions.filter((region) => region.use === 'dropped' || region.use === 'dead');
  let next = 0;
  let goneUntil = 0;
  const tokens = all.filter((token) => {
    for (let region = gone[next]; region !== undefined && region.start <= token.start; region = gone[++next]) goneUntil = Math.max(goneUntil, region.end);
    if (token.start < goneUntil) return false;
    return token.kind !== 'directive' || edges.has(token.end) || edges.has(token.start);
  });
  return {
    tokens,
    alternatives: regions.filter((region) => live.has(region.chain)),
    chosen: regions.filter((region) => region.use === 'chosen').map((region) => region.start),
  };
}
