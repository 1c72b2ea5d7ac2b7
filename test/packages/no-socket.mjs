// Loaded before a program: notes every attempt to open a socket in the file KREFLENS_TEST_SOCKETS, and refuses it.

import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const note = (line) => appendFileSync(process.env.KREFLENS_TEST_SOCKETS, `${line}\n`);
const require = createRequire(import.meta.url);

function refuse(holder, name, what) {
  holder[name] = () => {
    note(what);
    throw new Error(`refused: ${what}`);
  };
}

refuse(require('node:net').Socket.prototype, 'connect', 'net connect');
refuse(require('node:net').Server.prototype, 'listen', 'net listen');
refuse(require('node:dgram'), 'createSocket', 'dgram');
refuse(require('node:dns'), 'lookup', 'dns');
refuse(globalThis, 'fetch', 'fetch');
syncBuiltinESMExports();
note('watching');
