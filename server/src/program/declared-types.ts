// Types of variables that a macro defines, where the macro's body is no declaration that can be read.

import type { CType } from '../lower/ir.ts';

const byMacro: ReadonlyMap<string, string> = new Map([
  // include/linux/mutex.h, spinlock_types.h, rwlock_types.h, rwsem.h, semaphore.h, seqlock.h, percpu-rwsem.h
  ['DEFINE_MUTEX', 'struct mutex'],
  ['DEFINE_RT_MUTEX', 'struct rt_mutex'],
  ['DEFINE_WW_CLASS', 'struct ww_class'],
  ['DEFINE_WD_CLASS', 'struct ww_class'],
  ['DEFINE_SPINLOCK', 'spinlock_t'],
  ['DEFINE_RAW_SPINLOCK', 'raw_spinlock_t'],
  ['DEFINE_RWLOCK', 'rwlock_t'],
  ['DECLARE_RWSEM', 'struct rw_semaphore'],
  ['DEFINE_SEMAPHORE', 'struct semaphore'],
  ['DEFINE_SEQLOCK', 'seqlock_t'],
  ['DEFINE_STATIC_PERCPU_RWSEM', 'struct percpu_rw_semaphore'],
  ['DEFINE_PERCPU_RWSEM', 'struct percpu_rw_semaphore'],
  // srcu.h, list.h, llist.h, plist.h, klist.h, rculist
  ['DEFINE_SRCU', 'struct srcu_struct'],
  ['DEFINE_STATIC_SRCU', 'struct srcu_struct'],
  ['LIST_HEAD', 'struct list_head'],
  ['HLIST_HEAD', 'struct hlist_head'],
  ['LLIST_HEAD', 'struct llist_head'],
  ['PLIST_HEAD', 'struct plist_head'],
  ['HLIST_BL_HEAD', 'struct hlist_bl_head'],
  ['DEFINE_KLIST', 'struct klist'],
  // idr.h, xarray.h, radix-tree.h, maple_tree.h
  ['DEFINE_IDR', 'struct idr'],
  ['DEFINE_IDA', 'struct ida'],
  ['DEFINE_XARRAY', 'struct xarray'],
  ['DEFINE_XARRAY_FLAGS', 'struct xarray'],
  ['DEFINE_XARRAY_ALLOC', 'struct xarray'],
  ['DEFINE_XARRAY_ALLOC1', 'struct xarray'],
  ['RADIX_TREE', 'struct radix_tree_root'],
  ['DEFINE_MTREE', 'struct maple_tree'],
  // wait.h, completion.h, workqueue.h, timer.h, notifier.h, interrupt.h, ratelimit_types.h
  ['DECLARE_WAIT_QUEUE_HEAD', 'wait_queue_head_t'],
  ['DECLARE_WAIT_QUEUE_HEAD_ONSTACK', 'wait_queue_head_t'],
  ['DECLARE_COMPLETION', 'struct completion'],
  ['DECLARE_COMPLETION_ONSTACK', 'struct completion'],
  ['DECLARE_WORK', 'struct work_struct'],
  ['DECLARE_DELAYED_WORK', 'struct delayed_work'],
  ['DECLARE_DEFERRABLE_WORK', 'struct delayed_work'],
  ['DEFINE_TIMER', 'struct timer_list'],
  ['DECLARE_TASKLET', 'struct tasklet_struct'],
  ['ATOMIC_NOTIFIER_HEAD', 'struct atomic_notifier_head'],
  ['BLOCKING_NOTIFIER_HEAD', 'struct blocking_notifier_head'],
  ['RAW_NOTIFIER_HEAD', 'struct raw_notifier_head'],
  ['SRCU_NOTIFIER_HEAD', 'struct srcu_notifier_head'],
  ['SRCU_NOTIFIER_HEAD_STATIC', 'struct srcu_notifier_head'],
  ['DEFINE_RATELIMIT_STATE', 'struct ratelimit_state'],
]);

/** Macros that define an array of buckets (hashtable.h). */
const arraysByMacro: ReadonlyMap<string, string> = new Map([
  ['DEFINE_HASHTABLE', 'struct hlist_head'],
  ['DECLARE_HASHTABLE', 'struct hlist_head'],
]);

/** `slice`: the whole definition, `DEFINE_PER_CPU(struct foo *, name);` say, whose first argument is the type. */
export function typeDefinedBy(macro: string, name: string, slice: string): CType | undefined {
  const known = byMacro.get(macro);
  if (known !== undefined) return { name: known, pointers: 0 };
  const element = arraysByMacro.get(macro);
  if (element !== undefined) return { name: element, pointers: 0, array: true };
  const first = /\(\s*((?:struct|union)\s+\w+|\w+)\s*(\**)\s*,\s*(\w+)/.exec(slice);
  if (first?.[1] === undefined || first[3] !== name || first[1] === name) return undefined;
  return { name: first[1].replace(/\s+/g, ' '), pointers: first[2]?.length ?? 0 };
}
