// The loader: what it unfolds, that nobody can change it, that it is quick, and that its hash means the content.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { buildKnowledge, knowledgeHash, loadKnowledge } from '../../server/src/kernel/knowledge.ts';
import { allEntries } from './data-files.ts';

const knowledge = loadKnowledge();

test('every entry on disk is loaded', () => {
  const tables = { primitive: knowledge.primitives, iterator: new Map([...knowledge.iterators, ...(knowledge.fallbackIterators ?? [])]), guard: knowledge.guards, container: knowledge.containers, home: knowledge.homes };
  for (const { kind, name, file } of allEntries()) {
    assert.ok(tables[kind as keyof typeof tables].has(name), `${kind} ${name} of ${file} is not loaded`);
  }
});

test('the way down to the counter has one spelling', () => {
  const count = (name: string) =>
    knowledge.primitives.get(name)?.effects?.flatMap((effect) => ('count' in effect ? [effect.count] : []));
  assert.deepEqual(count('kref_get'), ['arg0']);
  assert.deepEqual(count('refcount_inc'), ['arg0']);
  assert.deepEqual(count('kobject_get'), ['arg0.kref']);
  assert.deepEqual(count('kobject_put'), ['arg0.kref']);
  assert.deepEqual(count('get_device'), ['arg0.kobj.kref']);
  assert.deepEqual(count('put_device'), ['arg0.kobj.kref']);
  assert.equal(knowledge.primitives.get('get_device')?.returns, 'arg0');
});

test('the last put may come with a lock', () => {
  const put = (name: string) => knowledge.primitives.get(name)?.effects?.[0];
  assert.deepEqual(put('kref_put_mutex'), {
    do: 'put', count: 'arg0', release: 'arg1', zeroWhen: 'ret!=0', lockOnLast: { lock: 'arg2', mode: 'mutex' },
  });
  assert.deepEqual(put('atomic_dec_and_lock'), {
    do: 'put', count: 'arg0', zeroWhen: 'ret!=0', lockOnLast: { lock: 'arg1', mode: 'spin' },
  });
});

test('both senses of trylock', () => {
  const when = (name: string) => knowledge.primitives.get(name)?.effects?.map((effect) => 'when' in effect && effect.when);
  assert.deepEqual(when('mutex_trylock'), ['ret!=0']);
  assert.deepEqual(when('down_trylock'), ['ret==0']);
  assert.deepEqual(when('mutex_lock_interruptible'), ['ret==0']);
});

test('bottom primitives are opaque, wrappers with a body are not', () => {
  const opaque = (name: string) => knowledge.primitives.get(name)?.opaque === true;
  for (const name of ['mutex_lock', 'kref_put', 'refcount_inc', 'list_del', 'idr_find', 'rcu_read_lock', 'kfree', 'queue_work']) {
    assert.ok(opaque(name), name);
  }
  for (const name of ['kobject_put', 'get_device', 'device_lock', 'of_node_put', 'klist_del']) assert.ok(!opaque(name), name);
});

test('a loop that holds a reference is a fallback: its own macro says more', () => {
  assert.ok(!knowledge.iterators.has('for_each_child_of_node'));
  assert.equal(knowledge.fallbackIterators?.get('for_each_child_of_node')?.holds, 'kobj.kref');
  for (const iterator of knowledge.iterators.values()) assert.ok(iterator.container >= 0, iterator.name);
});

test('a function with a body elsewhere has a home', () => {
  assert.equal(knowledge.homes.get('kobject_put'), 'lib/kobject.c');
  assert.equal(knowledge.homes.get('klist_del'), 'lib/klist.c');
  assert.equal(knowledge.homes.get('put_device'), 'drivers/base/core.c');
});

test('nothing in it can be changed', () => {
  const put = knowledge.primitives.get('kref_put');
  assert.ok(put?.effects);
  assert.throws(() => Object.assign(put, { name: 'other' }), TypeError);
  assert.throws(() => Object.assign(put.effects?.[0] ?? {}, { count: 'other' }), TypeError);
  assert.equal(loadKnowledge(), knowledge);
});

test('names share an entry but not their name', () => {
  const { primitives } = buildKnowledge([
    { about: 'two names', primitives: [{ names: ['one', 'two'], sleeps: true, source: 'include/linux/a.h' }] },
  ]);
  assert.deepEqual([...primitives.values()], [
    { name: 'one', sleeps: true, source: 'include/linux/a.h' },
    { name: 'two', sleeps: true, source: 'include/linux/a.h' },
  ]);
});

test('the hash is of the content, the same in another process', () => {
  assert.match(knowledgeHash(), /^[0-9a-f]{64}$/);
  const module = fileURLToPath(new URL('../../server/src/kernel/knowledge.ts', import.meta.url));
  const script = `import('${module}').then((m) => console.log(m.knowledgeHash()))`;
  assert.equal(execFileSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' }).trim(), knowledgeHash());
});

test('unfolding takes milliseconds', () => {
  const files = allEntries().map(({ name, source }) => ({ about: '', primitives: [{ names: [name], source }] }));
  const before = process.cpuUsage();
  buildKnowledge(files);
  const { user, system } = process.cpuUsage(before);
  // Processor time, so that a busy machine does not fail it; the target is 10 ms of wall time on an idle one.
  assert.ok(user + system < 50_000, `${user + system} microseconds`);
});
