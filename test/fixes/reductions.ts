// Small C files in which one fix has something particular to do.

const HEAD = `#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

`;

/** A count that two references of one user share: the first is dropped by a wrapper that reads the field itself. */
export const TWO_COUNTS = `${HEAD}struct depot {
	struct kref ref;
	struct list_head node;
	int id;
};

struct truck {
	struct depot *depot;
	int load;
};

static LIST_HEAD(depots);
static DEFINE_MUTEX(depots_lock);

static void depot_free(struct kref *ref)
{
	struct depot *d = container_of(ref, struct depot, ref);

	list_del(&d->node);
	kfree(d);
}

static struct depot *depot_find(int id)
{
	struct depot *d, *found = NULL;

	mutex_lock(&depots_lock);
	list_for_each_entry(d, &depots, node) {
		if (d->id == id) {
			kref_get(&d->ref);
			found = d;
			break;
		}
	}
	mutex_unlock(&depots_lock);
	return found;
}

void depot_open(struct depot *d)
{
	kref_init(&d->ref);
	mutex_lock(&depots_lock);
	list_add(&d->node, &depots);
	mutex_unlock(&depots_lock);
}

static void leave_depot(struct truck *t, struct depot *home)
{
	if (!home)
		return;
	mutex_lock(&depots_lock);
	kref_put(&home->ref, depot_free);
	mutex_unlock(&depots_lock);
}

static void truck_cleanup(struct truck *t)
{
	leave_depot(t, t->depot);
}

static void truck_unload(struct truck *t)
{
	struct depot *d = t->depot;

	t->load = 0;
	t->depot = NULL;
	if (d)
		kref_put(&d->ref, depot_free);
}

int truck_park(struct truck *t, int id)
{
	struct depot *d = depot_find(id);

	if (!d)
		return -ENOENT;
	t->depot = d;
	kref_get(&d->ref);
	return 0;
}

void truck_retire(struct truck *t)
{
	int load = t->load;

	truck_cleanup(t);
	truck_unload(t);
	pr_info("%d left\\n", load);
}
`;

/** The release takes the lock; the put stands alone under an if, on a line that gets too long. */
export const LONG_LINE = `${HEAD}struct observatory_telescope {
	struct kref reference_count;
	struct list_head node;
	int id;
};

static LIST_HEAD(observatory_telescopes);
static DEFINE_MUTEX(observatory_telescopes_lock);

struct observatory_telescope *telescope_find(int id)
{
	struct observatory_telescope *t;

	mutex_lock(&observatory_telescopes_lock);
	list_for_each_entry(t, &observatory_telescopes, node) {
		if (t->id == id) {
			kref_get(&t->reference_count);
			mutex_unlock(&observatory_telescopes_lock);
			return t;
		}
	}
	mutex_unlock(&observatory_telescopes_lock);
	return NULL;
}

void telescope_add(struct observatory_telescope *t)
{
	kref_init(&t->reference_count);
	mutex_lock(&observatory_telescopes_lock);
	list_add(&t->node, &observatory_telescopes);
	mutex_unlock(&observatory_telescopes_lock);
}

static void telescope_free(struct kref *ref)
{
	struct observatory_telescope *t =
		container_of(ref, struct observatory_telescope, reference_count);

	mutex_lock(&observatory_telescopes_lock);
	list_del(&t->node);
	mutex_unlock(&observatory_telescopes_lock);
	kfree(t);
}

void telescope_put(struct observatory_telescope *t)
{
	if (t)
		kref_put(&t->reference_count, telescope_free);
}
`;

/** The only statement of an if, and a release that trusts its callers with the lock. */
export function loneStatement(lock: { readonly define: string; readonly take: string; readonly drop: string; readonly flags?: string; readonly free: string }): string {
  const flags = lock.flags === undefined ? '' : `\t${lock.flags}\n`;
  return `${HEAD}#include <linux/delay.h>
#include <linux/spinlock.h>

struct flare {
	struct kref ref;
	struct list_head node;
	int id;
};

static LIST_HEAD(flares);
static ${lock.define};

struct flare *flare_find(int id)
{
	struct flare *f, *found = NULL;
${flags}
	${lock.take};
	list_for_each_entry(f, &flares, node) {
		if (f->id == id) {
			kref_get(&f->ref);
			found = f;
			break;
		}
	}
	${lock.drop};
	return found;
}

void flare_add(struct flare *f)
{
${flags === '' ? '' : `${flags}\n`}	kref_init(&f->ref);
	${lock.take};
	list_add(&f->node, &flares);
	${lock.drop};
}

static void flare_free(struct kref *ref)
{
	struct flare *f = container_of(ref, struct flare, ref);

	list_del(&f->node);
${lock.free}	kfree(f);
}

void flare_put(struct flare *f)
{
	if (f)
		kref_put(&f->ref, flare_free);
}
`;
}

export const HELD_LOCK = { define: 'DEFINE_MUTEX(flares_lock)', take: 'mutex_lock(&flares_lock)', drop: 'mutex_unlock(&flares_lock)', free: '' };

export const HOLDING_CALLER = `
void flare_quench(struct flare *f)
{
	mutex_lock(&flares_lock);
	flare_put(f);
	mutex_unlock(&flares_lock);
}
`;

/** The helper puts, its callers hold the lock. */
export const HELD_BY_CALLER = loneStatement(HELD_LOCK).replace('void flare_put', 'static void flare_put') + HOLDING_CALLER;
