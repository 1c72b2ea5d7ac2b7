// Reads a kernel `.config`.

/** Option -> `y`, `m`, `n` ("is not set") or its value as spelled; undefined if the text is no `.config`. */
export function parseKconfig(text: string): ReadonlyMap<string, string> | undefined {
  const options = new Map<string, string>();
  for (const line of text.split('\n')) {
    const set = /^(CONFIG_\w+)=(.*?)\r?$/.exec(line);
    const unset = /^# (CONFIG_\w+) is not set\r?$/.exec(line);
    if (set?.[1] !== undefined) options.set(set[1], set[2] ?? '');
    else if (unset?.[1] !== undefined) options.set(unset[1], 'n');
    else if (line.trim() !== '' && !line.startsWith('#')) return undefined;
  }
  return options;
}
