// What the editor shows of `kreflens/changelog`: the draft of a commit message, then what a function can say about itself.

import type { ChangelogAnswer } from '../../server/src/lsp/protocol.ts';

export function changelogText(answer: ChangelogAnswer): string {
  const { text, function: name, context, assertions } = answer;
  return [
    ...(text === undefined ? [] : [text, '']),
    `For the kernel-doc of ${name}():`, `  ${context}`,
    ...(assertions.length === 0 ? [] : ['', 'For the start of its body:', ...assertions.map(one => `  ${one}`)]),
    '',
  ].join('\n');
}
