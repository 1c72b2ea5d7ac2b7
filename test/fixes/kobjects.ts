// Objects of which the kernel itself has the release: entries of a kset, found under a lock of the driver.

const BEFORE = `#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct annex {
	struct kobject kobj;
	int floor;
};

struct site {
	struct kset annexes;
};

struct wing {
	struct kobject kobj;
	struct site *site;
	int rooms;
};

static DEFINE_MUTEX(annexes_lock);

static void annex_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct annex, kobj));
}

static const struct kobj_type annex_type = {
	.release = annex_release,
};

static struct kobject *annex_make(struct wing *w)
{
	struct annex *a = kzalloc(sizeof(*a), GFP_KERNEL);

	if (!a)
		return NULL;
	a->kobj.kset = &w->site->annexes;
	if (kobject_init_and_add(&a->kobj, &annex_type, NULL, "annex")) {
		kobject_put(&a->kobj);
		return NULL;
	}
	return &a->kobj;
}

static struct kobject *annex_get(struct wing *w, struct kobject *parent)
{
	struct kobject *k, *found = NULL;

	mutex_lock(&annexes_lock);
	spin_lock(&w->site->annexes.list_lock);
	list_for_each_entry(k, &w->site->annexes.list, entry) {
		if (k->parent == parent) {
			found = kobject_get(k);
			break;
		}
	}
	spin_unlock(&w->site->annexes.list_lock);
	if (!found)
		found = annex_make(w);
	mutex_unlock(&annexes_lock);
	return found;
}

int wing_open(struct wing *w, struct kobject *parent)
{
	struct kobject *k = annex_get(w, parent);

	if (!k)
		return -ENOMEM;
	w->kobj.parent = k;
	return 0;
}
`;

/** With deferred releases, the entry stays on the kset's list when the lock is dropped. */
export const PLAIN_LAST_PUT = `${BEFORE}
static void leave_annex(struct wing *w, struct kobject *annex)
{
	if (!annex || annex->kset != &w->site->annexes)
		return;
	mutex_lock(&annexes_lock);
	kobject_put(annex);
	mutex_unlock(&annexes_lock);
}

void wing_close(struct wing *w)
{
	leave_annex(w, w->kobj.parent);
}
`;

/** Somebody else may have looked it up, and be about to use it. */
export const TORN_DOWN = `${BEFORE}
static void leave_annex(struct wing *w, struct kobject *annex)
{
	if (!annex || annex->kset != &w->site->annexes)
		return;
	mutex_lock(&annexes_lock);
	if (w->rooms == 0 || w->rooms == 1)
		kobject_del(annex);
	kobject_put(annex);
	mutex_unlock(&annexes_lock);
}

void wing_close(struct wing *w)
{
	leave_annex(w, w->kobj.parent);
}
`;

/** What the kernel does with kobjects, reduced: the release takes the entry off its kset, later if so configured. */
export const LIBRARY: ReadonlyMap<string, string> = new Map([
  ['include/linux/workqueue.h', `struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
};

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}
`],
  ['include/linux/kobject.h', `#include <linux/workqueue.h>

struct kset {
	struct list_head list;
	spinlock_t list_lock;
};

struct kobject {
	struct list_head entry;
	struct kobject *parent;
	struct kset *kset;
	struct kref kref;
	struct delayed_work release;
};

struct kobject *kobject_get(struct kobject *kobj);
void kobject_put(struct kobject *kobj);
void kobject_del(struct kobject *kobj);
int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *type, struct kobject *parent, const char *name, ...);
`],
  ['lib/kobject.c', `#include <linux/kobject.h>
#include <linux/kref.h>
#include <linux/workqueue.h>

static void leave_kset(struct kobject *kobj)
{
	if (!kobj->kset)
		return;
	spin_lock(&kobj->kset->list_lock);
	list_del_init(&kobj->entry);
	spin_unlock(&kobj->kset->list_lock);
}

void kobject_del(struct kobject *kobj)
{
	struct kobject *parent;

	if (!kobj)
		return;
	might_sleep();
	parent = kobj->parent;
	leave_kset(kobj);
	kobj->parent = NULL;
	kobject_put(parent);
}

static void tidy(struct kobject *kobj)
{
	leave_kset(kobj);
	kfree(kobj);
}

static void tidy_later(struct work_struct *work)
{
	tidy(container_of(to_delayed_work(work), struct kobject, release));
}

static void last_put(struct kref *kref)
{
	struct kobject *kobj = container_of(kref, struct kobject, kref);
#ifdef CONFIG_DEBUG_KOBJECT_RELEASE
	INIT_DELAYED_WORK(&kobj->release, tidy_later);
	schedule_delayed_work(&kobj->release, HZ);
#else
	tidy(kobj);
#endif
}

void kobject_put(struct kobject *kobj)
{
	if (kobj)
		kref_put(&kobj->kref, last_put);
}

struct kobject *kobject_get(struct kobject *kobj)
{
	if (kobj)
		kref_get(&kobj->kref);
	return kobj;
}
`],
]);
