// The identifier at an offset of a text.

export interface Word {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

export function wordAt(text: string, offset: number): Word | undefined {
  let start = offset;
  while (start > 0 && /\w/.test(text[start - 1] ?? '')) start -= 1;
  let end = offset;
  while (/\w/.test(text[end] ?? '')) end += 1;
  const name = text.slice(start, end);
  return /^[A-Za-z_]/.test(name) ? { start, end, name } : undefined;
}
