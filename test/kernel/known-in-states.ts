// What the engine gets wrong in the states today, by version and case; see support/known.ts.

import type { KnownTable } from '../support/known.ts';

const core = (what: string): string => `drivers/base/core.c: ${what}`;

/** The case in both versions. */
const both = (...names: readonly string[]): readonly string[] => names.flatMap((name) => [`6.1: ${name}`, `6.12: ${name}`]);

export const KNOWN: KnownTable = {
  FP_lock_if_member: {
    cases: ['6.12: B, lock around kobject_del() if the parent is a member'],
    because: 'the condition under which the lock is taken and the one under which the put may be the last are not seen to be the same',
    unexpected: [core('final-put-outside-lookup-lock in device_del(), high')],
  },
  FN_file_alone: {
    cases: ['6.12: state B, the file alone'],
    because: 'without the headers the types of the fields are unknown, without lib/kobject.c what its functions do to the parent',
    missing: [
      core('final-put-outside-lookup-lock in device_del()'),
      core('unlink-deferred-past-lock in device_move() (CONFIG_DEBUG_KOBJECT_RELEASE), medium'),
      core('unlink-deferred-past-lock in device_move() (CONFIG_DEBUG_KOBJECT_RELEASE), medium'),
      core('ref-leak in device_add()'), core('ref-leak in device_add()'), core('ref-leak in device_move()'),
    ],
  },
  FN_move_without_kobject: {
    cases: ['6.1: state F, the file alone'],
    because: 'without the source of kobject_move() nothing says that it overwrites the parent',
    missing: [core('ref-leak in device_move()')],
  },
};
