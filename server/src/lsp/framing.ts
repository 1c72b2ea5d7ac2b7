// The frames of the wire: a length, then a message of as many bytes. A client that gets one wrong would leave the two sides
// out of step, and the server silent, for good: so what is no frame is skipped, up to where the next one begins.

const name = 'Content-Length:';

/** Bytes; no message is larger, a number that is was not meant as a length. */
const longest = 256 * 1024 * 1024;

/** Bytes of a header, the empty line included. */
const longestHeader = 4096;

/** Takes bytes as they come in, and gives those that form whole frames. `skipped` is told how many bytes were left out. */
export function openFraming(skipped: (bytes: number) => void): (chunk: Uint8Array) => Uint8Array {
  let rest: Buffer = Buffer.alloc(0);
  /** Bytes of the frame that is passing through, still to come. */
  let passing = 0;

  return (chunk) => {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const frames: Buffer[] = [];
    while (rest.length > 0) {
      if (passing > 0) {
        const part = rest.subarray(0, passing);
        frames.push(part);
        passing -= part.length;
        rest = rest.subarray(part.length);
        continue;
      }
      const size = frameSize(rest);
      if (size === undefined) break;
      if (size > 0) {
        passing = size;
        continue;
      }
      const next = nextFrame(rest);
      skipped(next);
      rest = rest.subarray(next);
    }
    return Buffer.concat(frames);
  };
}

/** Of the frame that begins at the buffer's start, header and all; 0: none does; undefined: more bytes will tell. */
function frameSize(buffer: Buffer): number | undefined {
  const end = buffer.indexOf('\r\n\r\n');
  const header = buffer.subarray(0, end === -1 ? longestHeader : end).toString('latin1');
  if (end === -1) return looksLikeHeader(header) && buffer.length < longestHeader ? undefined : 0;
  const [length, ...more] = [...header.matchAll(/^Content-Length:[ \t]*(\d{1,10})[ \t]*\r?$/gim)].map((match) => Number(match[1]));
  if (length === undefined || length > longest || more.length > 0 || !looksLikeHeader(header)) return 0;
  return end + 4 + length;
}

/** Lines of names and values, the last of them perhaps half there. */
function looksLikeHeader(text: string): boolean {
  const lines = text.split('\r\n');
  return lines.every((line, index) => (index === lines.length - 1 ? /^(?:[A-Za-z-]*\r?|[A-Za-z-]+:[^\r\n]*\r?)$/.test(line) : /^[A-Za-z-]+:/.test(line)));
}

/** Where the next header may begin: never 0. */
function nextFrame(buffer: Buffer): number {
  const found = buffer.indexOf(name, 1);
  if (found !== -1) return found;
  // Its first letters may be here already.
  for (let letters = Math.min(name.length - 1, buffer.length - 1); letters > 0; letters -= 1) {
    if (buffer.subarray(buffer.length - letters).toString('latin1') === name.slice(0, letters)) return buffer.length - letters;
  }
  return buffer.length;
}
