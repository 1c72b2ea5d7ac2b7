// The words of the editor's status item.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { statusText } from '../../client/src/status-text.ts';

it('says what the server is doing', () => {
  assert.equal(statusText({ server: 'starting', findings: 0 }).text, 'kreflens: starting');
  assert.equal(statusText({ server: 'ready', findings: 0 }).text, 'kreflens: no findings');
  assert.equal(statusText({ server: 'ready', findings: 1 }).text, 'kreflens: 1 finding');
  assert.equal(statusText({ server: 'ready', findings: 12, detail: '3 gaps' }).text, 'kreflens: 12 findings');
  assert.equal(statusText({ server: 'ready', findings: 12, detail: '3 gaps' }).detail, '3 gaps');
});

it('is calm while all is well, warns while it restarts, and is an error when it stays down', () => {
  assert.deepEqual(
    (['starting', 'ready', 'crashed', 'stopped'] as const).map(server => statusText({ server, findings: 0 }).severity),
    ['information', 'information', 'warning', 'error'],
  );
});

it('does not count findings of a server that is gone', () => {
  assert.doesNotMatch(statusText({ server: 'crashed', findings: 3 }).text, /3/);
});
