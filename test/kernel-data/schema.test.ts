// The data files obey their JSON Schema, and hang together: no name twice, no argument position that makes no sense.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { allEntries, dataFiles, dataSchema } from './data-files.ts';

const validate = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false, discriminator: true }).compile(dataSchema());

for (const { file, data } of dataFiles()) {
  test(`${file} obeys the schema`, () => {
    assert.ok(validate(data), JSON.stringify(validate.errors, null, 1));
  });
}

test('the schema refuses what it should', () => {
  const entry = { names: ['a_lock'], source: 'include/linux/a.h' };
  const withEffect = (effect: object) => ({ about: 'a file of one wrong entry', primitives: [{ ...entry, effects: [effect] }] });
  assert.ok(validate(withEffect({ do: 'lock', lock: 'arg0', mode: 'mutex' })));
  for (const wrong of [
    { do: 'lock', lock: 'arg0' },
    { do: 'lock', lock: 'argument', mode: 'mutex' },
    { do: 'lock', lock: 'arg0->mutex', mode: 'mutex' },
    { do: 'get', count: 'arg0.kref', when: 'ret' },
    { do: 'put', count: 'arg0', lockOnLast: 'arg1' },
    { do: 'unlink' },
    { do: 'find', in: 'arg0', member: 2, node: true },
    { do: 'vanish' },
  ]) {
    assert.ok(!validate(withEffect(wrong)), JSON.stringify(wrong));
  }
});

test('a name has at most one entry of a kind', () => {
  const seen = new Map<string, string>();
  for (const { kind, name, file } of allEntries()) {
    const key = `${kind} ${name}`;
    assert.equal(seen.get(key), undefined, `${key} in ${file} and ${seen.get(key)}`);
    seen.set(key, file);
  }
});

test('names of a home are not opaque: nobody would read their source', () => {
  const files = dataFiles();
  const opaque = new Set(files.flatMap(({ data }) => (data.primitives ?? []).filter((e) => e.opaque).flatMap((e) => e.names)));
  const homes = files.flatMap(({ data }) => Object.values(data.homes ?? {}).flat());
  assert.deepEqual(homes.filter((name) => opaque.has(name)), []);
});

test('an entry says something that can be true', () => {
  for (const { file, data } of dataFiles()) {
    for (const entry of data.primitives ?? []) {
      const where = `${file}: ${entry.names.join(', ')}`;
      const effects = entry.effects ?? [];
      for (const effect of effects) {
        if (effect.do === 'get' && effect.checked) assert.ok(effect.when, `${where}: a checked get tells by its result`);
        if (effect.do === 'put' && effect.neverLast) assert.equal(effect.zeroWhen, undefined, where);
        if (effect.do === 'put' && effect.lockOnLast) assert.ok(effect.zeroWhen, where);
        const asks = JSON.stringify(effect).includes('"ret');
        if (asks) assert.ok(entry.returns !== undefined, `${where}: asks for a result but says nothing of it`);
      }
      if (entry.transparent) assert.deepEqual(effects, [], where);
      if (entry.noreturn) assert.equal(entry.returns, undefined, where);
    }
    for (const entry of data.iterators ?? []) {
      const where = `${file}: ${entry.names.join(', ')}`;
      const positions = [entry.cursor, entry.container, entry.member].filter((at) => at !== undefined && at >= 0);
      assert.equal(new Set(positions).size, positions.length, where);
      assert.ok(!(entry.node && entry.member !== undefined), where);
    }
  }
});

test('what takes a lock has something that drops it, and the other way round', () => {
  const taken = new Set<string>();
  const dropped = new Set<string>();
  for (const { data } of dataFiles()) {
    for (const { effects = [] } of data.primitives ?? []) {
      for (const effect of effects) {
        if (effect.do === 'lock') taken.add(`${effect.lock.replace(/^arg\d/, 'arg')} ${effect.mode}`);
        if (effect.do === 'unlock') dropped.add(`${effect.lock.replace(/^arg\d/, 'arg')} ${effect.mode}`);
      }
    }
  }
  // A lockref's lock is dropped as the spinlock it is.
  taken.delete('arg.lock spin');
  dropped.delete('arg.lock spin');
  assert.deepEqual([...taken].sort(), [...dropped].sort());
});
