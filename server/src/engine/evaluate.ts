// Expressions to values, places to addresses, conditions to facts.

import { ERRNO } from '../kernel/errno.ts';
import type { CType, Expr } from '../lower/ir.ts';
import { outOf, pathOf, rootOf, type Value } from '../domain/value.ts';
import { assume, classOf, narrow, truthOf, ANY, ERROR, NEGATIVE, POINTER, POSITIVE, TRUE_, ZERO } from '../domain/facts.ts';
import type { Mark } from '../summary/effect.ts';
import { addMark, fork, type State } from './state.ts';
import { isMember } from './membership.ts';
import { localType, type Frame } from './frame.ts';

export const tempName = (id: number): string => `%${id}`;

export function evaluate(frame: Frame, state: State, expression: Expr): Value {
  const { values, typing } = frame.engine;
  switch (expression.op) {
    case 'temp':
      return readPlace(frame, state, frame.local(tempName(expression.id)));
    case 'number':
      return values.number(expression.value);
    case 'string':
      return values.fn('"string"');
    case 'name': {
      if (!localType(frame, expression.name)) {
        const variable = frame.engine.code.variable(expression.name, frame.fn.file);
        if (!variable) {
          const constant = constantOf(frame, expression.name);
          if (constant !== undefined) return values.number(constant);
          return frame.engine.code.isFunction(expression.name, frame.fn.file) ? values.fn(expression.name) : values.result(`name:${expression.name}`, expression.name);
        }
      }
      return readPlace(frame, state, addressOf(frame, state, expression));
    }
    case 'field': case 'deref': case 'index':
      return readPlace(frame, state, addressOf(frame, state, expression));
    case 'addr':
      return addressOf(frame, state, expression.of);
    case 'cast': {
      const value = evaluate(frame, state, expression.arg);
      hintType(frame, value, expression.type);
      return value;
    }
    case 'container':
      return container(frame, state, expression);
    case 'unary': {
      const value = evaluate(frame, state, expression.arg);
      if (value.node.k === 'number') {
        const { value: n } = value.node;
        return values.number(expression.operator === '-' ? -n : expression.operator === '~' ? ~n : n === 0 ? 1 : 0);
      }
      if (expression.operator === '!') return values.binary('==', value, values.number(0));
      return values.binary(expression.operator, value, values.number(0));
    }
    case 'binary':
      return arithmetic(frame, expression.operator, evaluate(frame, state, expression.left), evaluate(frame, state, expression.right));
    case 'unknown':
      return values.result(`unknown:${frame.siteKey(frame.fn.nameSpan)}`, '?');
  }

  function container(frame: Frame, state: State, expression: Expr & { op: 'container' }): Value {
    const pointer = evaluate(frame, state, expression.pointer);
    const link = `${expression.type.name}.${expression.member}`;
    const { node } = pointer;
    if (node.k === 'element' && (node.link === '' || node.link.endsWith('.'))) {
      return values.element(node.container, link, node.site, node.text);
    }
    if (node.k === 'load') {
      const type = typing.contentType(node.address, frame.fn.file);
      const last = pathOf(node.address).at(-1);
      if ((type && LINK_TYPES.has(type.name)) || (last !== undefined && LINK_STEPS.has(last))) {
        const head = LINK_STEPS.has(last ?? '') ? values.at(rootOf(node.address), pathOf(node.address).slice(0, -1)) : node.address;
        return values.element(head, link, `walk${pointer.id}`, `entry of ${shortName(frame, head)}`);
      }
    }
    return values.at(pointer, [outOf(expression.type.name, expression.member)]);
  }
}

/** An error number, or an object-like macro that stands for an integer. */
function constantOf(frame: Frame, name: string): number | undefined {
  const error = ERRNO.get(name);
  if (error !== undefined) return error;
  const macro = frame.engine.code.macro(name, frame.fn.file);
  if (!macro || macro.params !== undefined) return undefined;
  const body = macro.body.replace(/^\((.*)\)$/, '$1').trim();
  return /^-?(0x[0-9a-fA-F]+|\d+)[uUlL]*$/.test(body) ? Number(body.replace(/[uUlL]+$/, '')) : undefined;
}

/** Node types whose pointers lead from one element of a container to the next. */
const LINK_TYPES: ReadonlySet<string> = new Set(['struct rb_node', 'struct hlist_node', 'struct list_head', 'struct llist_node', 'struct hlist_bl_node', 'struct hlist_nulls_node']);
const LINK_STEPS: ReadonlySet<string> = new Set(['.rb_node', '.first', '.next', '.prev', '.rb_left', '.rb_right', '.rb_leftmost']);

/** Is this the site of an entry reached by its links, in the function at hand? */
export function isWalked(site: string): boolean {
  return /^walk\d+$/.test(site);
}

function shortName(frame: Frame, address: Value): string {
  return frame.engine.typing.placeName(address, frame.fn.file)?.replace(/^(struct|union) /, '').replace(/^.*:/, '') ?? 'a list';
}

/** Address of the place that an lvalue denotes. */
export function addressOf(frame: Frame, state: State, expression: Expr): Value {
  const { values, typing, code } = frame.engine;
  switch (expression.op) {
    case 'name': {
      if (localType(frame, expression.name)) return frame.local(expression.name);
      const variable = code.variable(expression.name, frame.fn.file);
      if (!variable) {
        if (code.isFunction(expression.name, frame.fn.file)) return values.fn(expression.name);
        return values.global(expression.name, '');
      }
      const address = values.global(variable.name, variable.isStatic ? variable.file : '');
      typing.hint(address, code.resolveType(variable.type, frame.fn.file));
      return address;
    }
    case 'temp':
      return evaluate(frame, state, expression);
    case 'field':
      return values.at(addressOf(frame, state, expression.base), [`.${expression.name}`]);
    case 'deref':
      return evaluate(frame, state, expression.pointer);
    case 'index': {
      const base = expression.base.op === 'name' || expression.base.op === 'field' || expression.base.op === 'index'
        ? addressOf(frame, state, expression.base) : undefined;
      const type = base && typeOfPlace(frame, base);
      if (base && type?.array) return entryOf(frame, base);
      return entryOf(frame, evaluate(frame, state, expression.base));
    }
    case 'cast':
      return addressOf(frame, state, expression.arg);
    default:
      return evaluate(frame, state, expression);
  }
}

function entryOf(frame: Frame, array: Value): Value {
  return pathOf(array).at(-1) === '[]' ? array : frame.engine.values.at(array, ['[]']);
}

function typeOfPlace(frame: Frame, address: Value): CType | undefined {
  if (address.node.k === 'local') return localType(frame, address.node.name);
  const root = rootOf(address);
  if (root.node.k === 'local') {
    const type = localType(frame, root.node.name);
    if (type) frame.engine.typing.hint(root, type);
  }
  return frame.engine.typing.contentType(address, frame.fn.file);
}

export function readPlace(frame: Frame, state: State, address: Value): Value {
  const { values } = frame.engine;
  if (address.node.k === 'function') return address;
  const known = state.memory.get(address.id);
  if (known) return known.value;
  const type = typeOfPlace(frame, address);
  if (type?.array) return entryOf(frame, address);
  const root = rootOf(address);
  if (root.node.k === 'local') {
    const value = values.result(`init:${frame.siteKey(frame.fn.nameSpan)}:${address.id}`, root.node.name.replace(/^[%$].*$/, '?'));
    if (type) hintType(frame, value, type);
    return value;
  }
  const loaded = values.load(address);
  return loaded;
}

export function hintType(frame: Frame, value: Value, type: CType): void {
  const kind = value.node.k;
  if (type.pointers > 0 && (kind === 'param' || kind === 'result' || kind === 'fresh' || kind === 'load' || kind === 'element')) {
    frame.engine.typing.hint(value, frame.engine.code.resolveType(type, frame.fn.file));
  }
}

function arithmetic(frame: Frame, operator: string, left: Value, right: Value): Value {
  const { values } = frame.engine;
  if (left.node.k === 'number' && right.node.k === 'number') {
    const folded = fold(operator, left.node.value, right.node.value);
    if (folded !== undefined) return values.number(folded);
  }
  // count - 1, so that `!--ref` and `ref == 1` are the same test.
  if (right.node.k === 'number' && (operator === '+' || operator === '-')) {
    const shift = operator === '+' ? right.node.value : -right.node.value;
    if (left.node.k === 'binary' && left.node.operator === '+' && left.node.right.node.k === 'number') {
      const sum = left.node.right.node.value + shift;
      return sum === 0 ? left.node.left : values.binary('+', left.node.left, values.number(sum));
    }
    return shift === 0 ? left : values.binary('+', left, values.number(shift));
  }
  return values.binary(operator, left, right);
}

function fold(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '|': return left | right;
    case '&': return left & right;
    case '==': return Number(left === right);
    case '!=': return Number(left !== right);
    case '<': return Number(left < right);
    case '>': return Number(left > right);
    case '<=': return Number(left <= right);
    case '>=': return Number(left >= right);
    default: return undefined;
  }
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=']);
const FLIPPED: Readonly<Record<string, string>> = { '==': '==', '!=': '!=', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
const NEGATED: Readonly<Record<string, string>> = { '==': '!=', '!=': '==', '<': '>=', '>': '<=', '<=': '>', '>=': '<' };

/** The state in which `condition` is true (or false); undefined if it cannot be. The given state is not changed. */
export function assumeCondition(frame: Frame, state: State, condition: Expr, holds: boolean): State | undefined {
  if (condition.op === 'unary' && condition.operator === '!') return assumeCondition(frame, state, condition.arg, !holds);
  if (condition.op === 'cast') return assumeCondition(frame, state, condition.arg, holds);
  return assumeValue(frame, state, evaluate(frame, state, condition), holds);
}

/** The state in which `value` is true (nonzero) or false. */
export function assumeValue(frame: Frame, state: State, value: Value, holds: boolean): State | undefined {
  const { node } = value;
  if (node.k === 'binary') {
    if (COMPARISONS.has(node.operator)) return assumeComparison(frame, state, node.left, node.operator, node.right, holds);
    if (node.operator === 'IS_ERR') return assumeClass(frame, state, node.left, holds ? ERROR : ANY & ~ERROR & ~NEGATIVE);
    if (node.operator === 'IS_ERR_OR_NULL') return assumeClass(frame, state, node.left, holds ? ERROR | ZERO : POINTER | POSITIVE);
    if (node.operator === '+' && node.right.node.k === 'number') {
      return assumeComparison(frame, state, value, '==', frame.engine.values.number(0), !holds);
    }
  }
  if (node.k === 'count') return assumeComparison(frame, state, value, '==', frame.engine.values.number(0), !holds);
  return assumeClass(frame, state, value, holds ? TRUE_ : ZERO);
}

export function assumeClass(frame: Frame, state: State, value: Value, mask: number): State | undefined {
  const facts = narrow(state.facts, value, mask);
  if (!facts) return undefined;
  const next = fork(state);
  next.facts = facts;
  return examined(next, value) ? next : undefined;
}

/** Remembers that a test read an object's own content. */
function examined(state: State, value: Value): boolean {
  let inner = value;
  while (inner.node.k === 'binary') inner = inner.node.left;
  const address = inner.node.k === 'load' ? inner.node.address : inner.node.k === 'count' ? inner.node.of : undefined;
  if (address?.node.k !== 'at') return true;
  const object = rootOf(address);
  if (object.node.k === 'load' || object.node.k === 'global' || object.node.k === 'local') return true;
  return addMark(state, { mark: 'examined', value: object });
}

export function assumeComparison(frame: Frame, state: State, leftIn: Value, operatorIn: string, rightIn: Value, holds: boolean): State | undefined {
  let left = leftIn;
  let right = rightIn;
  let operator = holds ? operatorIn : (NEGATED[operatorIn] ?? operatorIn);
  if (left.node.k === 'number' && right.node.k !== 'number') {
    [left, right] = [right, left];
    operator = FLIPPED[operator] ?? operator;
  }
  if (left === right) {
    const reflexive = operator === '==' || operator === '<=' || operator === '>=';
    return reflexive ? state : undefined;
  }
  if (left.node.k === 'number' && right.node.k === 'number') {
    return fold(operator, left.node.value, right.node.value) === 1 ? state : undefined;
  }
  if (right.node.k === 'number') return compareWithNumber(frame, state, left, operator, right.node.value);
  // Comparison results compared with each other or used as numbers: nothing to learn.
  if (operator === '==' || operator === '!=') {
    const never = (classOf(state.facts, left) & classOf(state.facts, right)) === 0;
    if (never && operator === '==') return undefined;
    if (never) return state;
  }
  const known = truthOf(state.facts, left, operator, right);
  if (known !== undefined) return known ? state : undefined;
  if ((operator === '==' || operator === '!=') && (isNewerThan(state, left, right) || isNewerThan(state, right, left))) return operator === '!=' ? state : undefined;
  const member = membership(frame, left, right) ?? membership(frame, right, left);
  if (member && (operator === '==' || operator === '!=')) {
    const next = fork(state);
    const mark: Mark = { mark: operator === '==' ? 'member' : 'not-member', value: member.object, container: member.container };
    if (operator === '!=' && (member.same || isMember(frame, next, member.object, member.container))) return undefined;
    return addMark(next, mark) ? next : undefined;
  }
  const facts = assume(state.facts, left, operator, right, true);
  if (!facts) return undefined;
  const next = fork(state);
  next.facts = facts;
  return next;
}

/** Made on this path, and put into no registry before the other one was found: the two are not one (`if (old == fresh)`). */
function isNewerThan(state: State, fresh: Value, found: Value): boolean {
  if (fresh.node.k !== 'fresh' || found.node.k !== 'element' || classOf(state.facts, fresh) !== POINTER) return false;
  const at = state.effects.findIndex((effect) => effect.do === 'find' && effect.element === found);
  return at >= 0 && !state.effects.slice(0, at).some((effect) => effect.do === 'publish' && rootOf(effect.item) === fresh);
}

/**
 * `obj->field == &registry`: is `left` the content of a field, and `right` the address of a container? `same` when the
 * content is itself known to be a container of that name (then the two are one, whatever path led to each).
 */
function membership(frame: Frame, left: Value, right: Value): { object: Value; container: string; same: boolean } | undefined {
  const { node } = left;
  const isContainer = right.node.k === 'global' || (right.node.k === 'at' && pathOf(right).at(-1) !== '[]' && pathOf(right).some((step) => !step.startsWith('-')));
  if (!isContainer) return undefined;
  const container = frame.engine.typing.placeName(right, frame.fn.file);
  if (container === undefined) return undefined;
  if (node.k === 'load' && node.address.node.k === 'at') {
    const path = pathOf(node.address);
    // A pointer to another of its own kind (`k->parent == &dev->kobj`) is a relation, no registry.
    const { typing } = frame.engine;
    const own = typing.contentType(frame.engine.values.at(rootOf(node.address), path.slice(0, -1)), frame.fn.file)?.name;
    if (own !== undefined && own === typing.contentType(right, frame.fn.file)?.name) return undefined;
    return { object: frame.engine.values.at(rootOf(node.address), path.slice(0, -1)), container, same: false };
  }
  if (left.node.k === 'at' && frame.engine.typing.placeName(left, frame.fn.file) === container) return { object: left, container, same: true };
  return undefined;
}

function compareWithNumber(frame: Frame, state: State, left: Value, operator: string, n: number): State | undefined {
  const counted = countAndShift(left);
  if (counted) {
    // count + shift OP n  <=>  count OP n - shift
    const next = fork(state);
    const verdict = oneOrNot(operator, n - counted.shift);
    // The proof holds for as long as the locks do that were held when the counter was read.
    const atRead = frame.notes.countReads.get(counted.count.site) ?? state.held;
    const held = state.held.filter((hold) => atRead.some((other) => other.id === hold.id));
    if (verdict && !addMark(next, { mark: verdict, count: counted.count.of, held })) return undefined;
    return next;
  }
  if (left.node.k === 'binary' && COMPARISONS.has(left.node.operator) && (operator === '==' || operator === '!=') && (n === 0 || n === 1)) {
    const truth = (operator === '==') === (n === 1);
    return assumeComparison(frame, state, left.node.left, left.node.operator, left.node.right, truth);
  }
  if (left.node.k === 'binary' && left.node.operator.startsWith('IS_ERR') && n === 0) {
    return assumeValue(frame, state, left, operator === '!=');
  }
  const mask = classesFor(operator, n);
  const narrowed = assumeClass(frame, state, left, mask);
  if (!narrowed || n === 0) return narrowed;
  const facts = assume(narrowed.facts, left, operator, frame.engine.values.number(n), true);
  if (!facts) return undefined;
  narrowed.facts = facts;
  return narrowed;
}

function countAndShift(value: Value): { count: { of: Value; site: string }; shift: number } | undefined {
  if (value.node.k === 'count') return { count: value.node, shift: 0 };
  if (value.node.k === 'binary' && value.node.operator === '+' && value.node.left.node.k === 'count' && value.node.right.node.k === 'number') {
    return { count: value.node.left.node, shift: value.node.right.node.value };
  }
  return undefined;
}

/** What `count OP n` says about "the count is one", for a count that is at least one. */
function oneOrNot(operator: string, n: number): 'exclusive' | 'shared' | undefined {
  switch (operator) {
    case '==': return n === 1 ? 'exclusive' : 'shared';
    case '!=': return n === 1 ? 'shared' : undefined;
    case '<': return n === 2 ? 'exclusive' : undefined;
    case '<=': return n === 1 ? 'exclusive' : undefined;
    case '>': return n >= 1 ? 'shared' : undefined;
    case '>=': return n >= 2 ? 'shared' : undefined;
    default: return undefined;
  }
}

function classesFor(operator: string, n: number): number {
  switch (operator) {
    case '==': return n === 0 ? ZERO : n < 0 ? NEGATIVE | ERROR : POSITIVE | POINTER;
    case '!=': return n === 0 ? TRUE_ : ANY;
    case '<': return n <= 0 ? NEGATIVE | ERROR : ANY;
    case '<=': return n < 0 ? NEGATIVE | ERROR : n === 0 ? NEGATIVE | ERROR | ZERO : ANY;
    case '>': return n >= 0 ? POSITIVE | POINTER : ANY;
    case '>=': return n > 0 ? POSITIVE | POINTER : n === 0 ? ZERO | POSITIVE | POINTER : ANY;
    default: return ANY;
  }
}
