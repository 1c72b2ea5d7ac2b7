// What the engine gets wrong in the states today, by version and case; see support/known.ts.

import type { KnownTable } from '../support/known.ts';

const core = (what: string): string => `drivers/base/core.c: ${what}`;

export const KNOWN: KnownTable = {
  FP_cleanup_after_cleared_parent: {
    cases: [
      '6.1: state B', '6.1: B, lock around kobject_del() if the parent is a member', '6.1: B, cleanup after kobject_del()',
      '6.1: B, another mutex around kobject_del()', '6.1: B, a local mutex around kobject_del()',
      '6.1: B, last put in a static helper', '6.1: B, last put in another file', '6.1: B, last put behind an ops table',
      '6.1: B, scoped_guard() around kobject_del()',
    ],
    because: 'on the error path kobject_del() has cleared the parent, the cleanup after it finds nothing to put; the clearing is forgotten in between',
    unexpected: [core('unlink-deferred-past-lock in device_add() (CONFIG_DEBUG_KOBJECT_RELEASE), medium')],
  },
  FP_put_after_cleared_parent: {
    cases: ['6.1: state A', '6.1: B, lock dropped before the put of R1', '6.1: B, lookup without gdp_mutex'],
    because: 'the same, where the cleanup puts without the lock',
    unexpected: [core('final-put-outside-lookup-lock in device_add(), high')],
  },
  FN_count_then_unlocked_put: {
    cases: ['6.1: F, lock dropped before the put'],
    because: 'the check of the count under the lock is taken to speak for the put after the unlock, too',
    missing: [core('final-put-outside-lookup-lock in cleanup_glue_dir()')],
  },
  FN_count_read_before_lock: {
    cases: ['6.1: F, count read before the lock'],
    because: 'a count is believed to be still the same after the lock was taken',
    missing: [core('teardown-while-shared in cleanup_glue_dir()')],
  },
  FP_leak_in_helper: {
    cases: ['6.1: B, last put in a static helper', '6.1: B, last put behind an ops table'],
    because: 'the helper clears the field, its caller has put the stored reference before: only the caller is not asked',
    unexpected: [core('ref-leak in drop_from_parent(), high')],
  },
  FP_leak_in_helper_of_another_file: {
    cases: ['6.1: B, last put in another file'],
    because: 'the same, from another file',
    unexpected: ['drivers/base/glue-drop.c: ref-leak in drop_from_parent(), high'],
  },
  FN_move_without_kobject: {
    cases: ['6.1: state F, the file alone'],
    because: 'without the source of kobject_move() nothing says that it overwrites the parent',
    missing: [core('ref-leak in device_move()')],
  },
};
