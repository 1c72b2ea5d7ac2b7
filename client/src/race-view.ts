// The race view: a race drawn beside the code, and the walk through its steps, from either side.

import * as vscode from 'vscode';
import type { WireStep } from '../../server/src/lsp/protocol.ts';
import { racePage } from './race-page.ts';
import { besideLine } from './race-picture.ts';
import type { FromPage, ToPage } from './race-messages.ts';
import { t } from './texts.ts';

/** What is shown, and where it was asked for. */
export interface Race {
  readonly title: string;
  readonly text: string;
  readonly steps: readonly WireStep[];
  readonly origin: vscode.Uri;
  readonly column: vscode.ViewColumn | undefined;
}

export interface RaceView extends vscode.Disposable {
  show(race: Race): void;
  /** Selects another step, if the view is open, and shows its line. */
  move(by: 1 | -1): Promise<void>;
  copy(): Promise<void>;
}

/** While it is open: for the palette and the keys of the steps. */
const IS_OPEN = 'kreflens.raceOpen';

interface Open {
  readonly panel: vscode.WebviewPanel;
  race: Race;
  step: number;
}

/** `dist`: the folder with the page's script and style sheet; `isReported`: whether the race is still among the findings. */
export function createRaceView(dist: vscode.Uri, isReported: (race: Race) => boolean): RaceView {
  let open: Open | undefined;
  const beside = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    after: { margin: '0 0 0 2em', color: new vscode.ThemeColor('editorCodeLens.foreground') },
  });

  const send = (message: ToPage): void => void open?.panel.webview.postMessage(message);
  const notify = (): void => {
    if (open === undefined) return;
    send({ type: 'notice', text: isReported(open.race) ? '' : t('This race is no longer reported: the code has changed.') });
  };

  /** Shows the step's line; `focus`: and the keyboard goes there. */
  const goTo = async (step: number, focus: boolean): Promise<void> => {
    if (open === undefined) return;
    const { race } = open;
    open.step = Math.max(0, Math.min(race.steps.length - 1, step));
    const shown = race.steps[open.step];
    if (shown?.uri === undefined || shown.line === undefined) {
      clearMarks();
      return;
    }
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
    const line = document.lineAt(Math.min(shown.line, document.lineCount - 1));
    const start = new vscode.Position(line.lineNumber, line.firstNonWhitespaceCharacterIndex);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: race.column ?? vscode.ViewColumn.One, preserveFocus: !focus, preview: true, selection: new vscode.Range(start, start),
    });
    clearMarks();
    const contentText = besideLine(shown, open.step);
    editor.setDecorations(beside, [{ range: line.range, renderOptions: { after: { contentText } } }]);
  };
  const clearMarks = (): void => {
    for (const editor of vscode.window.visibleTextEditors) editor.setDecorations(beside, []);
  };

  const draw = (): void => {
    if (open === undefined) return;
    const { panel: { webview }, race, step } = open;
    const fileIn = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
    webview.html = racePage(
      { title: race.title, steps: race.steps, text: race.text, selected: step, language: vscode.env.language },
      { script: fileIn('race-view.js'), style: fileIn('race-view.css'), cspSource: webview.cspSource, nonce: crypto.randomUUID() },
    );
  };

  const copy = async (): Promise<void> => {
    if (open === undefined) return;
    await vscode.env.clipboard.writeText(open.race.text);
    vscode.window.setStatusBarMessage(t('kreflens: the race was copied as changelog text'), 4000);
  };

  const create = (code: vscode.ViewColumn | undefined): vscode.WebviewPanel => {
    // Beside the code, which need not be what is active by now.
    const viewColumn = code === undefined ? vscode.ViewColumn.Beside : Math.min(code + 1, vscode.ViewColumn.Nine);
    const panel = vscode.window.createWebviewPanel('kreflens.race', t('Race'), { viewColumn, preserveFocus: true }, {
      enableScripts: true, localResourceRoots: [dist],
    });
    panel.webview.onDidReceiveMessage((message: FromPage) => {
      switch (message.type) {
        case 'select': return void goTo(message.step, false);
        case 'open': return void goTo(message.step, true);
        case 'copy': return void copy();
        case 'ready':
          send({ type: 'select', step: open?.step ?? 0 });
          return notify();
      }
    });
    panel.onDidDispose(() => {
      open = undefined;
      clearMarks();
      void vscode.commands.executeCommand('setContext', IS_OPEN, false);
    });
    void vscode.commands.executeCommand('setContext', IS_OPEN, true);
    return panel;
  };

  const watching = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    if (open !== undefined && uris.some(uri => uri.toString() === open?.race.origin.toString())) notify();
  });

  return {
    show(race) {
      if (open === undefined) open = { panel: create(race.column), race, step: 0 };
      else {
        open.race = race;
        open.step = 0;
        open.panel.reveal(undefined, true);
      }
      draw();
    },
    async move(by) {
      if (open === undefined) return;
      await goTo(open.step + by, false);
      send({ type: 'select', step: open.step });
    },
    copy,
    dispose: () => {
      watching.dispose();
      open?.panel.dispose();
      beside.dispose();
    },
  };
}
