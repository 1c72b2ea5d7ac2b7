// Whatever is typed, deleted and taken back: once the typing pauses, a session that has seen all of it gives the answers of
// one that has just been opened.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { CodeLens, Diagnostic, TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol';

import { lineStarts, positionAt, type Position } from '../../server/src/base/span.ts';
import { clients, vscode, type RecordedClient } from './clients.ts';
import { random, someEdit } from './random-edits.ts';
import { openSession, type LocalSession } from './session.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Trees to edit: folders as they are, files in a folder of their own. */
const subjects = ['demo', 'finality/other-file.bad', 'finality/kobject.bad.c', 'finality/goto-ladder.bad.c', 'finality/two-wrappers.bad.c', 'finality/rcu-hash.bad.c', 'history/shared-input.before.c', 'finality/guard-scope.bad.c'];

const EDITS = Number(process.env['KREFLENS_EDITS'] ?? 200);
/** The most between two pauses. */
const EDITS_AT_ONCE = 4;
const seed = Number(process.env['KREFLENS_SEED'] ?? 20161103);

/** What is said of a finding that a half-typed function had before: only a session with a past can say it. */
const heldOver = / \(before the current edit\)$/;

function copyOf(t: TestContext, subject: string): { root: string; files: readonly string[] } {
  const root = mkdtempSync(join(tmpdir(), 'kreflens-edits-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  if (subject.endsWith('.c')) {
    mkdirSync(join(root, 'include/linux'), { recursive: true });
    writeFileSync(join(root, 'Kconfig'), '');
    cpSync(join(fixtures, subject), join(root, 'subject.c'));
  } else cpSync(join(fixtures, subject), root, { recursive: true });
  return { root, files: filesBelow(root, '').filter((file) => /\.[ch]$/.test(file)) };
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}

interface Answers {
  readonly diagnostics: Readonly<Record<string, readonly Diagnostic[]>>;
  readonly others: unknown;
}

/** Both pull; they count positions differently. */
const typists = [vscode, ...clients.filter(({ pulls, encoding }) => pulls && encoding === 'utf-8')];

const shown = { inlayHints: { enabled: true }, codeLens: { enabled: true } };

function positionOf({ encoding }: RecordedClient, text: string, offset: number): Position {
  const starts = lineStarts(text);
  const { line, character } = positionAt(starts, offset);
  const start = starts[line] ?? 0;
  return { line, character: encoding === 'utf-8' ? Buffer.byteLength(text.slice(start, start + character)) : character };
}

async function answers(session: LocalSession, client: RecordedClient, texts: ReadonlyMap<string, string>): Promise<Answers> {
  const diagnostics: Record<string, readonly Diagnostic[]> = {};
  const others: unknown[] = [];
  for (const [file, text] of texts) {
    const textDocument = { uri: session.uri(file) };
    const { items } = await session.rpc.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument });
    diagnostics[file] = items;
    for (const field of [...text.matchAll(/(?<=->|\.)[a-z]\w*/g)].slice(0, 3)) {
      others.push(await session.rpc.sendRequest('textDocument/hover', { textDocument, position: positionOf(client, text, field.index) }));
    }
    const whole = { start: { line: 0, character: 0 }, end: { line: text.length, character: 0 } };
    others.push(await session.rpc.sendRequest('textDocument/inlayHint', { textDocument, range: whole }));
    const lenses = await session.rpc.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument });
    others.push(await Promise.all(lenses.slice(0, 3).map((lens) => session.rpc.sendRequest('codeLens/resolve', lens))));
    // The names of the functions that change the most.
    for (const word of [...text.matchAll(/\b\w*(?:put|get|release)\w*(?=\()/g)].slice(0, 4)) {
      const position = positionOf(client, text, word.index);
      others.push(await session.rpc.sendRequest('textDocument/hover', { textDocument, position }));
      others.push(await session.rpc.sendRequest('kreflens/why', { textDocument, position }));
    }
  }
  others.push(await session.rpc.sendRequest('kreflens/registries', {}));
  return { diagnostics, others };
}

test(`${EDITS} random edits: after each pause the answers are those of a fresh session`, { timeout: 120_000 }, async (t) => {
  const below = random(seed);
  let findings = 0;
  let kept = 0;
  let pauses = 0;
  const perSubject = EDITS / subjects.length;
  for (const [number, subject] of subjects.entries()) {
    const client = typists[number % typists.length] ?? vscode;
    const { root, files } = copyOf(t, subject);
    const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
    const versions = new Map(files.map((file) => [file, 1]));
    const history: { file: string; text: string }[] = [];
    const session = await openSession(root, { ...client, initializationOptions: shown });
    for (const [file, text] of texts) await session.open(file, text);
    const done: string[] = [];
    const tell = (file: string, text: string, change: TextDocumentContentChangeEvent): Promise<void> => {
      const version = (versions.get(file) ?? 0) + 1;
      versions.set(file, version);
      texts.set(file, text);
      return session.change(file, version, [change]);
    };
    const undo = async (): Promise<void> => {
      const last = history.pop();
      if (last === undefined) return;
      done.push(`undo in ${last.file}`);
      await tell(last.file, last.text, { text: last.text });
    };
    const settle = async (): Promise<void> => {
      const fresh = await openSession(root, { ...client, initializationOptions: shown });
      for (const [path, now] of texts) await fresh.open(path, now);
      const [here, there] = await Promise.all([answers(session, client, texts), answers(fresh, client, texts)]);
      await fresh.close();
      const what = `${subject} by ${client.name}, KREFLENS_SEED=${seed}, after:\n${done.join('\n')}`;
      for (const path of files) {
        const own = (here.diagnostics[path] ?? []).filter(({ message }) => !heldOver.test(String(message)));
        assert.deepEqual(own, there.diagnostics[path], `${path} of ${what}`);
        findings += own.length;
        kept += (here.diagnostics[path] ?? []).length - own.length;
      }
      assert.deepEqual(here.others, there.others, what);
      pauses += 1;
    };

    await settle();
    for (let edit = 1; edit <= perSubject; edit += 1) {
      const file = files[below(files.length)] ?? '';
      const text = texts.get(file) ?? '';
      const { start, end, newText } = someEdit(text, below);
      history.push({ file, text });
      done.push(`${file}: ${JSON.stringify({ start, end, newText })}`);
      await tell(file, text.slice(0, start) + newText + text.slice(end), { range: { start: positionOf(client, text, start), end: positionOf(client, text, end) }, text: newText });
      if (below(EDITS_AT_ONCE) !== 0 && edit < perSubject) continue;

      await settle();
      // Some of it, or all, is taken back; so that there is something left to find.
      for (let back = below(4) === 0 ? below(history.length) : history.length; back > 0; back -= 1) await undo();
    }
    await settle();
    await session.close();
  }
  t.diagnostic(`${pauses} pauses, ${findings} findings compared, ${kept} more held over`);
  assert.ok(findings > pauses / 4, 'there was something to compare');
});
