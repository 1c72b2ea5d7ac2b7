// Each fix on a small file: what it does to the text, what it says of itself, and when it is refuted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadFixtures } from '../support/marked-fixtures.ts';
import { LONG_LINE, loneStatement, TWO_COUNTS } from './reductions.ts';
import { bodyWith, ids, look, offers, pick } from './support.ts';

const FILE = 'a.c';
const alone = (text: string): ReadonlyMap<string, string> => new Map([[FILE, text]]);

const bodyAfter = (text: string, id: string, name: string): string => bodyWith(alone(text), id, name);

test('reorder-keep-reference saves the pointer, and calls what the wrapper is around', () => {
  assert.equal(bodyAfter(TWO_COUNTS, 'reorder-keep-reference', 'truck_retire'), `void truck_retire(struct truck *t)
{
	int load = t->load;
	struct depot *home;

	home = t->depot;
	truck_unload(t);
	leave_depot(t, home);
	pr_info("%d left\\n", load);
}`);
});

test('moving the locked put without saving the pointer is tried and refuted', () => {
  const fix = pick(offers(alone(TWO_COUNTS)), 'move-locked-put-after');
  assert.deepEqual(fix.refuted, [
    'truck_unload() clears t->depot, truck_cleanup() would find nothing and the reference taken by depot_find() would leak',
  ]);
  assert.deepEqual(fix.proved, []);
});

test('puts are not reordered across a way out', () => {
  const early = TWO_COUNTS.replace('\ttruck_cleanup(t);\n\ttruck_unload(t);', '\ttruck_cleanup(t);\n\tif (load < 0)\n\t\treturn;\n\ttruck_unload(t);');
  const all = ids(offers(alone(early)).filter(({ finding }) => finding.function === 'truck_retire')).split(' ');
  assert.ok(all.includes('hold-lookup-lock'), all.join());
  assert.ok(!all.includes('reorder-keep-reference'));
});

test('refuted fixes come last', () => {
  const states = offers(alone(TWO_COUNTS)).flatMap((offer) => offer.fixes).map((fix) => fix.refuted.length > 0);
  assert.deepEqual(states, states.toSorted((one, other) => Number(one) - Number(other)));
  assert.ok(states.includes(true) && states.includes(false));
});

test('kref-put-mutex gives the lock to the put, takes it from the release, and keeps to 80 columns', () => {
  assert.equal(bodyAfter(LONG_LINE, 'kref-put-mutex', 'telescope_put'), `void telescope_put(struct observatory_telescope *t)
{
	if (t)
		kref_put_mutex(&t->reference_count, telescope_free,
			       &observatory_telescopes_lock);
}`);
  assert.doesNotMatch(bodyAfter(LONG_LINE, 'kref-put-mutex', 'telescope_free'), /mutex_lock/);
});

test('kref-put-mutex is not offered when the release is used in another way as well', () => {
  const direct = `${LONG_LINE}\nvoid telescope_drop(struct observatory_telescope *t)\n{\n\ttelescope_free(&t->reference_count);\n}\n`;
  const fixes = offers(alone(direct)).flatMap((offer) => offer.fixes);
  assert.ok(fixes.length > 0);
  assert.ok(!fixes.some((fix) => fix.id === 'kref-put-mutex'));
});

test('kref-put-mutex is given to the helper that puts', () => {
  const caller = `${LONG_LINE}\nint telescope_query(int id)\n{\n\tstruct observatory_telescope *t = telescope_find(id);\n\n\ttelescope_put(t);\n\treturn 0;\n}\n`;
  assert.match(bodyAfter(caller.replace('void telescope_put', 'static void telescope_put'), 'kref-put-mutex', 'telescope_put'), /kref_put_mutex\(/);
});

test('checked-get skips the dying entry', () => {
  assert.match(bodyAfter(LONG_LINE, 'checked-get', 'telescope_find'),
    /\n\t\t\tif \(!kref_get_unless_zero\(&t->reference_count\)\)\n\t\t\t\tcontinue;\n/);
});

const mutex = { define: 'DEFINE_MUTEX(flares_lock)', take: 'mutex_lock(&flares_lock)', drop: 'mutex_unlock(&flares_lock)', free: '' };
const spin = {
  define: 'DEFINE_SPINLOCK(flares_lock)', take: 'spin_lock_irqsave(&flares_lock, flags)',
  drop: 'spin_unlock_irqrestore(&flares_lock, flags)', flags: 'unsigned long flags;', free: '',
};

test('hold-lookup-lock gives braces to a lone statement', () => {
  assert.equal(bodyAfter(loneStatement(mutex), 'hold-lookup-lock', 'flare_put'), `void flare_put(struct flare *f)
{
	if (f) {
		mutex_lock(&flares_lock);
		kref_put(&f->ref, flare_free);
		mutex_unlock(&flares_lock);
	}
}`);
});

test('hold-lookup-lock declares the flags', () => {
  assert.equal(bodyAfter(loneStatement(spin), 'hold-lookup-lock', 'flare_put'), `void flare_put(struct flare *f)
{
	unsigned long flags;

	if (f) {
		spin_lock_irqsave(&flares_lock, flags);
		kref_put(&f->ref, flare_free);
		spin_unlock_irqrestore(&flares_lock, flags);
	}
}`);
});

test('hold-lookup-lock is refuted where the release sleeps under a spinlock', () => {
  const fix = pick(offers(alone(loneStatement({ ...spin, free: '\tmsleep(20);\n' }))), 'hold-lookup-lock');
  assert.deepEqual(fix.refuted, ["flare_free() may sleep, and 'flares_lock' is a spinlock"]);
});

const caller = (name: string, lines: string): string => `\nvoid ${name}(struct flare *f)\n{\n${lines}}\n`;

test('hold-lookup-lock goes where no caller has the lock yet', () => {
  const text = loneStatement(mutex) + caller('flare_drop', '\tflare_put(f);\n') + caller('flare_forget', '\tflare_drop(f);\n') +
    caller('flare_quench', '\tmutex_lock(&flares_lock);\n\tflare_drop(f);\n\tmutex_unlock(&flares_lock);\n');
  assert.match(bodyAfter(text, 'hold-lookup-lock', 'flare_forget'), /mutex_lock\(&flares_lock\);\n\tflare_drop\(f\);\n\tmutex_unlock/);
});

test('hold-lookup-lock is refuted where a caller of a caller holds a spinlock and the lock is a mutex', () => {
  const text = loneStatement(mutex) + caller('flare_drop', '\tflare_put(f);\n') + '\nstatic DEFINE_SPINLOCK(sky_lock);\n' +
    caller('flare_quench', '\tspin_lock(&sky_lock);\n\tflare_drop(f);\n\tspin_unlock(&sky_lock);\n');
  assert.deepEqual(pick(offers(alone(text)), 'hold-lookup-lock').refuted,
    ["flare_quench() calls flare_drop() under a spinlock, and taking 'flares_lock' may sleep"]);
});

test('hold-lookup-lock is refuted where the release takes the lock itself', () => {
  const fix = pick(offers(alone(LONG_LINE)), 'hold-lookup-lock');
  assert.match(fix.refuted.join(), /the release takes 'observatory_telescopes_lock' itself/);
});

test('fixes leave the session as it was', () => {
  const { workspace, findings } = look(alone(TWO_COUNTS));
  for (const finding of findings) workspace.fixes(finding);
  assert.deepEqual(workspace.check([FILE]).findings, findings);
});

test('a finding that the text no longer has gets no fixes', () => {
  const { workspace, findings } = look(alone(LONG_LINE));
  const [finding] = findings;
  assert.ok(finding);
  workspace.setText(FILE, `\n\n${LONG_LINE}`);
  assert.deepEqual(workspace.fixes(finding), []);
});

// Which fixes each fixture of the finality room gets; refuted ones in brackets.
const EXPECTED: Readonly<Record<string, string>> = {
  'array.bad': 'kref-put-mutex checked-get [hold-lookup-lock]',
  'callers-none-hold.bad': 'hold-lookup-lock',
  'callers-some-hold.bad': 'hold-lookup-lock [hold-lookup-lock-in-helper] [assert-lock-held]',
  'cleared-field.bad': 'put-before-loss',
  'deferred-rcu.bad': 'unlink-in-release',
  'checked-get.bad': 'refcount-dec-and-mutex-lock checked-get',
  'goto-ladder.bad': 'hold-lookup-lock',
  'hlist-kref.bad': 'checked-get [hold-lookup-lock]',
  'late-get-caller.bad': 'get-under-lock checked-get-under-lock [checked-get-in-place]',
  'late-get.bad': 'checked-get-under-lock [get-under-lock] [checked-get-in-place]',
  'list-kref.bad': 'kref-put-mutex checked-get [hold-lookup-lock]',
  'one-path-locked.bad': '[hold-lookup-lock]',
  'other-file.bad': 'checked-get',
  'read-side.bad': 'checked-get [hold-lookup-lock]',
  'refcount-lock.bad': 'refcount-dec-and-lock checked-get',
  'refcount-mutex.bad': 'refcount-dec-and-mutex-lock checked-get',
  'second-counter.bad': 'atomic-dec-and-mutex-lock checked-get',
  'two-references.bad': 'reorder-keep-reference hold-lookup-lock',
};

const fixtures = loadFixtures(fileURLToPath(new URL('../fixtures/finality', import.meta.url)));

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(`fixes of ${name}`, () => {
    const fixture = fixtures.find((one) => one.name === name);
    assert.ok(fixture, `no fixture ${name}`);
    const all = offers(fixture.files);
    assert.equal(all.length, 1);
    assert.equal(ids(all), expected);
  });
}
