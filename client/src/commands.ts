// The palette's commands. Each asks the server one thing and shows the answer beside the code.

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { explain } from './explain.ts';
import { RULES, SOURCE } from './protocol.ts';
import type { PlaceParams, TextAnswer } from './protocol.ts';
import type { TextViews } from './text-views.ts';

export interface CommandContext {
  readonly client: LanguageClient;
  readonly restart: () => Promise<void>;
  readonly log: vscode.LogOutputChannel;
  readonly views: TextViews;
  /** dist/cli.js, which prints the rules' pages. */
  readonly commandLine: string;
}

export function registerCommands(context: CommandContext): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('kreflens.restart', context.restart),
    vscode.commands.registerCommand('kreflens.showLog', () => context.log.show(true)),
    vscode.commands.registerCommand('kreflens.showRace', () => showAnswer(context, 'race', 'No race is reported at the cursor.')),
    vscode.commands.registerCommand('kreflens.why', () => showAnswer(context, 'why', 'No reference is dropped at the cursor.')),
    vscode.commands.registerCommand('kreflens.explainRule', (rule?: unknown) => explainRule(context, rule)),
  );
}

async function showAnswer({ client, views }: CommandContext, what: 'race' | 'why', nothing: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const place: PlaceParams = {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document),
    position: client.code2ProtocolConverter.asPosition(editor.selection.active),
  };
  const answer = await client.sendRequest<TextAnswer>(`kreflens/${what}`, place);
  if (answer === null || answer.text === '') {
    void vscode.window.showInformationMessage(nothing);
    return;
  }
  const name = editor.document.uri.path.split('/').at(-1) ?? '';
  const uri = views.put(`/${what}/${name}-line-${editor.selection.active.line + 1}.txt`, answer.text);
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
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
  const items = RULES.map(({ id, title }) => ({ label: id, detail: title }));
  return (await vscode.window.showQuickPick(items, { title: 'Explain a rule', matchOnDetail: true }))?.label;
}
