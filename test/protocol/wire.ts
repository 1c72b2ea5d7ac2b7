// The real server as a process, spoken to in bytes: what a client library would never send can be sent, and everything
// that comes back is kept.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Wire {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Everything the server said so far, oldest first. */
  readonly received: readonly Message[];
  stderr(): string;
  bytes(text: string): void;
  send(message: object): void;
  notify(method: string, params: unknown): void;
  /** The answer, also if it is an error. Rejects after `limit` milliseconds: a hang. */
  ask(method: string, params: unknown, limit?: number): Promise<Message>;
  /** Sends the request and does not wait; the id. */
  begin(method: string, params: unknown): number;
  answer(id: number, limit?: number): Promise<Message>;
  /** The first message, past or to come, that fits. */
  until(fits: (message: Message) => boolean, limit?: number): Promise<Message>;
  uri(file: string): string;
}

const server = ['--import', 'tsx', fileURLToPath(new URL('../../server/src/main/server.ts', import.meta.url)), '--stdio'];

export async function startServer(test: TestContext, root: string): Promise<Wire> {
  // Warnings, too, would say that a promise's rejection was not handled.
  const child = spawn(process.execPath, ['--unhandled-rejections=strict', ...server], { stdio: ['pipe', 'pipe', 'pipe'] });
  const received: Message[] = [];
  const waiting = new Set<() => void>();
  let buffer = Buffer.alloc(0);
  let stderr = '';
  let next = 1;
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  // A server that was killed cannot be written to.
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (data: Buffer) => {
    buffer = Buffer.concat([buffer, data]);
    for (let message = take(); message !== undefined; message = take()) {
      received.push(message);
      // A server's request: null suits all that this one asks for.
      if (message.method !== undefined && message.id !== undefined) wire.send({ id: message.id, result: message.method === 'workspace/configuration' ? [null] : null });
    }
    for (const look of waiting) look();
  });
  child.on('exit', () => {
    for (const look of waiting) look();
  });

  function take(): Message | undefined {
    const head = buffer.indexOf('\r\n\r\n');
    if (head < 0) return undefined;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())?.[1]);
    if (buffer.length < head + 4 + length) return undefined;
    const body = buffer.subarray(head + 4, head + 4 + length).toString();
    buffer = buffer.subarray(head + 4 + length);
    return JSON.parse(body) as Message;
  }

  const wire: Wire = {
    process: child,
    received,
    stderr: () => stderr,
    bytes: (text) => void child.stdin.write(text),
    send(message) {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message });
      wire.bytes(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    },
    notify: (method, params) => wire.send({ method, params }),
    begin(method, params) {
      const id = next++;
      wire.send({ id, method, params });
      return id;
    },
    ask: (method, params, limit) => wire.answer(wire.begin(method, params), limit),
    answer: (id, limit) => wire.until((message) => message.id === id && message.method === undefined, limit),
    until: (fits, limit = 20_000) => new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const fail = (why: string): void => {
        stop();
        reject(new Error(`${why}; stderr: ${stderr}; last messages: ${JSON.stringify(received.slice(-3))}`));
      };
      const timer = setTimeout(() => fail(`no such message within ${limit} ms`), limit);
      const look = (): void => {
        const found = received.find(fits);
        if (found !== undefined) {
          stop();
          resolve(found);
        } else if (child.exitCode !== null || child.signalCode !== null) fail('the server is gone');
      };
      waiting.add(look);
      look();
    }),
    uri: (file) => pathToFileURL(`${root}/${file}`).href,
  };
  test.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return wire;
}

export async function initialize(wire: Wire, root: string, capabilities: object, initializationOptions?: object): Promise<Record<string, unknown>> {
  const folder = { uri: pathToFileURL(root).href, name: 'root' };
  const answer = await wire.ask('initialize', { processId: null, rootUri: folder.uri, workspaceFolders: [folder], capabilities, initializationOptions });
  wire.notify('initialized', {});
  return (answer.result as { capabilities: Record<string, unknown> }).capabilities;
}

export function open(wire: Wire, file: string, text: string): void {
  wire.notify('textDocument/didOpen', { textDocument: { uri: wire.uri(file), languageId: 'c', version: 1, text } });
}
