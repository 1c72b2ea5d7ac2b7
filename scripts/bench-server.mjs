// The benchmark of the language server on a whole tree: first findings, memory, hovers, edits, and another branch checked
// out under it. A process of its own, as an editor starts it, with an empty store.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

const FILE = 'drivers/base/core.c';
const EDITED = 'device_del';
const EDITS = 200;
const HOVERS = 100;
/** Folders whose files another branch changes: some two thousand, the open file's among them. */
const OURS = ['drivers/base', 'drivers/usb', 'fs/ext4', 'fs/xfs', 'fs/nfs', 'fs/btrfs'];
const CHANGED = 1000;

/** `server`: path of a built one; `parse`: milliseconds of tree-sitter's bare parse of a text. The rows of a table. */
export async function serverRows(server, tree, parse) {
  const scratch = mkdtempSync(join(tmpdir(), 'kreflens-bench-'));
  const root = join(scratch, 'tree');
  layOver(tree, root);
  const text = readFileSync(join(root, FILE), 'utf8');
  const bare = parse(text);
  const ratio = (milliseconds) => `${milliseconds.toFixed(0)} ms, ${(milliseconds / bare).toFixed(1)} x parse`;
  const session = start(server, root, join(scratch, 'cache'));
  try {
    await session.initialize();
    const first = await session.timed(async () => {
      session.open(FILE, text);
      await session.findings(FILE);
    });
    await session.indexed();
    const memory = session.memory();

    const at = text.indexOf('\n}\n', text.search(new RegExp(`^void ${EDITED}\\(`, 'm'))) + 1;
    const longer = `${text.slice(0, at)}\tbarrier();\n${text.slice(at)}`;
    const edits = await repeat(EDITS, (edit) => session.timed(async () => {
      session.change(FILE, edit % 2 === 0 ? longer : text);
      await session.findings(FILE);
    }));
    const before = JSON.stringify(await session.findings(FILE));

    const lines = text.split('\n').flatMap((line, number) => (/\t\w*(?:put|get)\w*\(/.test(line) ? [number] : []));
    const hovers = await repeat(HOVERS + lines.length, (hover) => session.timed(() => session.hover(FILE, lines[hover % lines.length], text)));
    const warm = hovers.slice(lines.length);

    // The other branch: a line more in front of everything, so that nothing found before may stay where it was.
    const others = OURS.flatMap((folder) => filesBelow(root, folder)).filter((file) => file !== FILE).slice(0, CHANGED);
    for (const file of others) writeFileSync(join(root, file), `\n${readFileSync(join(root, file), 'utf8')}`);
    let away = true;
    const waits = [];
    const asking = (async () => {
      while (away) {
        waits.push(await session.timed(() => session.hover(FILE, lines[waits.length % lines.length], text)));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const branch = await session.timed(async () => {
      session.changedOnDisk(others);
      await session.findings(FILE);
    });
    away = false;
    await asking;
    const after = JSON.stringify(await session.findings(FILE));
    return [
      ['first findings, nothing known', ratio(first), '2000 ms'],
      ['memory, whole tree indexed', `${memory.now} MB (${memory.peak} MB at most, while indexing)`, '700 MB'],
      [`edit in ${EDITED}(), p50`, ratio(quantile(edits, 0.5)), ''],
      [`edit in ${EDITED}(), p95 of ${EDITS}`, ratio(quantile(edits, 0.95)), '100 ms'],
      ['hover, warm, p95', ratio(quantile(warm, 0.95)), '30 ms'],
      [`${others.length} other files changed on disk, findings again`, `${(branch / 1000).toFixed(1)} s (${after === before ? 'the same' : 'others'})`, '15 s'],
      ['slowest of the hovers meanwhile', `${Math.max(...waits).toFixed(0)} ms of ${waits.length}`, ''],
    ];
  } finally {
    session.end();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The tree again, of links, but for `OURS`: those are copies that can be changed. */
function layOver(tree, root) {
  const parents = new Set(OURS.flatMap((folder) => folder.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'))));
  const visit = (folder) => {
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of readdirSync(join(tree, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (OURS.includes(path)) cpSync(join(tree, path), join(root, path), { recursive: true });
      else if (parents.has(path)) visit(path);
      else symlinkSync(join(tree, path), join(root, path));
    }
  };
  visit('');
}

function start(server, root, cache) {
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, XDG_CACHE_HOME: cache } });
  const rpc = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  let isIndexed;
  const indexed = new Promise((resolve) => (isIndexed = resolve));
  rpc.onNotification('kreflens/status', ({ detail }) => {
    if (/files indexed/.test(detail ?? '')) isIndexed();
  });
  rpc.onRequest(() => null);
  rpc.onNotification(() => undefined);
  rpc.listen();
  let version = 1;
  const uri = (file) => pathToFileURL(join(root, file)).href;
  const send = (method, params) => void rpc.sendNotification(method, params);
  return {
    async initialize() {
      const capabilities = { textDocument: { diagnostic: {}, hover: { contentFormat: ['markdown'] } } };
      await rpc.sendRequest('initialize', { processId: null, rootUri: pathToFileURL(root).href, capabilities, initializationOptions: { status: true } });
      send('initialized', {});
    },
    open: (file, text) => send('textDocument/didOpen', { textDocument: { uri: uri(file), languageId: 'c', version, text } }),
    change: (file, text) => send('textDocument/didChange', { textDocument: { uri: uri(file), version: (version += 1) }, contentChanges: [{ text }] }),
    changedOnDisk: (files) => send('workspace/didChangeWatchedFiles', { changes: files.map((file) => ({ uri: uri(file), type: 2 })) }),
    findings: async (file) => (await rpc.sendRequest('textDocument/diagnostic', { textDocument: { uri: uri(file) } })).items,
    hover: (file, line, text) => rpc.sendRequest('textDocument/hover', { textDocument: { uri: uri(file) }, position: { line, character: text.split('\n')[line].search(/\w/) + 1 } }),
    indexed: () => indexed,
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const megabytes = (name) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
      return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
    },
    async timed(act) {
      const started = performance.now();
      await act();
      return performance.now() - started;
    },
    end() {
      rpc.dispose();
      child.kill('SIGKILL');
    },
  };
}

async function repeat(times, act) {
  const taken = [];
  for (let index = 0; index < times; index += 1) taken.push(await act(index));
  return taken;
}

function quantile(times, share) {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1];
}

function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(root, path);
    return /\.[ch]$/.test(entry.name) ? [path] : [];
  });
}
