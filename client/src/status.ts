// The one place where kreflens shows how it is: a language status item. It never raises a notification.

import * as vscode from 'vscode';
import { SOURCE } from './known-rules.ts';
import { SELECTOR } from './selector.ts';
import { statusText } from './status-text.ts';
import type { Status } from './status-text.ts';
import { t } from './texts.ts';

export interface StatusView extends vscode.Disposable {
  /** Shows the status with these parts changed. */
  update(change: Partial<Status>): void;
}

const SEVERITY = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

export function createStatusView(): StatusView {
  const item = vscode.languages.createLanguageStatusItem('kreflens.status', [...SELECTOR]);
  item.name = 'kreflens';
  let status: Status = { server: 'starting', findings: 0 };

  const update = (change: Partial<Status>): void => {
    status = { ...status, ...change };
    const { text, detail, severity, busy } = statusText(status);
    item.text = text;
    item.detail = detail;
    item.severity = SEVERITY[severity];
    item.busy = busy;
    item.accessibilityInformation = { label: detail === '' ? text : `${text}, ${detail}` };
    item.command = status.server === 'stopped'
      ? { title: t('Restart'), command: 'kreflens.restart' }
      : { title: t('Show log'), command: 'kreflens.showLog' };
  };
  update({});

  const counting = vscode.languages.onDidChangeDiagnostics(() => update({ findings: countFindings() }));
  return { update, dispose: () => { counting.dispose(); item.dispose(); } };
}

function countFindings(): number {
  return vscode.languages.getDiagnostics()
    .reduce((sum, [, diagnostics]) => sum + diagnostics.filter(one => one.source === SOURCE).length, 0);
}
