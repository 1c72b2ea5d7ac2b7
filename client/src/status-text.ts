// What the language status item says in each state. Pure, so that the words are tested without an editor.

import { t } from './texts.ts';

export interface Status {
  readonly server: 'starting' | 'ready' | 'crashed' | 'stopped';
  /** Findings in all open files. */
  readonly findings: number;
  /** The server's own word on its work, its gaps for instance. */
  readonly detail?: string;
}

export interface StatusText {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly busy: boolean;
}

export function statusText(status: Status): StatusText {
  switch (status.server) {
    case 'starting':
      return { text: t('kreflens: starting'), detail: '', severity: 'information', busy: true };
    case 'ready':
      return { text: `kreflens: ${countOf(status.findings)}`, detail: status.detail ?? '', severity: 'information', busy: false };
    case 'crashed':
      return { text: t('kreflens: crashed, restarting'), detail: t('the log says why'), severity: 'warning', busy: true };
    case 'stopped':
      return { text: t('kreflens: stopped'), detail: t('the log says why; "Restart" starts it again'), severity: 'error', busy: false };
  }
}

function countOf(findings: number): string {
  if (findings === 0) return t('no findings');
  return findings === 1 ? t('1 finding') : t('{0} findings', findings);
}
