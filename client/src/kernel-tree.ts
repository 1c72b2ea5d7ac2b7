// Whether the window shows a kernel tree: views and commands that make no sense elsewhere are hidden until it does.

import * as vscode from 'vscode';

/** For `when` clauses in package.json. */
const IS_KERNEL_TREE = 'kreflens.kernelTree';

/** Looks again whenever folders come and go. */
export function watchForKernelTree(): vscode.Disposable {
  const look = async (): Promise<void> => {
    const answers = await Promise.all((vscode.workspace.workspaceFolders ?? []).map(({ uri }) => isKernelTree(uri)));
    await vscode.commands.executeCommand('setContext', IS_KERNEL_TREE, answers.includes(true));
  };
  void look();
  return vscode.workspace.onDidChangeWorkspaceFolders(look);
}

/** As the server recognises one: `Kconfig` and `include/linux/`. */
async function isKernelTree(folder: vscode.Uri): Promise<boolean> {
  const exists = (path: string): Promise<boolean> =>
    Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, path))).then(() => true, () => false);
  return await exists('Kconfig') && await exists('include/linux');
}
