// Reads the stacks out of a kernel log: oopses, WARNINGs, refcount_t, KASAN and slub_debug reports, of any architecture
// that prints `function+0xoffset/0xsize` (or `function (file:line)`, as scripts/decode_stacktrace.sh leaves it).

/** What the section of the log says of its stack. */
export type StackRole =
  /** Where the machine complained: an oops, a warning, the access that KASAN caught. */
  | 'use'
  /** Who freed the object, long before the complaint. */
  | 'free'
  /** Who made it. */
  | 'allocation';

export interface Frame {
  /** Without what the compiler appends: `.isra.0`, `.part.3`, `.cold`. */
  readonly function: string;
  /** 1-based, in the log. */
  readonly line: number;
  /** Bytes; absent in a decoded line. */
  readonly offset?: number;
  readonly size?: number;
  readonly module?: string;
  /** `file:line` of a decoded line, the file relative to the tree. */
  readonly source?: { readonly file: string; readonly line: number };
  /** False: printed with a `?`, an address that lay on the stack and need not be a call. */
  readonly certain: boolean;
}

export interface Stack {
  readonly role: StackRole;
  /** The line of the log that opens the section, without its time stamp. */
  readonly title: string;
  /** 1-based, of the title. */
  readonly line: number;
  /** Innermost first. Never empty. */
  readonly frames: readonly Frame[];
}

/** In the order of the log; equal ones once. Empty: the text holds no stack. */
export function stacksIn(log: string): readonly Stack[] {
  const reader: Reader = { stacks: [], open: undefined, title: undefined };
  log.split('\n').forEach((raw, index) => readLine(reader, raw.slice(0, LONGEST_LINE), index + 1));
  close(reader);
  const seen = new Set<string>();
  return reader.stacks.filter((stack) => {
    const key = [stack.role, stack.title, ...stack.frames.map((frame) => `${frame.function}+${frame.offset}`)].join('\n');
    return !seen.has(key) && seen.add(key);
  });
}

/** Characters; printk() ends a line long before that. */
const LONGEST_LINE = 500;

interface Open {
  readonly role: StackRole;
  readonly title: string;
  readonly line: number;
  readonly frames: Frame[];
}

interface Reader {
  readonly stacks: Stack[];
  open: Open | undefined;
  /** Of the report that was read last: what a plain "Call Trace:" belongs to. */
  title: { readonly text: string; readonly line: number } | undefined;
}

function readLine(reader: Reader, raw: string, line: number): void {
  const text = withoutPrefix(raw);
  const section = sectionOf(text);
  if (section !== undefined) {
    close(reader);
    reader.open = { role: section.role, title: text.trim(), line, frames: [] };
    if (section.at !== undefined) addFrames(reader.open, section.at, line);
    return;
  }
  if (REPORT.test(text)) {
    // `refcount_t: underflow` says more than the WARNING below it, and `BUG: unable to handle` than `Oops`.
    const goesOn = reader.open?.role === 'use' && (reader.open.frames.length === 0 || /^Oops\b/.test(text));
    if (goesOn) return;
    close(reader);
    reader.title = { text: text.trim(), line };
    // The place in the title heads the stack that follows: `WARNING: ... at lib/kobject.c:1 function+0x1/0x2`.
    const at = /\b(?:in|at)\s(?:.*\s)?([\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+)/.exec(text)?.[1];
    reader.open = { role: 'use', ...titleOf(reader, line, text), frames: [] };
    if (at !== undefined) addFrames(reader.open, at, line);
    return;
  }
  if (TRACE.test(text)) {
    if (reader.open?.role !== 'use') close(reader);
    reader.open ??= { role: 'use', ...titleOf(reader, line, text), frames: [] };
    return;
  }
  if (END.test(text) || (text.trim() === '' && reader.open?.role !== 'use')) return close(reader);
  const pointer = POINTER.exec(text)?.[1];
  if (pointer !== undefined) {
    // Some architectures print it again at the report's end.
    if (reader.open === undefined && reader.stacks.some((stack) => stack.line === reader.title?.line)) return;
    reader.open ??= { role: 'use', ...titleOf(reader, line, text), frames: [] };
    return addFrames(reader.open, pointer, line);
  }
  if (reader.open !== undefined) addFrames(reader.open, text, line);
}

function titleOf(reader: Reader, line: number, text: string): { readonly title: string; readonly line: number } {
  return { title: reader.title?.text ?? text.trim(), line: reader.title?.line ?? line };
}

function close(reader: Reader): void {
  const { open } = reader;
  reader.open = undefined;
  if (open === undefined || open.frames.length === 0) return;
  const [top, ...rest] = open.frames;
  // The place in a title comes again below the reporting machinery.
  const again = rest.some((frame) => frame.function === top?.function && frame.offset === top.offset && frame.size === top.size);
  reader.stacks.push(again ? { ...open, frames: rest } : open);
}

/** Time stamps, log levels, host names, the processor or task that printed. */
function withoutPrefix(raw: string): string {
  return raw.replace(/\r$/, '')
    .replace(/^(?:\w{3} [ \d]\d|\d{4}-\d\d-\d\d)[T ][\d:.,+-]+Z? \S+ kernel: ?/, '')
    .replace(/^<\d+>/, '')
    .replace(/^(?:\[ *\d+\.\d+\](?:\[ *[CT]\d+\])? ?)+/, '');
}

const REPORT = new RegExp([
  /^WARNING: /, /^BUG: /, /^BUG \S+ \(.*\): /, /^refcount_t: /, /^kernel BUG at /, /^Oops\b/, /^general protection fault/, /^Unable to handle kernel /,
  /^Internal error: /, /^stack segment: /, /^kobject: .*(?:is not initialized|tried to )/, /^list_(?:add|del) corruption/, /^ODEBUG: /, /^sysfs: cannot create /,
].map(({ source }) => source).join('|'));
const TRACE = /^\s*(?:Call Trace|Call trace|Backtrace|Stack trace|Call Trace \(.*\)):?\s*$|^\s*<\/?(?:TASK|IRQ|NMI|SOFTIRQ|EOI)>/i;
const END = /^---\[ end trace|^=+$|^-+$|^Code: |^(?:The buggy address|Memory state around|Last potentially related)|^(?:INFO: )?(?:Slab|Object) 0x/;
/** The instruction pointer at the time of the oops. */
const POINTER = /^\s*(?:RIP|EIP|IP|PC|NIP|pc|epc)(?: is at|:| :)?\s+(?:[0-9a-f]{4}:)?(.*\+0x.*)$/;

/** `at`: the frame that the section's title names. */
function sectionOf(text: string): { readonly role: StackRole; readonly at?: string } | undefined {
  const slub = /^(?:INFO: )?(Allocated|Freed) in (\S+)/.exec(text);
  if (slub?.[1] !== undefined && slub[2] !== undefined) return { role: slub[1] === 'Freed' ? 'free' : 'allocation', at: slub[2] };
  const kasan = /^(Allocated|Freed)(?: by task \d+.*)?:$/.exec(text);
  return kasan?.[1] === undefined ? undefined : { role: kasan[1] === 'Freed' ? 'free' : 'allocation' };
}

const NAME = '[A-Za-z_][\\w$]*(?:\\.[\\w.]+)?';
const WITH_OFFSET = new RegExp(`(?:^|[\\s(\\]])(\\? )?(${NAME})\\+0x([0-9a-f]+)\\/0x([0-9a-f]+)(?:\\s+\\[([\\w-]+)[^\\]]*\\])?\\)?(?:\\s+([\\w./+-]+\\.[chS]):(\\d+))?`);
const DECODED = new RegExp(`^\\s*(\\? )?(${NAME})(?:\\s+\\(|\\s+)([\\w./+-]+\\.[chS]):(\\d+)(?: \\(discriminator \\d+\\))?\\)?(?:\\s+\\[?\\(?inlined?.*)?(?:\\s+([\\w-]+))?\\s*$`);

/** A line of a stack holds one call. Others, such as register dumps, hold none. */
function addFrames(open: Open, text: string, line: number): void {
  const frame = frameWithOffset(text, line) ?? frameDecoded(text, line);
  if (frame !== undefined) open.frames.push(frame);
}

function frameWithOffset(text: string, line: number): Frame | undefined {
  const [, unsure, name, offset, size, module, file, at] = WITH_OFFSET.exec(text) ?? [];
  if (name === undefined || offset === undefined || size === undefined) return undefined;
  return {
    function: plain(name), line, offset: Number.parseInt(offset, 16), size: Number.parseInt(size, 16), certain: unsure === undefined,
    ...(module === undefined ? {} : { module }),
    ...(file === undefined ? {} : { source: { file: pathOf(file), line: Number(at) } }),
  };
}

function frameDecoded(text: string, line: number): Frame | undefined {
  const [, unsure, name, file, at, module] = DECODED.exec(text) ?? [];
  if (name === undefined || file === undefined) return undefined;
  return {
    function: plain(name), line, certain: unsure === undefined, source: { file: pathOf(file), line: Number(at) },
    ...(module === undefined ? {} : { module }),
  };
}

function plain(name: string): string {
  return name.replace(/\..*$/, '');
}

function pathOf(file: string): string {
  return file.replace(/^\.\//, '');
}
