/* The sheds are a weak index: a shed leaves the list in its own release, and that is not always under the lock. */
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/crate.h>

static LIST_HEAD(sheds);
static DEFINE_MUTEX(sheds_lock);

static void shed_release(struct kobject *kobj)
{
	struct shed *s = container_of(kobj, struct shed, kobj);

	mutex_lock(&sheds_lock);
	list_del(&s->node);
	mutex_unlock(&sheds_lock);
	kfree(s);
}

static const struct kobj_type shed_type = {
	.release = shed_release,
};

static struct shed *shed_get(int id)
{
	struct shed *s;

	mutex_lock(&sheds_lock);
	list_for_each_entry(s, &sheds, node) {
		if (s->id == id) {
			kobject_get(&s->kobj);
			mutex_unlock(&sheds_lock);
			return s;
		}
	}
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (s) {
		s->id = id;
		kobject_init(&s->kobj, &shed_type);
		list_add(&s->node, &sheds);
	}
	mutex_unlock(&sheds_lock);
	return s;
}

static int crate_publish(struct crate *c)
{
	return entry_make(c->shed);
}

int crate_add(struct crate *c)
{
	c->shed = shed_get(c->id);
	if (!c->shed)
		return -ENOMEM;
	return crate_publish(c);
}

static void crate_unlink(struct crate *c)
{
	kobject_put(&c->shed->kobj);
}

void crate_del(struct crate *c)
{
	entry_remove(c);
	crate_unlink(c);
}
