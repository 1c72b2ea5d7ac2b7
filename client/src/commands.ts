// The palette's commands. Each asks the server one thing and shows the answer beside the code.

import * as vscode from 'vscode';
import type { CodeAction, LanguageClient } from 'vscode-languageclient/node';
import { changelogText } from './changelog-text.ts';
import { explain } from './explain.ts';
import { ruleTitles, SOURCE } from './known-rules.ts';
import type { ChangelogAnswer, PlaceParams, RaceAnswer, TextAnswer } from '../../server/src/lsp/protocol.ts';
import type { RaceView } from './race-view.ts';
import type { RegistriesView } from './registries-view.ts';
import type { Sample } from './sample.ts';
import { t } from './texts.ts';
import type { TextViews } from './text-views.ts';

export interface CommandContext {
  readonly client: LanguageClient;
  readonly restart: () => Promise<void>;
  readonly log: vscode.LogOutputChannel;
  readonly views: TextViews;
  readonly raceView: RaceView;
  readonly registries: RegistriesView;
  readonly sample: Sample;
  /** dist/cli.js, which prints the rules' pages. */
  readonly commandLine: string;
}

export function registerCommands(context: CommandContext): vscode.Disposable {
  const { raceView, registries, sample } = context;
  return vscode.Disposable.from(
    vscode.commands.registerCommand('kreflens.restart', context.restart),
    vscode.commands.registerCommand('kreflens.showLog', () => context.log.show(true)),
    vscode.commands.registerCommand('kreflens.showRace', () => showRace(context)),
    vscode.commands.registerCommand('kreflens.showRaceAsText', () => showText(context, 'race', noRace())),
    vscode.commands.registerCommand('kreflens.nextStep', () => raceView.move(1)),
    vscode.commands.registerCommand('kreflens.previousStep', () => raceView.move(-1)),
    vscode.commands.registerCommand('kreflens.copyRace', () => raceView.copy()),
    vscode.commands.registerCommand('kreflens.why', () => showText(context, 'why', t('No reference is dropped at the cursor.'))),
    vscode.commands.registerCommand('kreflens.showRefuted', () => showRefuted(context)),
    vscode.commands.registerCommand('kreflens.changelog', () => draftChangelog(context)),
    vscode.commands.registerCommand('kreflens.explainRule', (rule?: unknown) => explainRule(context, rule)),
    vscode.commands.registerCommand('kreflens.refreshRegistries', () => registries.refresh()),
    vscode.commands.registerCommand('kreflens.openSample', () => sample.open()),
    vscode.commands.registerCommand('kreflens.hoverInSample', () => inSample(context, () => vscode.commands.executeCommand('editor.action.showHover'))),
    vscode.commands.registerCommand('kreflens.raceInSample', () => inSample(context, () => showRace(context))),
    vscode.commands.registerCommand('kreflens.fixInSample', () => inSample(context, () => vscode.commands.executeCommand('editor.action.quickFix'))),
  );
}

const noRace = (): string => t('No race is reported at the cursor.');

function place(client: LanguageClient, editor: vscode.TextEditor): PlaceParams {
  return {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document),
    position: client.code2ProtocolConverter.asPosition(editor.selection.active),
  };
}

async function showRace(context: CommandContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const answer = await context.client.sendRequest<RaceAnswer | null>('kreflens/race', place(context.client, editor));
  if (answer?.steps === undefined) {
    showAnswer(context, 'race', editor, answer, noRace());
    return;
  }
  const { title, text, steps } = answer;
  context.raceView.show({ title, text, steps, origin: editor.document.uri, column: editor.viewColumn });
}

async function showText(context: CommandContext, what: 'race' | 'why', nothing: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const answer = await context.client.sendRequest<TextAnswer | null>(`kreflens/${what}`, place(context.client, editor));
  showAnswer(context, what, editor, answer, nothing);
}

async function draftChangelog(context: CommandContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const answer = await context.client.sendRequest<ChangelogAnswer | null>('kreflens/changelog', place(context.client, editor));
  showAnswer(context, 'changelog', editor, answer === null ? null : { text: changelogText(answer) }, t('No function is at the cursor.'));
}

/** VS Code's own menu leaves out fixes that are disabled, and shows a reason to screen readers only. */
async function showRefuted(context: CommandContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const { textDocument, position } = place(context.client, editor);
  const asked = { diagnostics: [], only: ['quickfix.refuted'] };
  const answer = await context.client.sendRequest<readonly CodeAction[] | null>('textDocument/codeAction', { textDocument, range: { start: position, end: position }, context: asked });
  const text = (answer ?? []).map(({ title, disabled }) => `${title}\n${indented(disabled?.reason ?? '')}`).join('\n');
  showAnswer(context, 'refuted', editor, { text }, t('No fix was refuted at the cursor.'));
}

/** In lines of at most 48 columns: the view is half an editor beside the code, and does not wrap. */
const indented = (text: string): string => text.replace(/(.{1,44})(?:\s+|$)/g, '    $1\n');

function showAnswer({ views }: CommandContext, what: 'race' | 'why' | 'changelog' | 'refuted', editor: vscode.TextEditor, answer: TextAnswer | null, nothing: string): void {
  if (answer === null || answer.text === '') {
    void vscode.window.showInformationMessage(nothing);
    return;
  }
  const name = editor.document.uri.path.split('/').at(-1) ?? '';
  const uri = views.put(`/${what}/${name}-line-${editor.selection.active.line + 1}.txt`, answer.text);
  void vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
}

/** A step of the walkthrough: at the sample's put, once the server has had its say about it. */
async function inSample({ sample }: CommandContext, act: () => PromiseLike<unknown>): Promise<void> {
  const editor = await sample.gotoPut();
  await reported(editor.document.uri);
  // The hover of the step before lies over what is shown now. An older editor may have no command for it.
  await vscode.commands.executeCommand('editor.action.hideHover').then(undefined, () => undefined);
  await act();
}

/** Milliseconds that the walkthrough waits for the first finding; then it goes on without. */
const FIRST_FINDING = 10_000;

function reported(uri: vscode.Uri): Promise<void> {
  const isThere = (): boolean => vscode.languages.getDiagnostics(uri).some(({ source }) => source === SOURCE);
  if (isThere()) return Promise.resolve();
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(limit);
      watching.dispose();
      resolve();
    };
    const limit = setTimeout(done, FIRST_FINDING);
    const watching = vscode.languages.onDidChangeDiagnostics(() => {
      if (isThere()) done();
    });
  });
}

async function explainRule({ views, commandLine }: CommandContext, given: unknown): Promise<void> {
  const rule = typeof given === 'string' ? given : ruleAtCursor() ?? await pickRule();
  if (rule === undefined) return;
  const page = await explain(commandLine, rule);
  if (page.kind === 'failed') {
    void vscode.window.showErrorMessage(`kreflens: ${page.reason}`);
    return;
  }
  await vscode.commands.executeCommand('markdown.showPreview', views.put(`/rule/${rule}.md`, page.text));
}

function ruleAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const here = vscode.languages.getDiagnostics(editor.document.uri)
    .find(one => one.source === SOURCE && one.range.contains(editor.selection.active));
  const code = typeof here?.code === 'object' ? here.code.value : here?.code;
  return code === undefined ? undefined : String(code);
}

async function pickRule(): Promise<string | undefined> {
  const items = Object.entries(ruleTitles()).map(([label, detail]) => ({ label, detail }));
  return (await vscode.window.showQuickPick(items, { title: t('Explain a rule'), matchOnDetail: true }))?.label;
}
