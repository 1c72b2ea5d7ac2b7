// What the editor shows of `kreflens/changelog`: the draft of a commit message, then what a function can say about itself.

import type { ChangelogAnswer } from '../../server/src/lsp/protocol.ts';
import { t } from './texts.ts';

export function changelogText(answer: ChangelogAnswer): string {
  const { text, function: name, context, assertions } = answer;
  return [
    ...(text === undefined ? [] : [text, '']),
    t('For the kernel-doc of {0}():', name), `  ${context}`,
    ...(assertions.length === 0 ? [] : ['', t('For the start of its body:'), ...assertions.map(one => `  ${one}`)]),
    '',
  ].join('\n');
}
