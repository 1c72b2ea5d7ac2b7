// The bundled sample, the race of 2016, for the walkthrough: a fresh copy to try things on, offline.

import * as vscode from 'vscode';

const FILE = 'drivers/group/group.c';
/** The put that the sample is about, wherever an earlier fix has left it. */
const PUT = /\tkref_put\(/;

export interface Sample {
  /** Opens a fresh copy, with the cursor at the put. What was tried on the last one is gone. */
  open(): Promise<void>;
  /** The cursor to the put, in the copy that there is. */
  gotoPut(): Promise<vscode.TextEditor>;
}

/** `bundled`: the sample's folder in the extension; `storage`: a folder of our own that can be written. */
export function createSample(bundled: vscode.Uri, storage: vscode.Uri): Sample {
  const copy = vscode.Uri.joinPath(storage, 'sample');
  const file = vscode.Uri.joinPath(copy, FILE);

  const gotoPut = async (): Promise<vscode.TextEditor> => {
    const document = await vscode.workspace.openTextDocument(file);
    const line = Math.max(0, document.getText().split('\n').findIndex(text => PUT.test(text)));
    const at = new vscode.Position(line, document.lineAt(line).firstNonWhitespaceCharacterIndex);
    return await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), preview: false, viewColumn: columnOf(file) });
  };
  const exists = (): Promise<boolean> => Promise.resolve(vscode.workspace.fs.stat(file)).then(() => true, () => false);
  const write = (): Thenable<void> => vscode.workspace.fs.copy(bundled, copy, { overwrite: true });

  return {
    async open() {
      await write();
      const document = await vscode.workspace.openTextDocument(file);
      const fresh = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      // An open document with unsaved changes does not follow the disk.
      if (document.getText() !== fresh) {
        const edit = new vscode.WorkspaceEdit();
        edit.replace(file, new vscode.Range(0, 0, document.lineCount, 0), fresh);
        await vscode.workspace.applyEdit(edit);
        await document.save();
      }
      await gotoPut();
    },
    async gotoPut() {
      if (!await exists()) await write();
      return await gotoPut();
    },
  };
}

/** Where the file is open already, else beside what is no text: the walkthrough stays in sight. */
function columnOf(file: vscode.Uri): vscode.ViewColumn {
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === file.toString()));
  if (group !== undefined) return group.viewColumn;
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  return tab === undefined || tab.input instanceof vscode.TabInputText ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
}
