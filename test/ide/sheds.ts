// A small program that the tests of this folder ask about: sheds are found in a list under a mutex.

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { Workspace } from '../../server/src/ide/workspace.ts';
import { overlayFiles } from '../support/memory-files.ts';

export const SHEDS = 'drivers/sheds.c';

export const text = `#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct shed {
	struct kref ref;
	struct list_head node;
	int number;
};

struct keeper {
	struct shed *shed;
	struct mutex lock;
};

static LIST_HEAD(sheds);
static DEFINE_MUTEX(sheds_lock);

static void shed_release(struct kref *ref)
{
	struct shed *s = container_of(ref, struct shed, ref);

	list_del(&s->node);
	kfree(s);
}

struct shed *shed_get(int number)
{
	struct shed *s;

	mutex_lock(&sheds_lock);
	list_for_each_entry(s, &sheds, node) {
		if (s->number == number) {
			kref_get(&s->ref);
			mutex_unlock(&sheds_lock);
			return s;
		}
	}
	mutex_unlock(&sheds_lock);
	return NULL;
}

struct shed *shed_open(int number)
{
	struct shed *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	kref_init(&s->ref);
	s->number = number;
	mutex_lock(&sheds_lock);
	list_add(&s->node, &sheds);
	mutex_unlock(&sheds_lock);
	return s;
}

void shed_close(struct shed *s)
{
	mutex_lock(&sheds_lock);
	kref_put(&s->ref, shed_release);
	mutex_unlock(&sheds_lock);
}

void keeper_leave(struct keeper *k)
{
	struct shed *s = k->shed;

	lockdep_assert_held(&k->lock);
	k->shed = NULL;
	kref_put(&s->ref, shed_release);
}

void shed_visit(struct shed *s)
{
	kref_get(&s->ref);
	kref_put(&s->ref, shed_release);
	shed_close(s);
}

int keeper_join(struct keeper *k, int number)
{
	k->shed = shed_get(number);
	return k->shed ? 0 : -ENOENT;
}

struct shed *keeper_shed(struct keeper *k)
{
	return k->shed;
}

static void shed_drop(struct shed *s)
{
	kref_put(&s->ref, shed_release);
}

void shed_dismiss(struct shed *s)
{
	mutex_lock(&sheds_lock);
	shed_drop(s);
	mutex_unlock(&sheds_lock);
}
`;

export function openSheds(): Workspace {
  return openWorkspace(overlayFiles(new Map([[SHEDS, text]])), {});
}

/** 1-based line of the nth place that matches in a function. */
export function lineOf(name: string, pattern: RegExp, nth = 0): number {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => new RegExp(`\\b${name}\\(`).test(line) && !line.startsWith('\t'));
  const end = lines.indexOf('}', start);
  const found = lines.flatMap((line, index) => (index >= start && index <= end && pattern.test(line) ? [index + 1] : []))[nth];
  if (found === undefined) throw new Error(`nothing in ${name}() matches ${String(pattern)}`);
  return found;
}
