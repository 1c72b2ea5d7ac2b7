// Everything a caller can see of a summary, as one text: equal texts, equal effect on every caller. Values are told by
// their ids, so that a fingerprint means something within one table of values only. Gaps are not part of it: they tell
// of the function's own text.

import type { Facts } from '../domain/facts.ts';
import type { Effect, Hold, Mark, Outcome, Summary } from './effect.ts';

export function fingerprint(summary: Summary): string {
  return [
    summary.outcomes.map(outcomeText).join('\n'),
    summary.balanced.map(holdText).join(),
    summary.requires.map((lock) => lock.id).join(),
    summary.scribbled.map((place) => place.id).join(),
    `${summary.maySleep ? 'sleeps' : ''}${summary.rough ? 'rough' : ''}`,
  ].join('\n#');
}

function outcomeText(outcome: Outcome): string {
  return [
    factsText(outcome.facts),
    outcome.cases.map((one) => `${factsText(one.facts)}=${one.returnClass}`).join('/'),
    String(outcome.scalar),
    outcome.effects.map(effectText).join('|'),
    outcome.marks.map(markText).join(),
    outcome.taken.map(holdText).join(),
    outcome.dropped.map((lock) => lock.id).join(),
    outcome.writes.map(({ place, value }) => `${place.id}=${value.id}`).join(),
    `${outcome.returns?.id ?? ''}:${outcome.returnClass}`,
  ].join(';');
}

function factsText({ classes, truths }: Facts): string {
  const parts: string[] = [];
  for (const [id, { mask }] of classes) parts.push(`${id}:${mask}`);
  for (const [key, { holds }] of truths) parts.push(`${key}${holds ? '+' : '-'}`);
  return parts.join();
}

const holdText = (hold: Hold): string => `${hold.lock.id}${hold.mode}${hold.id}`;

function markText(mark: Mark): string {
  switch (mark.mark) {
    case 'member': case 'not-member':
      return `${mark.mark}${mark.value.id}${mark.container}`;
    case 'exclusive': case 'shared':
      return `${mark.mark}${mark.count.id}${mark.held.map(holdText).join('+')}`;
    case 'examined':
      return `examined${mark.value.id}`;
  }
}

/** Effects are never changed once made. */
const texts = new WeakMap<Effect, string>();

function effectText(effect: Effect): string {
  const known = texts.get(effect);
  if (known !== undefined) return known;
  const text = [
    effect.do, partsOf(effect), effect.chain.map((site) => `${site.file}:${site.function}:${site.at}`).join('>'),
    effect.held.map(holdText).join(), effect.dropped.map((lock) => lock.id).join(), effect.config ?? '',
  ].join(' ');
  texts.set(effect, text);
  return text;
}

function partsOf(effect: Effect): string {
  switch (effect.do) {
    case 'lock': case 'unlock':
      return `${effect.lock.id}${effect.mode}`;
    case 'init':
      return `${effect.count.id}${effect.references ?? ''}`;
    case 'get':
      return `${effect.count.id}${String(effect.checked)}`;
    case 'put':
      return `${effect.count.id}${effect.outcome}{${effect.last.effects.map(effectText).join('|')}}${effect.last.takes.map((lock) => lock.id).join()}`;
    case 'publish':
      return `${effect.item.id}${effect.link}:${effect.into.id}`;
    case 'unlink':
      return `${effect.item?.id ?? ''}${effect.link}:${effect.from?.id ?? ''}${effect.replaced ? 'replaced' : ''}`;
    case 'find':
      return String(effect.element.id);
    case 'write':
      return `${effect.place.id}=${effect.value.id}<${effect.before?.id ?? ''}`;
    case 'defer':
      return `${effect.object.id}${effect.how}{${effect.effects.map(effectText).join('|')}}`;
    case 'free':
      return String(effect.object.id);
    case 'grace':
      return '';
  }
}
