// What people read, in the editor's language: `t('1 finding')`, and `t('{0} findings', count)`. The English text is the
// key in l10n/bundle.l10n.*.json. One language per window, so it is set once, and files without an editor speak English.

export type Translate = (message: string, ...values: (string | number)[]) => string;

let translate: Translate = (message, ...values) => message.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]));

/** At the extension's start, before anything is shown. */
export function speak(by: Translate): void {
  translate = by;
}

export const t: Translate = (message, ...values) => translate(message, ...values);
