// Tables through which the kernel calls the release of a counted object that is embedded in a larger one
// (lib/kobject.c: kobject_cleanup(); drivers/base/core.c: device_release()).

export const RELEASE_TABLES: readonly { readonly struct: string; readonly field: string }[] = [
  { struct: 'struct kobj_type', field: 'release' },
  { struct: 'struct device_type', field: 'release' },
  { struct: 'struct device', field: 'release' },
  { struct: 'struct class', field: 'dev_release' },
];

export function isReleaseTable(struct: string, field: string): boolean {
  return RELEASE_TABLES.some((table) => table.struct === struct && table.field === field);
}
