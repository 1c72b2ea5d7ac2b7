/* Crates stand in sheds; a shed is made with its first crate and goes with its last one. */
struct shed {
	struct kobject kobj;
	struct list_head node;
	int id;
};

struct crate {
	struct shed *shed;
	int id;
};

int crate_add(struct crate *c);
void crate_del(struct crate *c);
