// What the engine gets wrong in the states today, by version and case; see support/known.ts.

import type { KnownTable } from '../support/known.ts';

const core = (what: string): string => `drivers/base/core.c: ${what}`;

/** The case in both versions. */
const both = (...names: readonly string[]): readonly string[] => names.flatMap((name) => [`6.1: ${name}`, `6.12: ${name}`]);

export const KNOWN: KnownTable = {
  FP_cleanup_after_cleared_parent: {
    cases: both(
      'state B', 'B, lock around kobject_del() if the parent is a member', 'B, cleanup after kobject_del()',
      'B, another mutex around kobject_del()', 'B, a local mutex around kobject_del()', 'B, last put in a static helper',
      'B, last put in another file', 'B, last put behind an ops table', 'B, scoped_guard() around kobject_del()',
    ),
    because: 'on the error path kobject_del() has cleared the parent and the cleanup after it puts nothing; that is forgotten in between',
    unexpected: [core('unlink-deferred-past-lock in device_add() (CONFIG_DEBUG_KOBJECT_RELEASE), medium')],
  },
  FP_cleanup_after_cleared_parent_renamed: {
    cases: ['6.12: B, own symbols renamed'],
    because: 'the same, under another name',
    unexpected: [core('unlink-deferred-past-lock in zq4_10() (CONFIG_DEBUG_KOBJECT_RELEASE), medium')],
  },
  FP_cleanup_after_cleared_parent_option_on: {
    cases: ['6.12: state B with deferred releases on'],
    because: 'the same, with the option known',
    unexpected: [core('unlink-deferred-past-lock in device_add(), high')],
  },
  FP_put_after_cleared_parent_6_1: {
    cases: ['6.1: state A', '6.1: B, lock dropped before the put of R1', '6.1: B, lookup without gdp_mutex'],
    because: 'the same, where the cleanup puts without the lock',
    unexpected: [core('final-put-outside-lookup-lock in device_add(), high')],
  },
  FP_put_after_cleared_parent_6_12: {
    cases: ['6.12: state A', '6.12: B, lock dropped before the put of R1', '6.12: B, lookup without gdp_mutex'],
    because: 'the same, where the class is looked up',
    unexpected: [core('final-put-outside-lookup-lock in device_add(), medium')],
  },
  FP_lock_if_member: {
    cases: ['6.12: B, lock around kobject_del() if the parent is a member'],
    because: 'the condition under which the lock is taken and the one under which the put may be the last are not seen to be the same',
    unexpected: [core('final-put-outside-lookup-lock in device_del(), high')],
  },
  FP_leak_in_helper: {
    cases: both('B, last put in a static helper', 'B, last put behind an ops table'),
    because: 'the helper clears the field whose reference its only caller has put before; the caller is not asked',
    unexpected: [core('ref-leak in drop_from_parent(), high')],
  },
  FP_leak_in_helper_of_another_file: {
    cases: both('B, last put in another file'),
    because: 'the same, from another file',
    unexpected: ['drivers/base/glue-drop.c: ref-leak in drop_from_parent(), high'],
  },
  FN_count_then_unlocked_put: {
    cases: both('F, lock dropped before the put'),
    because: 'the calls of the helper are reported instead of its own line',
    missing: [core('final-put-outside-lookup-lock in cleanup_glue_dir()')],
  },
  FP_put_after_unlock_at_calls_6_1: {
    cases: ['6.1: F, lock dropped before the put'],
    because: 'not every call of the helper is seen to be wrong, so that the calls are reported instead of its own line',
    unexpected: [core('final-put-outside-lookup-lock in device_add(), high'), core('final-put-outside-lookup-lock in device_del(), high')],
  },
  FP_put_after_unlock_at_calls_6_12: {
    cases: ['6.12: F, lock dropped before the put'],
    because: 'the same',
    unexpected: [core('final-put-outside-lookup-lock in device_add(), medium'), core('final-put-outside-lookup-lock in device_del(), high')],
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
