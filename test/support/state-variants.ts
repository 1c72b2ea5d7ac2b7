// Variations of the states: proposed fixes, near misses and disguises of the same race, each with its verdict.
// What is inserted are a few tokens of our own; see states.ts for the object, R1 and R2.

import { insertBefore, replaceIn, renameWords, statement } from './c-edits.ts';
import type { Expectation, Place } from './expectation.ts';
import {
  at, BASE_HEADER, classHasPrivatePointer, cleanupPut, CORE, deferred, delBeforeCleanupLeak, delCall, delPut, editCore,
  failedAddLeak, moveLeak, movePuts, state, textOf, type Case, type StateName, type Texts,
} from './states.ts';

const HELPER_FILE = 'drivers/base/glue-drop.c';

const delStatement = statement('kobject_del\\(&dev->kobj\\)');
const lockStatement = statement('mutex_lock\\(&gdp_mutex\\)');
const unlockStatement = statement('mutex_unlock\\(&gdp_mutex\\)');

function variant(from: StateName, shipped: Texts, edit: (core: string) => string, verdict: (files: Texts) => readonly Expectation[]): Case {
  const files = editCore(state(from, shipped).files, edit);
  return { files, expected: verdict(files) };
}

/** The leaks that every variant of state B shares with it. */
function leaksOfB(files: Texts): Expectation[] {
  return [failedAddLeak(files), delBeforeCleanupLeak(files), moveLeak(files)];
}

function leaksOfC(files: Texts): Expectation[] {
  return [failedAddLeak(files), moveLeak(files)];
}

function deferredMoves(files: Texts): Place[] {
  return movePuts(files, 'unlink-deferred-past-lock').map(deferred);
}

/** R2 is put under gdp_mutex now: right, but for the option that defers the release. */
function deferredDel(files: Texts, call: RegExp): Place {
  return deferred(at(files, 'unlink-deferred-past-lock', 'device_del', call));
}

/** gdp_mutex around kobject_del() where the parent is a member of the class's glue directories, else a plain call. */
function reportersPatch(shipped: Texts): Case {
  const edit = (core: string): string => {
    const test = classHasPrivatePointer(core)
      ? '\tif (dev->kobj.parent && dev->kobj.parent->kset == &dev->class->p->glue_dirs) {\n'
      : '\tsp = class_to_subsys(dev->class);\n\tif (sp && dev->kobj.parent && dev->kobj.parent->kset == &sp->glue_dirs) {\n';
    const after = classHasPrivatePointer(core) ? '' : '\tsubsys_put(sp);\n';
    return replaceIn(core, 'device_del', delStatement,
      `${test}\t\tmutex_lock(&gdp_mutex);\n\t\tkobject_del(&dev->kobj);\n\t\tmutex_unlock(&gdp_mutex);\n` +
      `\t} else {\n\t\tkobject_del(&dev->kobj);\n\t}\n${after}`);
  };
  // On the other side of the test the parent is no member, so its put is not one of this object's.
  return variant('B', shipped, edit, (files) => [deferredDel(files, delCall), ...deferredMoves(files), ...leaksOfB(files)]);
}

/** kobject_del() has cleared the parent when the cleanup reads it: R1 is never put, so R2 cannot be the last. */
function cleanupAfterDel(shipped: Texts): Case {
  const edit = (core: string): string => {
    const without = replaceIn(core, 'device_del', statement('cleanup_device_parent\\(dev\\)'), '');
    return replaceIn(without, 'device_del', delStatement, '$&\tcleanup_device_parent(dev);\n');
  };
  return variant('B', shipped, edit, (files) => [
    at(files, 'ref-leak', 'device_del', delCall), ...leaksOfB(files),
    // Only device_move() gets as far as the put in the cleanup; every put there may be the last.
    { anyOf: [[deferred(cleanupPut(files, 'unlink-deferred-past-lock'))], deferredMoves(files)] },
  ]);
}

/** A mutex that no lookup holds. */
function otherMutex(shipped: Texts): Case {
  const edit = (core: string): string =>
    insertBefore(replaceIn(core, 'device_del', delStatement, '\tmutex_lock(&unrelated_lock);\n$&\tmutex_unlock(&unrelated_lock);\n'),
      'device_del', 'static DEFINE_MUTEX(unrelated_lock);\n');
  return variant('B', shipped, edit, (files) => [delPut(files), ...deferredMoves(files), ...leaksOfB(files)]);
}

function unlockBeforePut(core: string): string {
  const without = replaceIn(core, 'cleanup_glue_dir', unlockStatement, '');
  return replaceIn(without, 'cleanup_glue_dir', statement('kobject_put\\(glue_dir\\)'), '\tmutex_unlock(&gdp_mutex);\n$&');
}

/** In B: the same places as in A, for the lock is not held at any put. */
function unlockedTooEarlyInB(shipped: Texts): Case {
  return variant('B', shipped, unlockBeforePut, (files) => [
    delPut(files), ...movePuts(files, 'final-put-outside-lookup-lock'), ...leaksOfB(files),
  ]);
}

/** In C the put is the last one for every caller. */
function unlockedTooEarlyInC(shipped: Texts): Case {
  return variant('C', shipped, unlockBeforePut, (files) => [cleanupPut(files, 'final-put-outside-lookup-lock'), ...leaksOfC(files)]);
}

/** In F "not the only holder" was true under the lock; two such puts may follow after it, and one of them is the last. */
function unlockedTooEarlyInF(shipped: Texts): Case {
  return variant('F', shipped, unlockBeforePut, (files) => [cleanupPut(files, 'final-put-outside-lookup-lock'), moveLeak(files)]);
}

/** The lookup leaves the list's spinlock and gdp_mutex before it takes the reference. */
function getAfterUnlock(shipped: Texts): Case {
  const edit = (core: string): string => {
    const noGet = replaceIn(core, 'get_device_parent', /kobj = kobject_get\(k\)/, 'kobj = k');
    return replaceIn(noGet, 'get_device_parent', /^\t\tif \(kobj\) \{\n\t\t\tmutex_unlock\(&gdp_mutex\);\n/, '$&\t\t\tkobject_get(kobj);\n');
  };
  return variant('B', shipped, edit, (files) => [
    at(files, 'lookup-get-outside-lock', 'get_device_parent', /kobject_get\(/), ...leaksOfB(files),
  ]);
}

/** The lookup drops gdp_mutex before it walks the list: then the list's spinlock is the only lookup lock, held at no put. */
function lookupUnlockedTooEarly(shipped: Texts): Case {
  const edit = (core: string): string => {
    const early = replaceIn(core, 'get_device_parent', lockStatement, '$&\t\tmutex_unlock(&gdp_mutex);\n');
    const found = replaceIn(early, 'get_device_parent', /^\t\tif \(kobj\) \{\n\t\t\tmutex_unlock\(&gdp_mutex\);\n/, '\t\tif (kobj) {\n');
    return replaceIn(found, 'get_device_parent', /^(?=[^\n]*class_dir_create_and_add)/, '\t\tmutex_lock(&gdp_mutex);\n');
  };
  return variant('B', shipped, edit, (files) => [
    delPut(files), ...movePuts(files, 'final-put-outside-lookup-lock'), ...leaksOfB(files),
  ]);
}

/** The helper is called from one place only: its own line is the place, though the call site tells as much. */
function putIn(files: Texts, file: string, helper: string, call: RegExp): Expectation {
  const lines = textOf(files, file).split('\n');
  const line = lines.findIndex((one, index) => /kobject_del\(&dev->kobj\);/.test(one) && (lines[index - 2] ?? '').includes(helper)) + 1;
  if (line === 0) throw new Error(`${file}: no kobject_del() in ${helper}()`);
  const inHelper: Place = { rule: 'final-put-outside-lookup-lock', file, function: helper, line };
  return { anyOf: [[inHelper], [at(files, 'final-put-outside-lookup-lock', 'device_del', call)]] };
}

const dropBody = '(struct device *dev)\n{\n\tkobject_del(&dev->kobj);\n}\n';

function inStaticHelper(shipped: Texts): Case {
  const edit = (core: string): string =>
    insertBefore(replaceIn(core, 'device_del', delStatement, '\tdrop_from_parent(dev);\n'), 'device_del',
      `static void drop_from_parent${dropBody}`);
  return variant('B', shipped, edit, (files) => [
    putIn(files, CORE, 'drop_from_parent', /drop_from_parent\(dev\)/), ...deferredMoves(files), ...leaksOfB(files),
  ]);
}

function inOtherFile(shipped: Texts): Case {
  const b = state('B', shipped).files;
  const files = new Map(editCore(b, (core) => replaceIn(core, 'device_del', delStatement, '\tdrop_from_parent(dev);\n')));
  files.set(BASE_HEADER, `${textOf(b, BASE_HEADER)}\nvoid drop_from_parent(struct device *dev);\n`);
  files.set(HELPER_FILE, `#include <linux/device.h>\n#include <linux/kobject.h>\n#include "base.h"\n\nvoid drop_from_parent${dropBody}`);
  return {
    files,
    expected: [putIn(files, HELPER_FILE, 'drop_from_parent', /drop_from_parent\(dev\)/), ...deferredMoves(files), ...leaksOfB(files)],
  };
}

function behindOpsTable(shipped: Texts): Case {
  const edit = (core: string): string =>
    insertBefore(replaceIn(core, 'device_del', delStatement, '\tparent_ops.drop(dev);\n'), 'device_del',
      `struct parent_operations {\n\tvoid (*drop)(struct device *dev);\n};\n\nstatic void drop_from_parent${dropBody}\n` +
      'static const struct parent_operations parent_ops = {\n\t.drop = drop_from_parent,\n};\n');
  return variant('B', shipped, edit, (files) => [
    putIn(files, CORE, 'drop_from_parent', /parent_ops\.drop\(dev\)/), ...deferredMoves(files), ...leaksOfB(files),
  ]);
}

const guard = '\tguard(mutex)(&gdp_mutex);\n';

/** C with the lock held by guard() to the end of the function. */
function guardInC(shipped: Texts): Case {
  const edit = (core: string): string =>
    replaceIn(replaceIn(core, 'cleanup_glue_dir', lockStatement, guard), 'cleanup_glue_dir', unlockStatement, '');
  return variant('C', shipped, edit, (files) => [deferred(cleanupPut(files, 'unlink-deferred-past-lock')), ...leaksOfC(files)]);
}

/** F by guard(): still silent. */
function guardInF(shipped: Texts): Case {
  const edit = (core: string): string =>
    replaceIn(replaceIn(core, 'cleanup_glue_dir', lockStatement, guard), 'cleanup_glue_dir', unlockStatement, '');
  return variant('F', shipped, edit, (files) => [moveLeak(files)]);
}

/** B with kobject_del() inside a scoped_guard() of the right lock: repaired, but for the deferred release. */
function scopedGuardAroundDel(shipped: Texts): Case {
  const edit = (core: string): string =>
    replaceIn(core, 'device_del', delStatement, '\tscoped_guard(mutex, &gdp_mutex)\n\t\tkobject_del(&dev->kobj);\n');
  return variant('B', shipped, edit, (files) => [deferredDel(files, delCall), ...deferredMoves(files), ...leaksOfB(files)]);
}

/** C where the scope of the guard ends before the put. */
function scopeEndsBeforePut(shipped: Texts): Case {
  const edit = (core: string): string => {
    const noUnlock = replaceIn(core, 'cleanup_glue_dir', unlockStatement, '');
    return replaceIn(noUnlock, 'cleanup_glue_dir', lockStatement,
      '\tscoped_guard(mutex, &gdp_mutex) {\n\t\tpr_debug("%s\\n", kobject_name(glue_dir));\n\t}\n');
  };
  return variant('C', shipped, edit, (files) => [cleanupPut(files, 'final-put-outside-lookup-lock'), ...leaksOfC(files)]);
}

/** "The only holder" in another spelling. */
function countComparedWithOne(shipped: Texts): Case {
  const edit = (core: string): string =>
    replaceIn(core, 'cleanup_glue_dir', / && !--ref\)/, ' && kref_read(&glue_dir->kref) == 1)');
  return variant('F', shipped, edit, (files) => [moveLeak(files)]);
}

/** The count is read before the lock is taken: by the time of the teardown a lookup may have taken another one. */
function countReadBeforeLock(shipped: Texts): Case {
  const edit = (core: string): string => {
    const read = statement('ref = kref_read\\([^;]*\\)');
    const without = replaceIn(core, 'cleanup_glue_dir', read, '');
    return replaceIn(without, 'cleanup_glue_dir', lockStatement, '\tref = kref_read(&glue_dir->kref);\n$&');
  };
  return variant('F', shipped, edit, (files) => [at(files, 'teardown-while-shared', 'cleanup_glue_dir', /^\t+kobject_del\(/), moveLeak(files)]);
}

/** A mutex that lives on the stack: no other thread can hold it. */
function localMutex(shipped: Texts): Case {
  const edit = (core: string): string => {
    const declared = replaceIn(core, 'device_del', /^\{\n/, '$&\tstruct mutex own_lock;\n');
    return replaceIn(declared, 'device_del', delStatement,
      '\tmutex_init(&own_lock);\n\tmutex_lock(&own_lock);\n$&\tmutex_unlock(&own_lock);\n');
  };
  return variant('B', shipped, edit, (files) => [delPut(files), ...deferredMoves(files), ...leaksOfB(files)]);
}

// Renaming: a verdict must not hang on a name.

/** What this file and its header define: its static functions and objects, and what it exports about the object. */
function ownNames(core: string): ReadonlyMap<string, string> {
  const names = new Set(['class_dir', 'to_class_dir', 'glue_dirs', 'glue_dir', 'device_add', 'device_del', 'device_move', 'virtual_device_parent']);
  for (const [, name] of core.matchAll(/^static [^\n;={}()]*?\b(\w+)\(/gm)) if (name) names.add(name);
  for (const [, name] of core.matchAll(/^static (?:DEFINE_MUTEX|LIST_HEAD)\((\w+)\)/gm)) if (name) names.add(name);
  for (const [, name] of core.matchAll(/^static (?:const )?struct \w+ (\w+) = \{/gm)) if (name) names.add(name);
  // Names of attribute callbacks are pasted together by macros, and macros themselves are not this file's.
  const kept = [...names].filter((name) => !/_(?:show|store)$|^DE(?:FINE|VICE)_|^LIST_HEAD$|^dev_attr_/.test(name));
  return new Map(kept.map((name, index) => [name, `zq${index}_${name.length}`]));
}

export function renamed(original: Case): Case {
  const names = ownNames(textOf(original.files, CORE));
  const files = new Map([...original.files].map(([path, text]) => [path, renameWords(text, names)] as const));
  const place = (one: Place): Place => ({ ...one, function: names.get(one.function) ?? one.function });
  const expected = original.expected.map((one): Expectation =>
    'anyOf' in one ? { anyOf: one.anyOf.map((places) => places.map(place)) } : place(one));
  return { files, expected };
}

export const VARIANTS: Readonly<Record<string, (shipped: Texts) => Case>> = {
  'B, lock around kobject_del() if the parent is a member': reportersPatch,
  'B, cleanup after kobject_del()': cleanupAfterDel,
  'B, another mutex around kobject_del()': otherMutex,
  'B, a local mutex around kobject_del()': localMutex,
  'B, lock dropped before the put of R1': unlockedTooEarlyInB,
  'C, lock dropped before the put': unlockedTooEarlyInC,
  'F, lock dropped before the put': unlockedTooEarlyInF,
  'B, reference taken after the lookup lock': getAfterUnlock,
  'B, lookup without gdp_mutex': lookupUnlockedTooEarly,
  'B, last put in a static helper': inStaticHelper,
  'B, last put in another file': inOtherFile,
  'B, last put behind an ops table': behindOpsTable,
  'B, scoped_guard() around kobject_del()': scopedGuardAroundDel,
  'C, lock by guard()': guardInC,
  'C, scoped_guard() ends before the put': scopeEndsBeforePut,
  'F, lock by guard()': guardInF,
  'F, count compared with one': countComparedWithOne,
  'F, count read before the lock': countReadBeforeLock,
  'A, own symbols renamed': (shipped) => renamed(state('A', shipped)),
  'B, own symbols renamed': (shipped) => renamed(state('B', shipped)),
  'C, own symbols renamed': (shipped) => renamed(state('C', shipped)),
  'D, own symbols renamed': (shipped) => renamed(state('D', shipped)),
  'E, own symbols renamed': (shipped) => renamed(state('E', shipped)),
  'F, own symbols renamed': (shipped) => renamed(state('F', shipped)),
};
