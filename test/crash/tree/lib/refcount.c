/* The machine that reports: it stands on every such stack. */
#include <linux/crate.h>

void refcount_warn_saturate(refcount_t *r, int t)
{
	WARN_ONCE(1, "refcount_t: %d\n", t);
}
