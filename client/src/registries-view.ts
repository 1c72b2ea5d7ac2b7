// The registries of the open files as a tree: what is found where, under which lock. Asks only while it is on the screen.

import * as vscode from 'vscode';
import { registryRows } from './registry-tree.ts';
import type { Row } from './registry-tree.ts';
import type { Registry } from '../../server/src/lsp/protocol.ts';
import { t } from './texts.ts';

export interface RegistriesView extends vscode.Disposable {
  refresh(): void;
}

const VIEW = 'kreflens.registries';

/** Milliseconds of quiet after the last change before the server is asked again. */
const QUIET = 700;

/** `ask`: the server's answer; it may fail, and then the last answer stays. */
export function createRegistriesView(ask: () => Promise<readonly Registry[]>): RegistriesView {
  const changed = new vscode.EventEmitter<void>();
  let rows: readonly Row[] = [];
  let isStale = true;
  let timer: NodeJS.Timeout | undefined;

  const view = vscode.window.createTreeView<Row>(VIEW, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: itemOf,
      async getChildren(row) {
        if (row !== undefined) return [...row.rows];
        if (isStale) {
          isStale = false;
          rows = await ask().then(registryRows, () => rows);
        }
        return [...rows];
      },
    },
  });

  const refresh = (): void => {
    isStale = true;
    if (view.visible) changed.fire();
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(refresh, QUIET);
  };
  const watching = vscode.Disposable.from(
    vscode.window.onDidChangeVisibleTextEditors(later),
    vscode.languages.onDidChangeDiagnostics(later),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible && isStale) changed.fire();
    }),
  );
  return {
    refresh,
    dispose: () => {
      clearTimeout(timer);
      watching.dispose();
      view.dispose();
      changed.dispose();
    },
  };
}

/** A registry is folded, with all its places one click away. */
const FOLDING: Readonly<Record<Row['kind'], vscode.TreeItemCollapsibleState>> = {
  registry: vscode.TreeItemCollapsibleState.Collapsed,
  group: vscode.TreeItemCollapsibleState.Expanded,
  place: vscode.TreeItemCollapsibleState.None,
};

function itemOf({ kind, id, label, description, tooltip, spoken, icon, place }: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(label, FOLDING[kind]);
  item.id = id;
  item.description = description;
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: spoken };
  item.iconPath = new vscode.ThemeIcon(icon);
  if (place !== undefined) {
    const start = new vscode.Position(place.line - 1, 0);
    item.command = { title: t('Go to line'), command: 'vscode.open', arguments: [vscode.Uri.parse(place.uri), { selection: new vscode.Range(start, start), preview: true }] };
  }
  return item;
}
