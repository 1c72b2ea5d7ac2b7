// The states A to F of one piece of the driver core, made from a shipped drivers/base/core.c (which is in state F)
// by undoing its history step by step, each with the findings it must give.
//
// The object is the glue directory: a kobject that groups the devices of one class below one parent. A registered
// class device holds two counts of it. R1 comes from the lookup; it is stored in `dev->kobj.parent` and dropped by
// cleanup_glue_dir(). R2 is taken by kobject_add() and dropped by kobject_del(), which then clears `kobj->parent`.
// Being on the kset's list holds no count, and every lookup runs under gdp_mutex; so the last put has to as well.

import { functionText, insertAfter, lineIn, removeFunction, replaceIn, statement } from './c-edits.ts';
import type { Expectation, Place } from './expectation.ts';

export const CORE = 'drivers/base/core.c';
export const BASE_HEADER = 'drivers/base/base.h';
export const CLASS = 'drivers/base/class.c';

/** Texts by path in the tree. The shipped ones must hold at least CORE, BASE_HEADER and CLASS. */
export type Texts = ReadonlyMap<string, string>;

export interface Case {
  /** Only files that matter here; the rest of the tree is as shipped. */
  readonly files: Texts;
  /** All findings of all rules that run by default, in the `.c` files of `files`. */
  readonly expected: readonly Expectation[];
}

export type StateName = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

export const DEFERRED_RELEASE = 'CONFIG_DEBUG_KOBJECT_RELEASE';

export function textOf(files: Texts, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not among the texts`);
  return text;
}

export function editCore(files: Texts, edit: (core: string) => string): Map<string, string> {
  return new Map(files).set(CORE, edit(textOf(files, CORE)));
}

/** From 6.4 on a class no longer points to its private part: it is looked up, as a counted subsys_private. */
export function classHasPrivatePointer(core: string): boolean {
  return /class->p->/.test(core);
}

// Undoing one step of history each.

const withoutGuardComment = (core: string): string =>
  /\/\*\*/.test(functionText(core, 'cleanup_glue_dir')) ? replaceIn(core, 'cleanup_glue_dir', /^\t\/\*\*[^]*?\*\/\n/, '') : core;

/** F to E: the failing kobject_add() no longer leaves the looked-up kobject to the cleanup. */
function forgetAfterFailedAdd(core: string): string {
  return replaceIn(core, 'device_add', statement('glue_dir = kobj'), '');
}

/** E to D: the teardown asks for children only, not for the count. */
function tearDownWithoutCount(core: string): string {
  let text = withoutGuardComment(core);
  text = replaceIn(text, 'cleanup_glue_dir', statement('unsigned int ref'), '');
  text = replaceIn(text, 'cleanup_glue_dir', statement('ref = kref_read\\([^;]*\\)'), '');
  return replaceIn(text, 'cleanup_glue_dir', / && !--ref\)/, ')');
}

/** D to C: no teardown. */
function doNotTearDown(core: string): string {
  const text = replaceIn(core, 'cleanup_glue_dir', /^\tif \(!kobject_has_children\(\w+\)\)\n\t\tkobject_del\(\w+\);\n/, '');
  return removeFunction(text, 'kobject_has_children');
}

/** C to B: R1 is put before kobject_del(), by a helper that reads the parent itself. */
function cleanUpBeforeDel(core: string): string {
  let text = core;
  for (const user of ['device_add', 'device_del']) {
    text = replaceIn(text, user, statement('struct kobject \\*glue_dir = NULL'), '');
    text = replaceIn(text, user, statement('glue_dir = get_glue_dir\\(dev\\)'), '');
  }
  text = replaceIn(text, 'device_add', /cleanup_glue_dir\(dev, glue_dir\)/, 'cleanup_device_parent(dev)');
  text = replaceIn(text, 'device_del', statement('cleanup_glue_dir\\(dev, glue_dir\\)'), '');
  text = replaceIn(text, 'device_del', statement('kobject_del\\(&dev->kobj\\)'), '\tcleanup_device_parent(dev);\n$&');
  text = removeFunction(text, 'get_glue_dir');
  text = insertAfter(text, 'cleanup_glue_dir',
    'static void cleanup_device_parent(struct device *dev)\n{\n\tcleanup_glue_dir(dev, dev->kobj.parent);\n}\n');
  if (!classHasPrivatePointer(text)) return text;
  // The membership test stood in the cleanup itself then.
  text = removeFunction(text, 'live_in_glue_dir');
  return replaceIn(text, 'cleanup_glue_dir', /!live_in_glue_dir\(glue_dir, dev\)/,
    '!glue_dir || !dev->class ||\n\t    glue_dir->kset != &dev->class->p->glue_dirs');
}

/** B to A: R1 is put without gdp_mutex. */
function putWithoutLock(core: string): string {
  return replaceIn(core, 'cleanup_glue_dir', statement('mutex_(?:un)?lock\\(&gdp_mutex\\)'), '', 2);
}

const steps: readonly (readonly [StateName, (core: string) => string])[] = [
  ['F', (core) => core], ['E', forgetAfterFailedAdd], ['D', tearDownWithoutCount],
  ['C', doNotTearDown], ['B', cleanUpBeforeDel], ['A', putWithoutLock],
];

// Verdicts.

export function at(files: Texts, rule: Place['rule'], name: string, pattern: RegExp, nth = 0): Place {
  return { rule, file: CORE, function: name, line: lineIn(textOf(files, CORE), name, pattern, nth) };
}

export function deferred(place: Omit<Place, 'rule'>): Place {
  return { ...place, rule: 'unlink-deferred-past-lock', config: DEFERRED_RELEASE, confidence: 'medium' };
}

/**
 * In every version the first kobject_move() of device_move() overwrites the field that stores R1 of the old glue
 * directory, and nothing drops that count. (Its R2 is put by kobject_move(), and is not the last for that reason.)
 */
export function moveLeak(files: Texts): Place {
  return at(files, 'ref-leak', 'device_move', /kobject_move\(/);
}

/** A failing kobject_add() clears the parent; up to E the cleanup that follows then finds nothing and R1 is lost. */
export function failedAddLeak(files: Texts): Place {
  return at(files, 'ref-leak', 'device_add', /kobject_add\(/);
}

/** In A and B the error path calls kobject_del() first: it clears the parent, the cleanup after it finds nothing. */
export function delBeforeCleanupLeak(files: Texts): Place {
  return at(files, 'ref-leak', 'device_add', /kobject_del\(/);
}

export const delCall = /^\t+kobject_del\(&dev->kobj\)/;
const cleanupCall = /cleanup_glue_dir\(/;

/** The put of R2 in device_del(), the last one when R1 has been put before it. */
export function delPut(files: Texts): Place {
  return at(files, 'final-put-outside-lookup-lock', 'device_del', delCall);
}

/**
 * The error paths of device_move() put R1 of the new directory, and nothing else is held there: after a failed move
 * R2 was never taken, after the second move it has been dropped. Other callers of the helper still hold R2, or come
 * with a cleared parent and put nothing: so the call sites are the place.
 */
export function movePuts(files: Texts, rule: Place['rule']): Place[] {
  return [0, 1].map((nth) => at(files, rule, 'device_move', cleanupCall, nth));
}

/** The put of R1: from C on it is the last one for every caller, so the helper's own line is the place. */
export function cleanupPut(files: Texts, rule: Place['rule']): Place {
  return at(files, rule, 'cleanup_glue_dir', /^\t+kobject_put\(/);
}

const verdicts: Record<StateName, (files: Texts) => readonly Expectation[]> = {
  A: (files) => [
    delPut(files), ...movePuts(files, 'final-put-outside-lookup-lock'),
    failedAddLeak(files), delBeforeCleanupLeak(files), moveLeak(files),
  ],
  B: (files) => [
    delPut(files), ...movePuts(files, 'unlink-deferred-past-lock').map(deferred),
    failedAddLeak(files), delBeforeCleanupLeak(files), moveLeak(files),
  ],
  // With the option a release runs from a delayed work: the entry leaves the list long after the lock was dropped.
  C: (files) => [deferred(cleanupPut(files, 'unlink-deferred-past-lock')), failedAddLeak(files), moveLeak(files)],
  // Children are added outside gdp_mutex: another CPU may hold a looked-up reference and be about to use the directory
  // as parent. Where there are children they hold counts, so the put that follows is not the last there; where there
  // are none the explicit unlink precedes it: no deferred unlink.
  D: (files) => [at(files, 'teardown-while-shared', 'cleanup_glue_dir', /kobject_del\(/), failedAddLeak(files), moveLeak(files)],
  E: (files) => [failedAddLeak(files), moveLeak(files)],
  F: (files) => [moveLeak(files)],
};

/** The state's texts and verdict; `shipped` is in state F. */
export function state(name: StateName, shipped: Texts): Case {
  let files: Texts = new Map(shipped);
  for (const [reached, undo] of steps) {
    files = editCore(files, undo);
    if (reached === name) break;
  }
  return { files, expected: verdicts[name](files) };
}

export const STATE_NAMES = ['A', 'B', 'C', 'D', 'E', 'F'] as const satisfies readonly StateName[];
