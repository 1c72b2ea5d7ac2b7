// A field that holds a counted entry, and ways to lose what it holds.

const BEFORE = `#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct trunk {
	struct kref ref;
	struct list_head node;
	int id;
};

struct branch {
	struct trunk *trunk;
	int leaves;
};

static LIST_HEAD(trunks);
static DEFINE_MUTEX(trunks_lock);

static void trunk_free(struct kref *ref)
{
	struct trunk *t = container_of(ref, struct trunk, ref);

	list_del(&t->node);
	kfree(t);
}

static void trunk_put(struct trunk *t)
{
	if (!t)
		return;
	mutex_lock(&trunks_lock);
	kref_put(&t->ref, trunk_free);
	mutex_unlock(&trunks_lock);
}

static struct trunk *trunk_find(int id)
{
	struct trunk *t, *found = NULL;

	mutex_lock(&trunks_lock);
	list_for_each_entry(t, &trunks, node) {
		if (t->id == id) {
			kref_get(&t->ref);
			found = t;
			break;
		}
	}
	mutex_unlock(&trunks_lock);
	return found;
}

void trunk_add(struct trunk *t)
{
	kref_init(&t->ref);
	mutex_lock(&trunks_lock);
	list_add(&t->node, &trunks);
	mutex_unlock(&trunks_lock);
}

static void branch_reset(struct branch *b)
{
	b->leaves = 0;
	b->trunk = NULL;
}

static void branch_leave(struct branch *b)
{
	trunk_put(b->trunk);
}
`;

/** The cleanup runs after the field was cleared. */
export const CLEARED_FIRST = `${BEFORE}
int branch_graft(struct branch *b, int id)
{
	b->trunk = trunk_find(id);
	if (!b->trunk)
		return -ENOENT;
	if (b->leaves > 100) {
		branch_reset(b);
		branch_leave(b);
		return -E2BIG;
	}
	return 0;
}
`;

/** Both ways out share the cleanup, and one of them has cleared the field. */
export const SHARED_CLEANUP = `${BEFORE}
int branch_graft(struct branch *b, int id)
{
	struct trunk *t;
	int error = -E2BIG;

	t = trunk_find(id);
	if (!t)
		return -ENOENT;
	b->trunk = t;
	if (b->leaves > 100)
		goto reset;
	if (b->leaves > 50)
		goto leave;
	return 0;
reset:
	branch_reset(b);
leave:
	branch_leave(b);
	return error;
}
`;

/** What may fail clears the field when it does, and the cleanup takes its pointer from a variable. */
export const FAILING_CALL = `${BEFORE}
static int branch_bind(struct branch *b)
{
	if (b->leaves > 9) {
		b->trunk = NULL;
		return -E2BIG;
	}
	return 0;
}

int branch_graft(struct branch *b, int id)
{
	struct trunk *old = NULL;
	struct trunk *t;
	int error;

	t = trunk_find(id);
	if (!t)
		return -ENOENT;
	b->trunk = t;
	error = branch_bind(b);
	if (error)
		goto out;
	return 0;
out:
	trunk_put(old);
	return error;
}
`;

/** The field gets another entry, and one of the two references to the first one is not dropped. */
export const OVERWRITTEN = `${BEFORE}
int branch_graft(struct branch *b, int id)
{
	struct trunk *t = trunk_find(id);

	if (!t)
		return -ENOENT;
	kref_get(&t->ref);
	b->trunk = t;
	return 0;
}

void branch_move(struct branch *b, struct trunk *t)
{
	kref_get(&t->ref);
	kref_get(&t->ref);
	trunk_put(b->trunk);
	b->trunk = t;
}
`;
