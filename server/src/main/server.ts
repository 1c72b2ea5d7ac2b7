// dist/server.js: the language server on its own, as editors start it (--stdio or --node-ipc).

import { serveAsArgumentsSay } from './serve.ts';

try {
  void serveAsArgumentsSay();
} catch (error) {
  process.stderr.write(`kreflens: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
