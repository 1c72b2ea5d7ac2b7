// dist/server.js: the language server on its own, as editors start it (--stdio or --node-ipc).

import { optimiseLate } from './patience.ts';
import { serveAsArgumentsSay } from './serve.ts';
import { startParser } from './start-parser.ts';

try {
  optimiseLate();
  const parser = await startParser(process.env['KREFLENS_PARSER']);
  if (!parser.ok) throw new Error(parser.why);
  void serveAsArgumentsSay(parser.notice);
} catch (error) {
  process.stderr.write(`kreflens: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
