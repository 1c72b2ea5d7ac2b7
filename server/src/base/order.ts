// The one order of texts: by UTF-16 code units, whatever the locale.

export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
