// Instances read by hand in the 6.12 tree: what each file must give. Paths, functions and patterns only, no text.

import type { RuleId } from '../../server/src/ide/finding.ts';

export interface ExpectedPlace {
  readonly rule: RuleId;
  readonly function: string;
  /** A source fragment of a regular expression, matched in the function's body. */
  readonly at: string;
  /** 0-based, when `at` matches more than once. */
  readonly nth?: number;
}

export interface Instance {
  readonly file: string;
  /** Empty: the file must be silent. */
  readonly expected: readonly ExpectedPlace[];
  /** Why. */
  readonly because: string;
}

const silent = (file: string, because: string): Instance => ({ file, expected: [], because });

const lastPut = (file: string, because: string, ...places: readonly (readonly [string, string, number?])[]): Instance => ({
  file, because,
  expected: places.map(([name, at, nth = 0]) => ({ rule: 'final-put-outside-lookup-lock', function: name, at, nth })),
});

const lateGet = (file: string, name: string, at: string, because: string): Instance => ({
  file, because, expected: [{ rule: 'lookup-get-outside-lock', function: name, at }],
});

export const CORRECT: readonly Instance[] = [
  silent('drivers/net/phy/sfp-bus.c', 'locked last put: kref_put_mutex(), the release drops the lock'),
  silent('drivers/opp/core.c', 'locked last put, the lock of one of the two objects is reached through the object itself'),
  silent('net/qrtr/af_qrtr.c', 'nodes: locked last put under one of two lookup locks; ports: owned index, unpublish, grace period, put'),
  silent('kernel/user.c', 'locked last put: refcount_dec_and_lock_irqsave(), all callers of the lookup hold the lock'),
  silent('security/keys/key.c', 'key_user: locked last put in a hand-walked tree; key: checked get'),
  silent('fs/nfs/client.c', 'locked last put, the lock belongs to the network namespace'),
  silent('drivers/media/cec/core/cec-notifier.c', 'locked last put: lock, kref_put(), unlock'),
  silent('drivers/reset/core.c', 'locked last put, asserted by lockdep in lookup, put and release'),
  silent('lib/klist.c', 'liveness flag, and the node is unlinked under the list lock'),
  silent('fs/char_dev.c', 'checked get under the lock that the release takes'),
  silent('drivers/base/class.c', 'owned index: the registration unlinks before it drops its count'),
  silent('drivers/usb/serial/usb-serial.c', 'liveness flag set under the lock before the registration drops its count'),
  silent('drivers/gpu/drm/amd/amdkfd/kfd_process.c', 'unpublish, SRCU grace period, then the put'),
];

export const RACES: readonly Instance[] = [
  lastPut('drivers/nvme/host/fabrics.c', 'the release takes the list mutex itself', ['nvmf_host_put', 'kref_put\\(']),
  lastPut('drivers/infiniband/core/iwpm_util.c', 'the release takes the list lock itself', ['iwpm_wait_complete_req', 'kref_put\\(']),
  lastPut('drivers/infiniband/core/iwpm_msg.c', 'the lookup and the release are in another file',
    ...['iwpm_register_pid_cb', 'iwpm_add_mapping_cb', 'iwpm_add_and_query_mapping_cb', 'iwpm_mapping_error_cb']
      .map((name) => [name, 'kref_put\\('] as const)),
  lastPut('sound/soc/qcom/qdsp6/q6afe.c', 'the release takes the list lock itself',
    ['q6afe_callback', 'kref_put\\('], ['q6afe_port_put', 'kref_put\\(']),
  lastPut('drivers/media/mc/mc-dev-allocator.c', 'put one line after the unlock', ['media_device_delete', 'kref_put\\(']),
  lastPut('drivers/hid/hid-cougar.c', 'put from a managed-resource action, without the lock', ['cougar_remove_shared_data', 'kref_put\\(']),
  lateGet('sound/soc/qcom/qdsp6/q6apm.c', 'q6apm_get_audioreach_graph', 'kref_get\\(', 'found under the mutex, counted after it'),
];

/** Not used while the engine was written. */
export const HELD_OUT_CORRECT: readonly Instance[] = [
  silent('drivers/soc/qcom/smem_state.c', 'lock, put, unlock'),
  silent('drivers/net/ethernet/mellanox/mlx5/core/uar.c', 'locked last put, the lock by a local pointer'),
  silent('drivers/hid/hid-logitech-dj.c', 'locked last put, three gets in a helper'),
  silent('drivers/misc/ocxl/link.c', 'locked last put, result through a pointer'),
  silent('drivers/scsi/device_handler/scsi_dh_rdac.c', 'locked last put'),
  silent('drivers/base/firmware_loader/main.c', 'the release drops the lock, the caller only if it did not run'),
  silent('net/sunrpc/svcauth.c', 'kref_put_lock() and a checked get under RCU'),
  silent('drivers/hid/wacom_sys.c', 'kref_put_mutex(), the caller drops the lock'),
  silent('fs/nilfs2/the_nilfs.c', 'tree, refcount_dec_and_lock()'),
  silent('kernel/ucount.c', 'atomic_dec_and_lock_irqsave()'),
  silent('net/netfilter/xt_hashlimit.c', 'refcount_dec_and_mutex_lock()'),
  silent('fs/lockd/mon.c', 'refcount_dec_and_lock()'),
  silent('fs/lockd/clntproc.c', 'refcount_dec_and_lock(), the lock reached through the object'),
  silent('drivers/misc/vmw_vmci/vmci_context.c', 'unpublish, RCU grace period, put'),
  silent('drivers/net/pse-pd/pse_core.c', 'asserted by lockdep in lookup, put and release'),
];

export const HELD_OUT_RACES: readonly Instance[] = [
  // The third caller holds a mutex that every lookup holds too; the other two hold nothing.
  lastPut('drivers/block/rbd.c', 'some callers of the put hold a lookup lock',
    ['rbd_dev_free', 'rbd_put_client\\('], ['do_rbd_add', 'rbd_put_client\\(']),
  lastPut('sound/soc/qcom/qdsp6/q6adm.c', 'the release takes the list lock itself',
    ['q6adm_callback', 'kref_put\\('], ['q6adm_callback', 'kref_put\\(', 1], ['q6adm_open', 'kref_put\\('],
    ['q6adm_matrix_map', 'kref_put\\('], ['q6adm_close', 'kref_put\\(']),
  lastPut('drivers/accel/habanalabs/common/memory_mgr.c', 'one of two puts was forgotten', ['hl_mmap_mem_buf_put', 'kref_put\\(']),
  lastPut('arch/s390/pci/pci_bus.c', 'the release takes the list mutex itself', ['zpci_bus_put', 'kref_put\\(']),
  lastPut('drivers/infiniband/hw/usnic/usnic_ib_main.c', 'the release takes the list mutex itself', ['usnic_ib_pci_remove', 'kref_put\\(']),
  lastPut('drivers/media/pci/cx88/cx88-core.c', 'refcount_dec_and_test(), then the lock', ['cx88_core_put', 'refcount_dec_and_test\\(']),
  lastPut('drivers/md/dm-cache-metadata.c', 'refcount_dec_and_test(), then the lock', ['dm_cache_metadata_close', 'refcount_dec_and_test\\(']),
  lastPut('drivers/net/ethernet/broadcom/bnxt/bnxt.c', 'plain get under RCU only', ['bnxt_del_l2_filter', 'atomic_dec_and_test\\(']),
  lateGet('drivers/infiniband/sw/rdmavt/mmap.c', 'rvt_mmap', 'rvt_vma_open\\(', 'counted after the unlock, by a callee'),
  lateGet('drivers/net/ethernet/chelsio/cxgb4/clip_tbl.c', 'cxgb4_clip_get', 'refcount_inc\\(', 'counted after the unlock'),
];
