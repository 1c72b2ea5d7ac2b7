// A worker of the benchmark: tree-sitter's bare parse of files, nothing else. Answers with the bytes parsed.

import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Parser from 'tree-sitter';
import C from 'tree-sitter-c';

let bytes = 0;
const parser = new Parser();
parser.setLanguage(C);
for (const [at, path] of workerData.entries()) {
  const text = readFileSync(path, 'latin1');
  parser.parse(text, undefined, { bufferSize: text.length * 2 + 2 });
  bytes += text.length;
  // Trees are freed only between turns of the event loop.
  if (at % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
}
parentPort.postMessage(bytes);
