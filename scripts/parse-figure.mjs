// Prints how many functions of a kernel tree parse, with the worst causes of those that do not.
// Usage: node --import tsx scripts/parse-figure.mjs [--sample N] [--show N] TREE [FILE|DIR...]   (every Nth file)
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { learn } from '../server/src/syntax/catalogue.ts';
import { scan } from '../server/src/syntax/scan.ts';
import { surveyFile, worstCauses } from '../server/src/syntax/survey.ts';

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(name);
  return at === -1 ? fallback : Number(args.splice(at, 2)[1]);
};
const sample = option('--sample', 1);
const show = option('--show', 25);
const [tree, ...named] = args;
if (tree === undefined) {
  console.error('usage: parse-figure.mjs [--sample N] [--show N] TREE [FILE|DIR...]');
  process.exit(2);
}

function* filesUnder(path, ending) {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* filesUnder(join(path, entry.name), ending);
    else if (entry.isFile() && entry.name.endsWith(ending)) yield join(path, entry.name);
  }
}

const read = (path) => readFileSync(path, 'utf8');
const macros = [];
let headers = 0;
for (const folder of ['include', 'arch/x86/include']) {
  for (const file of filesUnder(join(tree, folder), '.h')) {
    headers++;
    for (const item of scan(read(file))) if (item.kind === 'macro') macros.push(item);
  }
}
const started = performance.now();
const catalogue = learn(macros);
console.log(`${headers} headers, ${macros.length} macros, learned in ${Math.round(performance.now() - started)} ms: ` +
  `${catalogue.loops.size} loops, ${catalogue.annotations.size + catalogue.callAnnotations.size} annotations`);

/** What the headers beside a file teach on top: drivers keep their loop macros there. */
const folders = new Map();
function folderCatalogue(folder) {
  if (!folders.has(folder)) {
    const near = readdirSync(folder).filter((name) => name.endsWith('.h')).sort().flatMap((name) => scan(read(join(folder, name))));
    folders.clear();
    folders.set(folder, learn(near.filter((item) => item.kind === 'macro'), catalogue));
  }
  return folders.get(folder);
}

const broken = [];
const lost = [];
let files = 0;
let functions = 0;
let index = 0;
for (const root of named.length === 0 ? ['.'] : named) {
  for (const file of filesUnder(join(tree, root), '.c')) {
    if (index++ % sample !== 0) continue;
    const text = read(file);
    // A file's own macros count too.
    const own = learn(scan(text).filter((item) => item.kind === 'macro'), folderCatalogue(dirname(file)));
    const survey = surveyFile(file.slice(tree.length).replace(/^\//, ''), text, own);
    files++;
    functions += survey.functions;
    broken.push(...survey.broken);
    lost.push(...survey.lost);
    if (files % 8 === 0) await turn(); // native memory is released only when the event loop turns
  }
}
const percent = (n) => `${n} (${((100 * n) / Math.max(functions, 1)).toFixed(3)} %)`;
console.log(`${files} files, ${functions} functions, with errors ${percent(broken.length)}, lost ${percent(lost.length)}`);
for (const [title, list] of [['errors', broken], ['lost', lost]]) {
  if (list.length > 0) console.log(`worst ${title}:`);
  for (const { cause, count, example } of worstCauses(list, show)) {
    console.log(`  ${String(count).padStart(5)}  ${example.file}:${example.line} ${example.function}: ${cause}`);
  }
}
