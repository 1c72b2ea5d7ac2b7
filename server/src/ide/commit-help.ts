// Texts for a commit: a draft of the message for a finding, and what a function's summary says for its kernel-doc and as
// lockdep assertions.

import { lineStarts, offsetAt, type Position } from '../base/span.ts';
import type { NamedLock } from '../finality/records.ts';
import type { FunctionRef } from '../program/code.ts';
import type { CommitHelp } from './around.ts';
import { certainEntryLocks } from './entry-locks.ts';
import type { Finding, FunctionSummary } from './finding.ts';
import { fixesOf } from './fixes/fixes.ts';
import { functionAt } from './puts.ts';
import { race } from './race.ts';
import type { Session } from './session.ts';
import { spellingOf } from './spelling.ts';
import { summaryOf } from './summary.ts';

const WIDTH = 75;

export function commitHelp(session: Session, file: string, position: Position, finding: Finding | undefined): CommitHelp | undefined {
  const ref = functionAt(session, file, offsetAt(lineStarts(session.textOf(file)), position));
  if (!ref) return undefined;
  return {
    changelog: finding && changelog(session, finding),
    function: ref.name,
    context: contextLine(summaryOf(session, ref)),
    assertions: assertions(session, ref),
  };
}

/** What comes of the defect: the sentence a reviewer asks for. */
const HARM: Readonly<Partial<Record<Finding['rule'], string>>> = {
  'final-put-outside-lookup-lock': 'If that reference is the last one, the lookup can still find the object and take a reference after the count has reached zero: it uses freed memory.',
  'unlink-deferred-past-lock': 'Until the deferred release has run, the lookup can find the object and take a reference after the count has reached zero: it uses freed memory.',
  'teardown-while-shared': 'Others who hold a reference go on using an object that has been taken apart.',
  'lookup-get-outside-lock': 'Between the lookup and the get, the last reference can be dropped: the get uses freed memory.',
  'ref-leak': 'The object is never freed.',
};

function changelog(session: Session, finding: Finding): string {
  const { object, lock, rule } = finding;
  const fix = fixesOf(session, finding).find(({ refuted }) => refuted.length === 0);
  const diagram = race(session, finding);
  const subject = `${areaOf(finding.file)}: ${fix?.title ?? (object === undefined ? 'Fix a reference race' : `Fix the handling of ${object}`)}`;
  const paragraphs = [
    subject.length <= WIDTH ? subject : `${subject.slice(0, WIDTH - 3)}...`,
    wrap(`In ${finding.function}(): ${finding.message}. ${HARM[rule] ?? ''}`.trim()),
    ...(finding.config === undefined ? [] : [wrap(`This needs ${finding.config}.`)]),
    ...(diagram.startsWith('no race') ? [] : [diagram]),
    wrap(fix === undefined ? '[Say here how this is fixed.]' : `${fix.title}. ${proof(fix, lock)}`.trim()),
  ];
  return paragraphs.join('\n\n');
}

function proof({ proved, assumed }: { readonly proved: readonly string[]; readonly assumed: readonly string[] }, lock: string | undefined): string {
  const sentences = [
    ...(proved.length === 0 ? [] : [`Checked${lock === undefined ? '' : ` for ${lock}`}: ${proved.join('; ')}.`]),
    ...(assumed.length === 0 ? [] : [`Assumed: ${assumed.join('; ')}.`]),
  ];
  return sentences.join(' ');
}

/** `drivers/group/group.c` is the area `group`; where the file's name says nothing, its folder's does. */
function areaOf(file: string): string {
  const [name = '', folder] = file.split('/').reverse();
  const stem = name.replace(/\.[ch]$/, '');
  return /^(core|main|base)$/.test(stem) && folder !== undefined ? folder : stem;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/)) {
    if (current !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
}

/** As kernel-doc has it. What was not seen is not claimed. */
export function contextLine({ maySleep, locks, gaps }: FunctionSummary): string {
  const having = (effect: FunctionSummary['locks'][number]['effect']): string =>
    locks.filter((lock) => lock.effect === effect).map(({ lock }) => lock).join(', ');
  const say = (names: string, sentence: (names: string) => string): string => (names === '' ? '' : sentence(names));
  const sentences = [
    maySleep ? 'Process context. May sleep.' : gaps.length > 0 ? '' : locks.length === 0 ? 'Any context.' : 'Does not sleep.',
    say(having('requires'), (names) => `Caller must hold ${names}.`),
    say(having('takes-and-drops'), (names) => `Takes and releases ${names}.`),
    say(having('takes'), (names) => `Returns with ${names} held.`),
    say(having('drops'), (names) => `Releases ${names}, taken by the caller.`),
  ];
  return `Context: ${sentences.filter((sentence) => sentence !== '').join(' ') || 'Not known.'}`;
}

/** For the locks that the function says it needs and those that all its callers hold; not for those it asserts already. */
function assertions(session: Session, ref: FunctionRef): readonly string[] {
  const spelling = spellingOf(session, ref);
  const { typing } = session.engine.base;
  const { requires } = session.engine.summaryOf(ref);
  const told = new Set(requires.flatMap((lock) => typing.placeName(lock, ref.file) ?? []));
  const addresses = [
    ...requires.map((lock) => `&${spelling.place(lock)}`.replace(/^&\*/, '')),
    ...certainEntryLocks(session)(ref).filter(({ name }) => !told.has(name)).flatMap((lock) => addressOf(session, ref, lock) ?? []),
  ];
  const body = session.textOf(ref.file).slice(ref.item.bodySpan.start, ref.item.bodySpan.end);
  return [...new Set(addresses)].map((address) => `lockdep_assert_held(${address});`).filter((statement) => !body.includes(statement));
}

/** A lock in the function's own words: a global, or a field of the only parameter of that struct. */
function addressOf(session: Session, ref: FunctionRef, { name, text }: NamedLock): string | undefined {
  const [, struct, path] = /^((?:struct|union) \w+)\.(.+)$/.exec(name) ?? [];
  if (struct === undefined) return `&${text}`;
  const fitting = session.code.ir(ref).params.filter(({ type }) => type.name === struct && type.pointers === 1);
  return fitting.length === 1 && fitting[0] ? `&${fitting[0].name}->${path ?? ''}` : undefined;
}
