// npm run bench: how long a check takes, beside tree-sitter's bare parse of the same file in the same run, and how long
// until the findings of an edited file are there again. Needs a 6.12 tree in KREFLENS_TREE_6_12; wall-clock milliseconds.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Parser from 'tree-sitter';
import C from 'tree-sitter-c';
import { openWorkspace } from '../server/src/ide/open-workspace.ts';
import { diskFiles } from '../server/src/main/disk.ts';

const RUNS = 3;
const EDITS = 20;
const COLD = ['drivers/base/core.c', 'drivers/nvme/host/fabrics.c'];
const EDITED = { file: 'drivers/base/core.c', function: 'device_del' };

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = process.env.KREFLENS_TREE_6_12;
if (tree === undefined) {
  console.error('bench: KREFLENS_TREE_6_12 is not set; scripts/ensure-kernels.sh unpacks that tree');
  process.exit(2);
}
const textOf = (file) => readFileSync(join(tree, file), 'utf8');

console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n`);
console.log(`cold, one process each, median of ${RUNS}`);
table(['file', 'lines', 'tree-sitter parse', 'kreflens check'], coldRows());
console.log(`\none process, ${EDITED.file}: a line put into ${EDITED.function}() or taken out again, ${EDITS} times`);
table(['open', 'first check', 'edit + check p50', 'p95'], [editRow()]);

/** The command line as users have it, so built first, and aside: dist/ may be in use. */
function coldRows() {
  const aside = mkdtempSync(join(tmpdir(), 'kreflens-bench-'));
  try {
    command(join(root, 'scripts/build.mjs'), aside);
    return COLD.map((file) => {
      const text = textOf(file);
      const parse = repeat(() => time(() => parsed(text)));
      const check = repeat(() => time(() => command(join(aside, 'cli.js'), 'check', '--tree', tree, join(tree, file))));
      return [file, text.split('\n').length - 1, milliseconds(quantile(parse, 0.5)), milliseconds(quantile(check, 0.5))];
    });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function parsed(text) {
  const parser = new Parser();
  parser.setLanguage(C);
  // The default buffer takes no more than 32 KiB.
  return parser.parse(text, undefined, { bufferSize: text.length * 2 + 2 });
}

function editRow() {
  const { file } = EDITED;
  let workspace;
  const open = time(() => { workspace = openWorkspace(diskFiles(tree), {}); });
  const check = () => workspace.check([file]);
  const first = time(check);
  const text = textOf(file);
  const body = text.search(new RegExp(`^\\w[^;{}]*\\b${EDITED.function}\\([^;{}]*\\)\\n\\{\\n`, 'm'));
  if (body === -1) throw new Error(`no ${EDITED.function}() in ${file}`);
  // Before the closing brace, where no declaration can follow.
  const at = text.indexOf('\n}\n', body) + 1;
  const longer = `${text.slice(0, at)}\tbarrier();\n${text.slice(at)}`;
  const edits = Array.from({ length: EDITS }, (_, index) => time(() => {
    workspace.setText(file, index % 2 === 0 ? longer : text);
    check();
  }));
  return [open, first, quantile(edits, 0.5), quantile(edits, 0.95)].map(milliseconds);
}

function command(script, ...args) {
  const { status, error, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  // 1 says that there are findings.
  if (error !== undefined || (status !== 0 && status !== 1)) throw new Error(`${script} ${args.join(' ')}: ${error ?? stderr}`);
}

function repeat(measure) {
  return Array.from({ length: RUNS }, measure);
}

function time(act) {
  const start = performance.now();
  act();
  return performance.now() - start;
}

/** The smallest of `values` that at least that share of them does not exceed. */
function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];
}

function milliseconds(value) {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd();
  console.log([line(cells[0]), `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`, ...cells.slice(1).map(line)].join('\n'));
}
