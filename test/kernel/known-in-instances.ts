// What the engine gets wrong in the instances today, by file; see support/known.ts.

import type { KnownTable } from '../support/known.ts';

const MLX5 = 'drivers/net/ethernet/mellanox/mlx5/core/uar.c';
const ZPCI = 'arch/s390/pci/pci_bus.c';
const USNIC = 'drivers/infiniband/hw/usnic/usnic_ib_main.c';
const BNXT = 'drivers/net/ethernet/broadcom/bnxt/bnxt.c';

export const KNOWN: KnownTable = {
  FP_lock_by_local_pointer: {
    cases: [MLX5],
    because: 'which of two locks a local pointer names is not kept together with the list that is searched',
    unexpected: [
      `${MLX5}: final-put-outside-lookup-lock in mlx5_put_uars_page(), medium`,
      `${MLX5}: final-put-outside-lookup-lock in mlx5_free_bfreg(), high`,
    ],
  },
  FN_release_takes_the_lock: {
    cases: [ZPCI],
    because: 'the lookup and the release of this list are not brought together',
    missing: [`${ZPCI}: final-put-outside-lookup-lock in zpci_bus_put()`],
  },
  FN_put_in_driver_callback: {
    cases: [USNIC],
    because: 'the same, with the get and the put in callbacks of a driver table',
    missing: [`${USNIC}: final-put-outside-lookup-lock in usnic_ib_pci_remove()`],
  },
  FN_plain_get_under_rcu: {
    cases: [BNXT],
    because: 'a plain get under RCU only has no lock that the put could be measured by',
    missing: [`${BNXT}: final-put-outside-lookup-lock in bnxt_del_l2_filter()`],
  },
};
