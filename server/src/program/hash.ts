// A short, stable name for a text: equal on every machine, no secret kept.

/** 64 bits as 16 hexadecimal digits: two FNV-1a sums of the UTF-16 code units with different starts. */
export function hashText(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c ^ text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
    b = (b << 13) | (b >>> 19);
  }
  return hex(a) + hex(b ^ (a >>> 7));
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
