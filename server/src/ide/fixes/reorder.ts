// The function drops two references of one object, the first under the lookup's lock and the second without it: the
// other way round the unlocked one cannot be the last. If the unlocked call clears the field that points to the object,
// the pointer is saved first.

import type { Span } from '../../base/span.ts';
import { rootOf } from '../../domain/value.ts';
import type { Effect, Hold, Site } from '../../summary/effect.ts';
import { objectText, spanIn } from '../../rules/context.ts';
import type { Edit } from '../workspace.ts';
import type { Candidate, Problem } from './candidate.ts';
import { behind, declarationEdit, fitted, freeName, indentOf, takenNames, wholeLines } from './layout.ts';
import { callAt, callParts, childOf, descendants, spanOf, statementAt, textOf, type FunctionSource, type SyntaxNode } from './source.ts';
import { lastName, parameterName, unwrapped } from './wrapper.ts';

type Put = Effect & { readonly do: 'put' };

export function reorderFixes(problem: Problem): readonly Candidate[] {
  const { source, context, finding, lock } = problem;
  const earlier = lockedPutBefore(problem);
  const first = earlier?.chain[0];
  const site = problem.instance.chain[0];
  if (!earlier || !first || !site) return [];
  const late = statementAt(source, spanIn(context, site));
  const block = late?.parent;
  if (late?.type !== 'expression_statement' || block?.type !== 'compound_statement') return [];
  const region = regionOf(problem, earlier, first, block);
  if (!region || region.end > spanOf(source, late).start || mayLeaveBetween(source, block, region, late)) return [];

  const call = nameOf(source, late) ?? 'the call';
  const putter = nameOf(source, statementAt(source, spanIn(context, first)) ?? late) ?? 'the locked put';
  const indent = indentOf(source.text, spanOf(source, late).start);
  const move = (text: string): Edit => {
    const at = behind(source.text, spanOf(source, late).end);
    return { file: finding.file, start: at, end: at, newText: `\n${indent}${text}` };
  };
  const remove: Edit = { file: finding.file, ...wholeLines(source.text, region), newText: '' };
  const text = source.text.slice(region.start, region.end);
  const proved = [
    putter === call
      ? `the reference that is dropped under '${lock.text}' is still held at the other put, which cannot be the last one then`
      : `the reference that ${putter}() drops is still held at ${call}(), whose put cannot be the last one then`,
    `the last put of '${finding.object ?? 'the object'}' runs under '${lock.text}', which ${problem.lookup.ref.name}() holds to find it`,
  ];

  const pointer = rootOf(earlier.count).node;
  // A parameter or a local names the object for as long as the function runs: nothing to save.
  if (pointer.k !== 'load') {
    return [{
      id: 'reorder-keep-reference',
      title: putter === call ? `Drop the reference under ${lock.text} last` : `Call ${putter}(), which holds ${lock.text}, after ${call}()`,
      edits: [remove, move(text)], proved, assumed: [],
    }];
  }
  const object = objectText(earlier.count);
  const plain: Candidate = {
    id: 'move-locked-put-after', title: `Move ${putter}() after ${call}()`, edits: [remove, move(text)], proved, assumed: [],
    explain: ({ appeared, lost }) => {
      const leak = appeared.find((one) => one.rule === 'ref-leak' && one.function === finding.function);
      if (!leak && !lost.includes(object)) return undefined;
      const taken = leak?.steps?.find((step) => step.role === 'taken')?.function ?? problem.lookup.ref.name;
      return `${call}() clears ${object}, ${putter}() would find nothing and the reference taken by ${taken}() would leak`;
    },
  };

  const spelled = withPointer(problem, earlier, first, region, text, object);
  const type = context.typing.contentType(pointer.address, finding.file);
  if (!spelled || !type) return [plain];
  const name = freeName(takenNames(source), spelled.name);
  return [{
    id: 'reorder-keep-reference',
    title: `Save ${object}, call ${call}(), then drop the last reference under ${lock.text}`,
    edits: [
      { file: finding.file, ...declarationEdit(source, block, `${type.name} ${'*'.repeat(type.pointers)}${name};`) },
      { file: finding.file, ...region, newText: `${name} = ${object};` },
      move(spelled.text(name, indent)),
    ],
    proved: [...proved, `the saved pointer is not read from ${object} after ${call}() has run`],
    assumed: spelled.assumed,
  }, plain];
}

/** A way out, or a way in, between the two puts: it would have one of them only. */
function mayLeaveBetween(source: FunctionSource, block: SyntaxNode, region: Span, late: SyntaxNode): boolean {
  const end = spanOf(source, late).start;
  return block.namedChildren.some((child) => {
    const { start } = spanOf(source, child);
    return start >= region.end && start < end &&
      descendants(child).some(({ type }) => /^(?:return|goto|break|continue|labeled|case)_statement$/.test(type));
  });
}

/** The last put of the same object on the way to the unlocked one that held the lookup's lock. */
function lockedPutBefore({ before, judged, context, lock, finding }: Problem): Put | undefined {
  return before.findLast((effect): effect is Put =>
    effect.do === 'put' && effect.count === judged.put.object.count && effect.chain[0]?.function === finding.function &&
    effect.held.some((hold) => context.typing.placeName(hold.lock, finding.file) === lock.name));
}

/** The statements of `block` that do the locked put: the call alone, or all from the lock to the unlock. */
function regionOf({ source, context, before }: Problem, put: Put, first: Site, block: SyntaxNode): Span | undefined {
  const statementOf = (site: Site): SyntaxNode | undefined => {
    const inner = statementAt(source, spanIn(context, site));
    return inner && childOf(block, inner);
  };
  const own = statementOf(first);
  if (!own) return undefined;
  let { start, end } = spanOf(source, own);
  const index = before.indexOf(put);
  for (const hold of put.held.filter(isOwn)) {
    const taken = before.slice(0, index).findLast((effect) => effect.do === 'lock' && effect.lock === hold.lock);
    const dropped = before.slice(index + 1).find((effect) => effect.do === 'unlock' && effect.lock === hold.lock);
    if (!taken?.chain[0] || !dropped?.chain[0]) return undefined;
    const from = statementOf(taken.chain[0]);
    const to = statementOf(dropped.chain[0]);
    if (!from || !to) return undefined;
    start = Math.min(start, spanOf(source, from).start);
    end = Math.max(end, spanOf(source, to).end);
  }
  return { start, end };
}

/** Taken by the function itself: each call on the way to a lock prefixes the hold's id. */
function isOwn(hold: Hold): boolean {
  return !hold.id.includes('>');
}

interface Spelled {
  /** What the pointer would be called. */
  readonly name: string;
  readonly text: (pointer: string, indent: string) => string;
  readonly assumed: readonly string[];
}

/** The locked put with the pointer given to it: in its own arguments, or in those of the call it is a wrapper around. */
function withPointer(problem: Problem, put: Put, first: Site, region: Span, text: string, object: string): Spelled | undefined {
  const { source, context } = problem;
  const code = context.code;
  const spots = descendants(source.root).map((node) => spanOf(source, node))
    .filter(({ start, end }) => start >= region.start && end <= region.end && source.text.slice(start, end) === object);
  const outer = callAt(source, spanIn(context, first));
  const parts = outer && callParts(source, outer);
  if (spots.length > 0) {
    const index = parts?.args.findIndex((arg) => arg.text === object) ?? -1;
    return {
      name: parameterName(problem, parts?.name, index) ?? lastName(object), assumed: [],
      text: (pointer) => spots.toSorted((one, other) => other.start - one.start).reduce(
        (result, { start, end }) => result.slice(0, start - region.start) + pointer + result.slice(end - region.start), text),
    };
  }
  if (!outer || !parts || source.text.slice(region.start, region.end) !== `${textOf(source, outer)};`) return undefined;
  const site = put.chain[1];
  const inner = site && unwrapped(problem, parts, site);
  const index = inner?.args.indexOf(object) ?? -1;
  if (!inner || index < 0) return undefined;
  const wrapper = code.resolve(parts.name, problem.finding.file);
  const otherUse = wrapper && code.callers(wrapper).some((caller) => caller !== problem.ref || callsOf(source, parts.name) > 1);
  return {
    name: parameterName(problem, inner.name, index) ?? lastName(object),
    text: (pointer, indent) => fitted(indent, `${inner.name}(${inner.args.map((arg, at) => (at === index ? pointer : arg)).join(', ')});`),
    assumed: otherUse === false && wrapper?.item.isStatic ? [`${parts.name}() has no other caller and can be removed`] : [],
  };
}

function callsOf(source: FunctionSource, name: string): number {
  return descendants(source.root).filter((node) => node.type === 'call_expression' && callParts(source, node)?.name === name).length;
}

/** The function that a statement calls. */
function nameOf(source: FunctionSource, statement: SyntaxNode): string | undefined {
  const call = descendants(statement).find((node) => node.type === 'call_expression');
  return call && callParts(source, call)?.name;
}
