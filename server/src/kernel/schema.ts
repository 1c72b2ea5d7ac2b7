// What the kernel's own primitives and well-known APIs do, as data. One entry describes one function or
// function-like macro. Objects are spelled as paths from an argument or the result:
// `arg0`, `arg0.kref`, `arg0.parent->kref`, `ret`, `ret.kobj.kref`, `global:rtnl_mutex`.
// A path that begins `arg0.x` means the field x of the object that argument 0 points to; later steps say `.` for an
// embedded field and `->` through a pointer. Arguments mean what they were at the call; effects happen in the order given.

export type LockMode =
  | 'mutex' | 'spin' | 'read' | 'write' | 'semaphore' | 'rcu' | 'srcu' | 'bit' | 'seq' | 'irq' | 'bh' | 'preempt' | 'other';

/** When an effect happens, by the call's result. Absent: always. `ok` means 0, `true` means nonzero, `ptr` a valid pointer. */
export type When = 'ret==0' | 'ret!=0' | 'ret<0' | 'ret>=0' | 'ret!=NULL' | 'ret==NULL' | '!IS_ERR(ret)' | 'IS_ERR(ret)' | '!IS_ERR_OR_NULL(ret)';

export type PrimitiveEffect =
  | { readonly do: 'lock'; readonly lock: string; readonly mode: LockMode; readonly when?: When }
  | { readonly do: 'unlock'; readonly lock: string; readonly mode: LockMode; readonly when?: When }
  /** The caller promises to hold it (lockdep_assert_held). */
  | { readonly do: 'assert-held'; readonly lock: string }
  /** Count set, and owned by the caller: to one, or to the number in the argument `value` (refcount_set(r, n)). */
  | { readonly do: 'init'; readonly count: string; readonly value?: string }
  /**
   * `checked`: takes a reference only if the count was not zero (then `when` tells). `amount`: what is added; a
   * reference is taken only where that is plainly a number above zero.
   */
  | { readonly do: 'get'; readonly count: string; readonly amount?: string; readonly checked?: true; readonly when?: When }
  /**
   * `release`: argument that is called when this was the last one. `zeroWhen`: the result that says so.
   * `neverLast`: a bare decrement that must not reach zero (refcount_dec).
   * `lockOnLast`: lock that is taken before, and held at, the last put only (kref_put_mutex, atomic_dec_and_lock).
   */
  | {
      readonly do: 'put'; readonly count: string; readonly release?: string; readonly zeroWhen?: When;
      readonly neverLast?: true; readonly lockOnLast?: { readonly lock: string; readonly mode: LockMode }; readonly when?: When;
    }
  /**
   * The item becomes findable in the container; `item` is the embedded node (list) or the stored pointer (idr).
   * `replaces`: in the place of what was there, so that NULL takes that off.
   */
  | { readonly do: 'publish'; readonly item: string; readonly into: string; readonly replaces?: true; readonly when?: When }
  /** The item (by its node), or an entry of the container (by key), is taken off. */
  /** `index`: the item is not an argument, it is the one at that index, and the function's result. */
  | { readonly do: 'unlink'; readonly item?: string; readonly index?: string; readonly from?: string; readonly when?: When }
  /**
   * The result is an entry of the container, found without taking a reference. `member`: the argument that names the
   * member which links it; `node`: the result points to the linking node; neither: it is the pointer that was stored.
   */
  | { readonly do: 'find'; readonly in: string; readonly member?: number; readonly node?: true; readonly when?: When }
  /**
   * The callback runs later, without the caller's locks, and gets `object`. `callback` is an argument, or the content
   * of a field (`arg0.function` of a timer); absent: the content of the object's field `func` if that was written on
   * the path (a work item), else nothing runs but a free (kfree_rcu), or what runs is not known.
   */
  | { readonly do: 'defer'; readonly callback?: string; readonly object: string; readonly how: 'rcu' | 'work' | 'timer' }
  /** Waits until no reader from before is left. */
  | { readonly do: 'grace' }
  | { readonly do: 'free'; readonly object: string }
  /**
   * The place gets that value: field set to NULL or to an argument. A place that is a bare `arg0` is the lvalue that a
   * macro was given: rcu_assign_pointer(p->next, v) writes p->next.
   */
  | { readonly do: 'write'; readonly place: string; readonly value: string; readonly when?: When };

/**
 * What a call's result is. `fresh`: newly allocated memory, or NULL. `error`: 0 or a negative number. `arg0` beside an
 * effect with a condition on a pointer: the argument if the condition holds, NULL if not (kobject_get_unless_zero).
 */
export type ResultKind = 'arg0' | 'arg1' | 'arg2' | 'fresh' | 'fresh-or-err' | 'error' | 'bool' | 'unknown';

export interface Primitive {
  readonly name: string;
  readonly effects?: readonly PrimitiveEffect[];
  readonly returns?: ResultKind;
  /** May sleep whatever its arguments are. */
  readonly sleeps?: true;
  /** Argument with the allocation flags: it may sleep unless they forbid it (GFP_ATOMIC, GFP_NOWAIT). */
  readonly gfp?: number;
  /** Control does not come back. */
  readonly noreturn?: true;
  /**
   * Reports a state that must not be (WARN, dump_stack): the ways on which it fires are not followed. Of a transparent
   * one the argument is taken for false.
   */
  readonly complains?: true;
  /** Yields its first argument unchanged, or nothing of interest, and does nothing: READ_ONCE(x), likely(x). */
  readonly transparent?: true;
  /** Reads the count (kref_read): the path of the counter. */
  readonly reads?: string;
  /** The entry is what the primitive *is*, though the tree may hold a body for it: the body is not looked at. */
  readonly opaque?: true;
  /** Where the claim was read: a path in the kernel's tree. */
  readonly source: string;
  /** Found in older or newer kernels only, not in 6.1 or 6.12. */
  readonly historic?: true;
}

/** A loop macro: which argument is the cursor, which the container. */
export interface Iterator {
  readonly name: string;
  readonly cursor: number;
  /** -1: no argument is the container. */
  readonly container: number;
  /** Argument that names the member which links an element (list_for_each_entry). Absent: the cursor is the element itself. */
  readonly member?: number;
  /** The cursor points to the node, not to the element (list_for_each). */
  readonly node?: true;
  /**
   * The loop holds a reference on the cursor while in the body; leaving early keeps it. Path of its counter from the
   * element; empty: the element stands for its count.
   */
  readonly holds?: string;
  /** After the last round the cursor is NULL; leaving early keeps it. */
  readonly endsNull?: true;
  readonly source: string;
  readonly historic?: true;
}

/**
 * DEFINE_GUARD / DEFINE_LOCK_GUARD_n / DEFINE_FREE / DEFINE_CLASS of <linux/cleanup.h>, as C texts over `_T`, the
 * argument of guard() or the variable of __free(). Fields a lock guard keeps (flags, idx) appear as bare names. For a
 * class, `enter` is the variable's value over the constructor's one argument `_T`, and `_T` in `leave` is the variable.
 */
export interface Guard {
  readonly name: string;
  readonly kind: 'guard' | 'free' | 'class';
  /** Statement run at the declaration; `_T` is the argument. */
  readonly enter?: string;
  /** `enter` is a condition: the guard is held, and left, only if it is true (scoped_cond_guard). */
  readonly conditional?: true;
  /** Statement run at the scope's end. */
  readonly leave: string;
  readonly source: string;
}

/** Names that wrap container_of: list_entry(ptr, type, member). */
export interface ContainerMacro {
  readonly name: string;
  readonly pointer: number;
  readonly type: number;
  readonly member: number;
  /** The type argument is a pointer variable: the type is what it points to (from_timer). */
  readonly typeof?: true;
  readonly source?: string;
  readonly historic?: true;
}

/** Who accesses these holds this lock: told by a facts file. */
export interface GuardedBy {
  /** `crates`, a variable, or `struct crate.node`, a member of every object of that type. */
  readonly of: readonly string[];
  /** `crates_lock`, or `struct shop.lock`. */
  readonly by: string;
  /** Only the variables that this file defines. */
  readonly in?: string;
}

export interface Knowledge {
  readonly primitives: ReadonlyMap<string, Primitive>;
  readonly iterators: ReadonlyMap<string, Iterator>;
  /**
   * Loops over what is no container one could name, and loops that hold a reference (`holds`): where the macro's own
   * definition is at hand, expanding it says more (each round's put and get); these are for where it is not.
   */
  readonly fallbackIterators?: ReadonlyMap<string, Iterator>;
  readonly guards: ReadonlyMap<string, Guard>;
  readonly containers: ReadonlyMap<string, ContainerMacro>;
  /** Paths of the kernel's files that define well-known functions: name -> path in the tree. */
  readonly homes: ReadonlyMap<string, string>;
  readonly guarded: readonly GuardedBy[];
  /** Members that hold a reference to what they point to: `struct slot.crate`. */
  readonly references: ReadonlySet<string>;
}
