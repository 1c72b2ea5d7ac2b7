// The index of the whole tree in a session: built when the open files are answered, it brings callers from everywhere and
// changes no finding; it can be cancelled and switched off.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

import type { CallHierarchyIncomingCall, CallHierarchyItem, Diagnostic } from 'vscode-languageserver-protocol';

import type { Indexing } from '../../server/src/lsp/world.ts';
import { indexInBackground } from '../../server/src/main/background-index.ts';
import { yard, YARD } from '../faces/yard.ts';
import { vscode } from './clients.ts';
import { openSession, type LocalSession, type SessionOptions } from './session.ts';

const FAR = 'net/harbour/far.c';

const far = `struct boat;
void boat_put(struct boat *boat);
struct harbour_ops { void (*leave)(struct boat *boat); };

static DEFINE_MUTEX(harbour_lock);

static const struct harbour_ops big = {
	.leave = boat_put,
};

void harbour_close(struct boat *boat)
{
	mutex_lock(&harbour_lock);
	boat_put(boat);
	mutex_unlock(&harbour_lock);
}
`;

function tree(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'kreflens-whole-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ Kconfig: '', 'include/linux/kref.h': '', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

interface Indexed {
  readonly session: LocalSession;
  readonly started: Indexing[];
}

async function indexed(t: TestContext, options: SessionOptions = {}): Promise<Indexed> {
  const root = tree(t, { [YARD]: yard, [FAR]: far });
  const cache = mkdtempSync(join(tmpdir(), 'kreflens-cache-'));
  const started: Indexing[] = [];
  const session = await openSession(root, {
    ...vscode, ...options,
    world: {
      indexAfter: 20,
      indexTree: (at, say, progress) => {
        const indexing = indexInBackground(at, say, progress, cache);
        started.push(indexing);
        return indexing;
      },
    },
  });
  t.after(async () => {
    await session.close();
    for (const indexing of started) {
      indexing.stop();
      await indexing.index;
    }
    rmSync(cache, { recursive: true, force: true });
  });
  await session.open(YARD, yard);
  return { session, started };
}

async function callersOfPut({ session }: Indexed): Promise<readonly string[]> {
  const position = { line: yard.split('\n').findIndex((line) => line.startsWith('void boat_put(')), character: 6 };
  const [item] = await session.rpc.sendRequest<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', { textDocument: { uri: session.uri(YARD) }, position });
  const calls = await session.rpc.sendRequest<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item });
  return calls.map(({ from }) => `${from.name}: ${from.detail}`);
}

async function findings({ session }: Indexed): Promise<readonly Diagnostic[]> {
  return (await session.rpc.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri: session.uri(YARD) } })).items;
}

/** Until the work that began is done, and the session has heard of it. */
async function until(there: () => boolean): Promise<void> {
  while (!there()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('callers and tables elsewhere in the tree are known once it is indexed, and findings are as before', { timeout: 20_000 }, async (t) => {
  const here = await indexed(t);
  assert.deepEqual(await callersOfPut(here), ['boat_scuttle: no lock held']);
  const before = await findings(here);
  assert.ok(before.length > 0);
  await until(() => here.started.length > 0);
  await here.started[0]?.index;
  assert.deepEqual(await callersOfPut(here), ['boat_scuttle: no lock held', 'harbour_close: harbour_lock held', 'struct harbour_ops.leave: ops table']);
  assert.deepEqual(await findings(here), before);
});

test('switched off there is none, and what there was is forgotten', { timeout: 20_000 }, async (t) => {
  const off = await indexed(t, { initializationOptions: { index: { enabled: false } } });
  const here = await indexed(t);
  await until(() => here.started.length > 0);
  await here.started[0]?.index;
  assert.equal((await callersOfPut(here)).length, 3);
  await here.session.rpc.sendNotification('workspace/didChangeConfiguration', { settings: { kreflens: { index: { enabled: false } } } });
  assert.equal((await callersOfPut(here)).length, 1);
  assert.equal(off.started.length, 0);
});

test('its progress is shown, and cancelling it stops it for the session', { timeout: 20_000 }, async (t) => {
  let stops = 0;
  const root = tree(t, { [YARD]: yard });
  const told: { token: string; value: { kind: string; message?: string } }[] = [];
  let starts = 0;
  const session = await openSession(root, {
    capabilities: { ...vscode.capabilities, window: { workDoneProgress: true } },
    world: {
      indexAfter: 20,
      indexTree: (_, __, progress) => {
        starts += 1;
        let end: (index: undefined) => void = () => undefined;
        setTimeout(() => progress(1200, 4000), 20);
        return {
          index: new Promise((resolve) => (end = resolve)),
          stop: () => {
            stops += 1;
            end(undefined);
          },
        };
      },
    },
  });
  t.after(() => session.close());
  session.rpc.onNotification('$/progress', (params) => void told.push(params as (typeof told)[number]));
  await session.open(YARD, yard);
  await until(() => told.some(({ value }) => value.kind === 'report'));
  assert.deepEqual(told.map(({ value }) => value.message).filter(Boolean), ['1,200 of 4,000 files']);
  await session.rpc.sendNotification('window/workDoneProgress/cancel', { token: told[0]?.token });
  await until(() => told.some(({ value }) => value.kind === 'end'));
  assert.equal(stops, 1);
  await session.open(FAR, far);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(starts, 1);
});
