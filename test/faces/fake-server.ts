// The language server with the small engine, over standard input and output: started by the tests as a process of its
// own, as an editor does it.

import { createConnection } from 'vscode-languageserver/node';

import { serve } from '../../server/src/lsp/server.ts';
import { disk, diskFiles } from '../../server/src/main/disk.ts';
import { openFakeWorkspace } from './fake-workspace.ts';

const connection = createConnection(process.stdin, process.stdout);
serve(connection, {
  version: '1.2.3',
  kindOf(path) {
    const stat = disk.stat(path);
    return stat.ok ? stat.value.kind : undefined;
  },
  filesOf: diskFiles,
  openWorkspace: openFakeWorkspace,
  pageAddress: (rule) => `https://example.org/${rule}`,
});
connection.listen();
