// Knowledge of C's and the kernel's macros that the text of one file cannot give. Data only.
// Sources: include/linux/compiler_attributes.h, compiler_types.h, init.h, linkage.h, cleanup.h, syscalls.h, filter.h.

/** Keywords (and operators spelled as words) that may stand before `(` without being a call or a declared name. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'if', 'else', 'while', 'for', 'do', 'switch', 'case', 'default', 'return', 'goto', 'break', 'continue', 'sizeof',
  'typeof', '__typeof__', '__typeof', 'typeof_unqual', '__auto_type', 'asm', '__asm__', '__asm', '__attribute__', '__attribute', '_Alignof', 'alignof',
  '__alignof__', '__alignof', '_Static_assert', '_Generic', 'struct', 'union', 'enum', 'typedef', 'static', 'extern',
  'register', 'auto', 'inline', 'const', 'volatile', 'restrict', 'unsigned', 'signed', 'int', 'char', 'long',
  'short', 'void', 'float', 'double', '_Bool', '__extension__', 'defined',
]);

export const TYPE_WORDS: ReadonlySet<string> = new Set([
  'unsigned', 'signed', '__signed__', '__signed', 'int', 'char', 'long', 'short', 'void', 'float', 'double', '_Bool', '__int128', '__int128_t', '__uint128_t',
]);

export const QUALIFIERS: ReadonlySet<string> = new Set([
  'const', 'volatile', 'restrict', '__restrict', '__restrict__', '__const', '__volatile__', '_Atomic',
]);

export const STORAGE: ReadonlySet<string> = new Set([
  'static', 'extern', 'inline', '__inline', '__inline__', '__always_inline', 'register', 'auto', 'typedef', '__thread', '_Noreturn', '__extension__',
]);

export const TYPEOF: ReadonlySet<string> = new Set(['typeof', '__typeof__', '__typeof', 'typeof_unqual']);

/** Annotations with arguments: `__printf(1, 2)`, `__acquires(&x->lock)`. */
export const CALL_ANNOTATIONS: readonly string[] = [
  '__attribute__', '__attribute', '__declspec', '__printf', '__scanf', '__acquires', '__releases', '__must_hold', '__must_hold_shared',
  '__acquires_shared', '__releases_shared', '__cond_acquires', '__cond_releases', '__context__', '__aligned', '__section', '__alloc_size',
  '__realloc_size', '__malloc', '__counted_by', '__counted_by_le', '__counted_by_be', '__counted_by_ptr', '__free', '__cleanup', '__alias', '__assume_aligned',
  '__copy', '__no_sanitize', '__error', '__warning', '__compiletime_error', '__compiletime_warning', '__diagnose_as',
  '__guarded_by', '__pt_guarded_by', '__sized_by', 
  
  '__btf_type_tag', '__btf_decl_tag',
];

/** Annotations without arguments. */
export const WORD_ANNOTATIONS: readonly string[] = [
  '__init', '__exit', '__initdata', '__initconst', '__exitdata', '__exitconst', '__ref', '__refdata', '__refconst', '__meminit', '__meminitdata',
  '__memexit', '__devinit', '__devexit', '__devinitdata', '__devinitconst', '__cpuinit', '__cpuinitdata', '__net_init', '__net_exit', '__net_initdata',
  '__init_or_module', '__initdata_or_module', '__initconst_or_module', '__init_memblock', '__initdata_memblock', '__init_refok', '__latent_entropy',
  '__must_check', '__user', '__kernel', '__iomem', '__percpu', '__rcu', '__force', '__bitwise', '__nocast', '__pure', '__const_attr', '__attribute_const__',
  '__cold', '__hot', '__noreturn', '__used', '__unused', '__maybe_unused', '__always_unused', '__weak', '__visible', '__packed', '__malloc', '__deprecated',
  '__read_mostly', '__ro_after_init', '__cacheline_aligned', '__cacheline_aligned_in_smp', '____cacheline_aligned', '____cacheline_aligned_in_smp',
  '____cacheline_internodealigned_in_smp', '____cacheline_aligned_in_smp', '__page_aligned_data', '__page_aligned_bss', '__percpu_aligned', '__designated_init',
  '__randomize_layout', '__no_randomize_layout', '__sched', '__lockfunc', '__kprobes', '__always_inline', '__noclone', '__flatten', '__naked', '__nonstring',
  '__no_kasan_or_inline', '__no_sanitize_address', '__no_kcsan', '__no_sanitize_or_inline', '__no_sanitize_memory', '__no_sanitize_undefined', '__no_caller_saved_registers',
  '__no_kmsan_checks', '__no_profile', '__nocfi', '__noipa', '__noscs', '__no_stack_protector', '__no_kstack_erase', '__noinitretpoline', '__noendbr', '__cpuidle', '__irq_entry', '__softirq_entry',
  '__exception_irq_entry', '__entry_text', '__bpf_kfunc', '__gnu_inline', '__mode', '__returns_nonnull', '__ksym', '__kconfig', '__arena', '__arg_ctx', '__arg_nonnull',
  'noinline', 'noinline_for_stack', 'noinline_for_kasan', 'noinline_for_tracing', 'notrace', 'asmlinkage', 'noinstr', 'dotraplinkage', 'fastcall', 'randomized_struct_fields_start', 'randomized_struct_fields_end',
  '__extension__', '__const', '__const__', '__kptr', '__kptr_untrusted', '__percpu_kptr', '__visible_for_testing', 'VISIBLE_IF_KUNIT', 
];

/** Loop macros and scopes that every tree has, for a file without its tree. Each is followed by a statement. */
export const LOOPS: readonly string[] = [
  'list_for_each', 'list_for_each_rcu', 'list_for_each_prev', 'list_for_each_safe', 'list_for_each_prev_safe', 'list_for_each_continue', 'list_for_each_from', 'list_for_each_reverse',
  'list_for_each_entry', 'list_for_each_entry_reverse', 'list_for_each_entry_continue', 'list_for_each_entry_continue_reverse',
  'list_for_each_entry_from', 'list_for_each_entry_from_reverse', 'list_for_each_entry_safe', 'list_for_each_entry_safe_continue',
  'list_for_each_entry_safe_from', 'list_for_each_entry_safe_reverse', 'list_for_each_entry_rcu', 'list_for_each_entry_srcu',
  'list_for_each_entry_lockless', 'list_for_each_entry_continue_rcu', 'list_for_each_entry_from_rcu',
  'hlist_for_each', 'hlist_for_each_safe', 'hlist_for_each_entry', 'hlist_for_each_entry_safe', 'hlist_for_each_entry_continue', 'hlist_for_each_entry_from',
  'hlist_for_each_entry_rcu', 'hlist_for_each_entry_rcu_bh', 'hlist_for_each_entry_rcu_notrace', 'hlist_for_each_entry_srcu', 'hlist_for_each_entry_continue_rcu', 'hlist_for_each_entry_from_rcu',
  'hlist_nulls_for_each_entry', 'hlist_nulls_for_each_entry_rcu', 'hlist_nulls_for_each_entry_safe', 'hlist_bl_for_each_entry', 'hlist_bl_for_each_entry_safe', 'hlist_bl_for_each_entry_rcu',
  'llist_for_each', 'llist_for_each_safe', 'llist_for_each_entry', 'llist_for_each_entry_safe', 'plist_for_each', 'plist_for_each_entry', 'plist_for_each_entry_safe',
  'hash_for_each', 'hash_for_each_safe', 'hash_for_each_rcu', 'hash_for_each_possible', 'hash_for_each_possible_rcu', 'hash_for_each_possible_safe',
  'idr_for_each_entry', 'idr_for_each_entry_continue', 'idr_for_each_entry_ul', 'idr_for_each_entry_continue_ul', 'xa_for_each', 'xa_for_each_start', 'xa_for_each_range', 'xa_for_each_marked', 'xas_for_each', 'xas_for_each_marked', 'xas_for_each_conflict', 'radix_tree_for_each_slot', 'radix_tree_for_each_tagged',
  'rbtree_postorder_for_each_entry_safe', 'rht_for_each_entry', 'rht_for_each_entry_rcu', 'rhl_for_each_entry_rcu',
  'for_each_process', 'for_each_thread', 'for_each_process_thread', 'for_each_cpu', 'for_each_possible_cpu', 'for_each_online_cpu', 'for_each_present_cpu', 'for_each_node', 'for_each_online_node',
  'for_each_set_bit', 'for_each_clear_bit', 'for_each_set_bit_from', 'for_each_netdev', 'for_each_netdev_rcu', 'for_each_netdev_safe', 'for_each_net', 'for_each_net_rcu', 'for_each_sg', 'for_each_child_of_node', 'for_each_available_child_of_node', 'for_each_node_by_name', 'for_each_compatible_node', 'for_each_pci_dev', 'for_each_zone', 'for_each_child_of_node_scoped',
  'netdev_for_each_lower_dev', 'rcu_for_each_leaf_node', 'mas_for_each', 'mt_for_each', 'for_each_vma',
  'scoped_guard', 'scoped_cond_guard', 
];

/**
 * Macros that stand for the head of a function definition: `SYSCALL_DEFINE3(open, const char __user *, name, ...) {`.
 * The first argument is the name without its prefix; `pairs`: types and names follow, separated by commas.
 */
export interface DefinitionMacro {
  /** The macro's name without a trailing digit. */
  readonly macro: string;
  readonly prefix: string;
  readonly pairs: boolean;
}

export const DEFINITION_MACROS: readonly DefinitionMacro[] = [
  { macro: 'SYSCALL_DEFINE', prefix: 'sys_', pairs: true },
  { macro: 'COMPAT_SYSCALL_DEFINE', prefix: 'compat_sys_', pairs: true },
  { macro: 'SYSCALL32_DEFINE', prefix: 'sys32_', pairs: true },
  { macro: 'PPC32_SYSCALL_DEFINE', prefix: 'sys_', pairs: true },
  { macro: 'BPF_CALL_', prefix: '', pairs: true },
  { macro: 'NOTRACE_BPF_CALL_', prefix: '', pairs: true },
];

/** Macros at file level that define nothing under the name in their parentheses (prefixes). */
export const NOT_DEFINING: readonly string[] = ['EXPORT_', 'MODULE_', 'NOKPROBE_', 'ALLOW_', 'BTF_', 'ASSERT_', 'STATIC_ASSERT', 'KBUILD_', 'ACPI_EXPORT', 'OBJECT_FILES', 'BUILD_BUG', 'KUNIT_', 'CONSOLE_', 'EARLYCON_'];

/** Macros whose first argument is the type of what they define (prefixes). */
export const TYPE_FIRST: readonly string[] = ['DEFINE_PER_CPU', 'DECLARE_PER_CPU', 'DEFINE_EARLY_PER_CPU', 'DECLARE_EARLY_PER_CPU', 'DECLARE_FLEX_ARRAY', '__DECLARE_FLEX_ARRAY'];

/** Macros around fields: the number of leading arguments that are not fields. */
export const FIELD_WRAPPERS: ReadonlyMap<string, number> = new Map([
  ['struct_group', 1], ['struct_group_attr', 2], ['struct_group_tagged', 2], ['__struct_group', 3],
]);
