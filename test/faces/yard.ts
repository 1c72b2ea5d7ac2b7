// A small program for what editors show around findings: boats are found on a list under a mutex, put with and without
// it, and released through a table of operations.

export const YARD = 'drivers/yard.c';

export const yard = `#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct boat;

struct boat_ops {
	void (*sink)(struct boat *boat);
};

struct boat {
	struct kref ref;
	struct list_head node;
	const struct boat_ops *ops;
	int berth;
	int visits;
};

static LIST_HEAD(boats);
static DEFINE_MUTEX(boats_lock);

static void boat_release(struct kref *ref)
{
	struct boat *boat = container_of(ref, struct boat, ref);

	list_del(&boat->node);
	kfree(boat);
}

static void boat_count(struct boat *boat)
{
	boat->visits++;
}

struct boat *boat_find(int berth)
{
	struct boat *boat;

	mutex_lock(&boats_lock);
	list_for_each_entry(boat, &boats, node) {
		if (boat->berth == berth) {
			kref_get(&boat->ref);
			boat_count(boat);
			mutex_unlock(&boats_lock);
			return boat;
		}
	}
	mutex_unlock(&boats_lock);
	return NULL;
}

static void boat_put_locked(struct boat *boat)
{
	lockdep_assert_held(&boats_lock);
	kref_put(&boat->ref, boat_release);
}

void boat_put(struct boat *boat)
{
	mutex_lock(&boats_lock);
	boat_put_locked(boat);
	mutex_unlock(&boats_lock);
}

void boat_forget(struct boat *boat)
{
	boat->visits = 0;
	kref_put(&boat->ref, boat_release);
}

int boat_visits(struct boat *boat)
{
	int visits;

	mutex_lock(&boats_lock);
	visits = boat->visits;
	mutex_unlock(&boats_lock);
	return visits;
}

static void boat_scuttle(struct boat *boat)
{
	boat_put(boat);
}

static const struct boat_ops wooden = {
	.sink = boat_scuttle,
};

void boat_sink(struct boat *boat)
{
	boat->ops->sink(boat);
}
`;

const lines = yard.split('\n');

/** 0-based position of `word` on the nth (0-based) line that has `line` in it; UTF-16. */
export function placeOf(line: string, word = line, nth = 0): { line: number; character: number } {
  const number = lines.flatMap((text, index) => (text.includes(line) ? [index] : []))[nth];
  if (number === undefined) throw new Error(`no line ${nth} with ${line}`);
  return { line: number, character: (lines[number] ?? '').indexOf(word) };
}
