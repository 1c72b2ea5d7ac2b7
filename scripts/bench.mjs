// npm run bench: how long a check takes, beside tree-sitter's bare parse of the same file in the same run, and how long
// until the findings of an edited file are there again; then the whole-tree index. Needs a 6.12 tree in
// KREFLENS_TREE_6_12. Gives wall-clock milliseconds, and in brackets the processor's own: on a busy machine only those
// say something.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Parser from 'tree-sitter';
import C from 'tree-sitter-c';
import { openWorkspace } from '../server/src/ide/open-workspace.ts';
import { diskFiles } from '../server/src/main/disk.ts';
import { indexRows } from './bench-index.mjs';
import { serverRows } from './bench-server.mjs';

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

console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0].toFixed(1)}\n`);

/** The command line as users have it, so built first, and aside: dist/ may be in use. */
const aside = mkdtempSync(join(tmpdir(), 'kreflens-bench-'));
process.once('exit', () => rmSync(aside, { recursive: true, force: true }));
run(join(root, 'scripts/build.mjs'), aside);
const cli = join(aside, 'cli.js');

console.log(`cold, one process each, median of ${RUNS}`);
table(['file', 'lines', 'tree-sitter parse', 'kreflens check'], coldRows());
console.log(`\none process, ${EDITED.file}: a line put into ${EDITED.function}() or taken out again, ${EDITS} times`);
table(['open', 'first check', 'edit + check p50', 'p95'], [editRow()]);
console.log('\nindex of the whole tree, two workers');
table(['what', 'measured', 'to reach'], await indexRows(cli, tree));
console.log('\nlanguage server, drivers/base/core.c open');
table(['what', 'measured', 'to reach'], await serverRows(join(aside, 'server.js'), tree, (text) => quantile(repeat(RUNS, () => time(() => parse(text))), 0.5).wall));

function coldRows() {
  return COLD.map((file) => {
    const text = textOf(file);
    const parses = repeat(RUNS, () => time(() => parse(text)));
    const checks = repeat(RUNS, () => run(cli, 'check', '--tree', tree, join(tree, file)));
    return [file, text.split('\n').length - 1, quantile(parses, 0.5), quantile(checks, 0.5)];
  });
}

function parse(text) {
  const parser = new Parser();
  parser.setLanguage(C);
  // The default buffer takes no more than 32 KiB.
  return parser.parse(text, undefined, { bufferSize: text.length * 2 + 2 });
}

function editRow() {
  const { file } = EDITED;
  const text = textOf(file);
  const head = text.search(new RegExp(`^\\w[^;{}]*\\b${EDITED.function}\\([^;{}]*\\)\\n\\{\\n`, 'm'));
  if (head === -1) throw new Error(`no ${EDITED.function}() in ${file}`);
  // Before the closing brace, where no declaration can follow.
  const at = text.indexOf('\n}\n', head) + 1;
  const longer = `${text.slice(0, at)}\tbarrier();\n${text.slice(at)}`;

  let workspace;
  const open = time(() => { workspace = openWorkspace(diskFiles(tree), {}); });
  const first = time(() => workspace.check([file]));
  const edits = repeat(EDITS, (index) => time(() => {
    workspace.setText(file, index % 2 === 0 ? longer : text);
    workspace.check([file]);
  }));
  return [open, first, quantile(edits, 0.5), quantile(edits, 0.95)];
}

/** A Node process of its own, which says at its end how long the processor was busy with it. */
function run(script, ...args) {
  const confess = 'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write(`\\nbusy ${user+system}\\n`)})';
  const start = performance.now();
  const { status, error, stderr } = spawnSync(process.execPath, ['--import', confess, script, ...args], { encoding: 'utf8' });
  const wall = performance.now() - start;
  const busy = /^busy (\d+)$/m.exec(stderr ?? '')?.[1];
  // 1 says that there are findings.
  if (busy === undefined || (status !== 0 && status !== 1)) throw new Error(`${script} ${args.join(' ')}: ${error ?? stderr}`);
  return { wall, processor: Number(busy) / 1000 };
}

function time(act) {
  const start = performance.now();
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, processor: (user + system) / 1000 };
}

function repeat(times, measure) {
  return Array.from({ length: times }, (_, index) => measure(index));
}

/** The shortest of `times` that at least that share of them does not exceed. */
function quantile(times, share) {
  return times.toSorted((a, b) => a.wall - b.wall)[Math.ceil(times.length * share) - 1];
}

function show(cell) {
  return typeof cell === 'object' ? `${Math.round(cell.wall)} ms (${Math.round(cell.processor)})` : String(cell);
}

function table(head, rows) {
  const cells = [head, ...rows.map((row) => row.map(show))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd();
  console.log([line(cells[0]), `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`, ...cells.slice(1).map(line)].join('\n'));
}
