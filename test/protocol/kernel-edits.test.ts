// A thousand edits on ten files of the kernel, in one session: typed, deleted, taken back, left half done. Whenever the
// typing has paused, its answers are those of a session that has just been opened.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Diagnostic } from 'vscode-languageserver-protocol';

import { lineStarts, positionAt, type Position } from '../../server/src/base/span.ts';
import { treeTest } from '../support/kernel-tree.ts';
import { vscode } from './clients.ts';
import { random, someEdit } from './random-edits.ts';
import { openSession, type LocalSession } from './session.ts';

const FILES = [
  'drivers/base/core.c', 'drivers/base/bus.c', 'drivers/base/class.c', 'lib/kobject.c', 'drivers/net/wireless/ath/carl9170/usb.c',
  'fs/lockd/clntproc.c', 'drivers/nvme/host/fabrics.c', 'net/rds/connection.c', 'sound/core/init.c', 'drivers/tty/tty_port.c',
];

const EDITS = Number(process.env['KREFLENS_KERNEL_EDITS'] ?? 1000);
/** Edits between two pauses, in each of which the findings are asked for. */
const AT_ONCE = 20;
/** With KREFLENS_EVERY_PAUSE each pause is compared, which takes an hour; else the last one in each file, and some before. */
const PAUSES_COMPARED = process.env['KREFLENS_EVERY_PAUSE'] === undefined ? 3 : 1;
const seed = Number(process.env['KREFLENS_SEED'] ?? 20161103);

/** What is said of a finding that a half-typed function had before: only a session with a past can say it. */
const heldOver = / \(before the current edit\)$/;

interface Answers {
  readonly diagnostics: readonly Diagnostic[];
  readonly others: readonly unknown[];
}

async function answers(session: LocalSession, file: string, text: string): Promise<Answers> {
  const textDocument = { uri: session.uri(file) };
  const { items } = await session.rpc.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument });
  const starts = lineStarts(text);
  const places: Position[] = [...text.matchAll(/\b\w*(?:_put|_get|_release)(?=\()/g)].filter((_, at) => at % 7 === 0).slice(0, 6).map(({ index }) => positionAt(starts, index));
  const others: unknown[] = [];
  for (const position of places) {
    others.push(await session.rpc.sendRequest('textDocument/hover', { textDocument, position }));
    others.push(await session.rpc.sendRequest('kreflens/why', { textDocument, position }));
  }
  return { diagnostics: items.filter(({ message }) => !heldOver.test(String(message))), others };
}

treeTest('6.12', `${EDITS} random edits in ${FILES.length} files: after a pause the answers are those of a fresh session`, async (root, t) => {
  const below = random(seed);
  const session = await openSession(root, vscode);
  const perFile = Math.ceil(EDITS / FILES.length);
  let compared = 0;
  let findings = 0;
  for (const file of FILES) {
    let text = readFileSync(join(root, file), 'utf8');
    const history: string[] = [];
    const done: string[] = [];
    let version = 1;
    const tell = async (next: string, what: string): Promise<void> => {
      done.push(what);
      text = next;
      await session.change(file, (version += 1), [{ text }]);
    };
    await session.open(file, text);
    for (let edit = 1; edit <= perFile; edit += 1) {
      // Half of what is typed is taken back, so that there is something left to judge.
      const before = below(2) === 0 ? history.pop() : undefined;
      if (before !== undefined) await tell(before, 'undo');
      else {
        const { start, end, newText } = someEdit(text, below);
        history.push(text);
        await tell(text.slice(0, start) + newText + text.slice(end), JSON.stringify({ start, end, newText }));
      }
      if (edit % AT_ONCE !== 0 && edit < perFile) continue;
      if (below(3) === 0) while (history.length > 0) await tell(history.pop() ?? text, 'undo');
      const here = await answers(session, file, text);
      if ((edit / AT_ONCE) % PAUSES_COMPARED !== 0 && edit < perFile) continue;
      const fresh = await openSession(root, vscode);
      await fresh.open(file, text);
      const there = await answers(fresh, file, text);
      await fresh.close();
      assert.deepEqual(here, there, `${file}, KREFLENS_SEED=${seed}, after:\n${done.join('\n')}`);
      compared += 1;
      findings += here.diagnostics.length;
    }
    await session.rpc.sendNotification('textDocument/didClose', { textDocument: { uri: session.uri(file) } });
  }
  await session.close();
  t.diagnostic(`${compared} pauses compared, ${findings} findings`);
  assert.ok(findings > 0, 'there was something to compare');
});
