// The condition that tells some ways through a function from the others, as a kernel developer would write it.

import { compareText } from '../base/order.ts';
import { ANY, ERROR, NEGATIVE, POINTER, POSITIVE, ZERO, classOf, joinFacts, type Facts } from '../domain/facts.ts';
import { pathOf, rootOf, type Value } from '../domain/value.ts';
import type { Mark } from '../summary/effect.ts';
import { joinMarks, markKey, oppositeKey } from '../engine/state.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Session } from './session.ts';
import { reachOf, type Spelling } from './spelling.ts';

/** What a way knows. */
export interface Known {
  readonly facts: Facts;
  readonly marks: readonly Mark[];
}

interface Literal {
  readonly text: string;
  /** What tells more to a reader comes first. */
  readonly rank: number;
  /** Smaller: nearer to the function's parameters, and to be tested first. */
  readonly depth: number;
  /** Does it hold on that way: `no` is a contradiction, `unknown` means that the way never asked. */
  readonly on: (way: Known) => 'yes' | 'no' | 'unknown';
}

const MOST_LITERALS = 4;

export interface Conditions {
  /** What holds on all of `some` and tells them from `others`; empty when nothing that can be named does. */
  tell(some: readonly Known[], others: readonly Known[]): string;
}

export function conditionsOf(session: Session, ref: FunctionRef, spelling: Spelling): Conditions {
  const { typing } = session.engine.base;
  const { code } = session;

  const isPointer = (value: Value): boolean => {
    const { node } = value;
    if (node.k === 'param') return code.resolveType(node.type, ref.file).pointers > 0;
    if (node.k === 'load') {
      const type = typing.contentType(node.address, ref.file) ?? typing.hintOf(value);
      return type === undefined || type.pointers > 0;
    }
    if (node.k === 'result') {
      const name = /^\w+/.exec(node.text)?.[0];
      const type = (name === undefined ? undefined : code.returnTypeOf(name, ref.file)) ?? typing.hintOf(value);
      return type !== undefined && type.pointers > 0;
    }
    return true;
  };

  const literalsOf = (known: Known): readonly Literal[] => {
    const literals: Literal[] = [];
    for (const mark of known.marks) {
      const literal = markLiteral(mark);
      if (literal) literals.push(literal);
    }
    for (const { left, operator, right, holds } of known.facts.truths.values()) {
      if (!spelling.isNameable(left) || !spelling.isNameable(right)) continue;
      // By which key a callee found its entry is the callee's business.
      if ([left, right].some((side) => hangsOnCalleesEntry(side))) continue;
      literals.push({
        text: comparison(left, operator, right, holds), rank: 2, depth: Math.max(reachOf(left), reachOf(right)),
        on: (way) => {
          const other = [...way.facts.truths.values()].find((truth) => truth.left === left && truth.right === right && truth.operator === operator);
          if (other) return other.holds === holds ? 'yes' : 'no';
          return isUnreached(way, left) || isUnreached(way, right) ? 'no' : 'unknown';
        },
      });
    }
    for (const { value, mask } of known.facts.classes.values()) {
      if (!spelling.isNameable(value) || value.node.k === 'element' || isCalleesTest(value)) continue;
      const text = classText(spelling.value(value), value, mask);
      if (text === undefined) continue;
      const own = value.node.k === 'result' || value.node.k === 'fresh';
      literals.push({
        text, rank: own ? 4 : value.node.k === 'load' && value.node.address.node.k === 'global' ? 6 : 3, depth: reachOf(value) + (own ? 1 : 0),
        on: (way) => {
          const there = classOf(way.facts, value);
          if ((there & mask) === 0) return 'no';
          if ((there & ~mask) === 0) return 'yes';
          return isUnreached(way, value) ? 'no' : 'unknown';
        },
      });
    }
    return literals;
  };

  const hangsOnCalleesEntry = (value: Value): boolean => {
    const root = rootOf(value);
    return spelling.isCalleesEntry(root) || (root.node.k === 'load' && hangsOnCalleesEntry(root.node.address));
  };

  const markLiteral = (mark: Mark): Literal | undefined => {
    const key = markKey(mark);
    const opposite = oppositeKey(mark);
    const about = 'count' in mark ? mark.count : mark.value;
    if (mark.mark === 'examined' || !spelling.isNameable(about)) return undefined;
    const text = 'count' in mark
      ? `count of ${spelling.object(mark.count)} ${mark.mark === 'exclusive' ? '==' : '!='} 1`
      : membershipText(mark.value, mark.container, mark.mark === 'member');
    if (text === undefined) return undefined;
    return {
      text, rank: mark.mark === 'member' ? 0 : mark.mark === 'not-member' ? 5 : 1, depth: reachOf(about) + 1,
      on: (way) => {
        const keys = new Set(way.marks.map(markKey));
        if (keys.has(key)) return 'yes';
        return (opposite !== undefined && keys.has(opposite)) || isUnreached(way, about) ? 'no' : 'unknown';
      },
    };
  };

  /** `dir->kset == &...->dirs`: the pointer by which an entry knows its container is found by its type. */
  const membershipText = (value: Value, container: string, isMember: boolean): string | undefined => {
    const [head = '', ...path] = container.replace(/^[^ ]*:/, '').split('.');
    const isType = /^(struct|union) /.test(head);
    const type = isType ? fieldType(head, path) : code.variable(head, ref.file)?.type.name;
    const holder = typing.pointee(value, ref.file);
    // A pointer to another object of the same kind (a parent) is no list that one is on.
    if (type !== undefined && type === holder) return undefined;
    const field = type === undefined || holder === undefined ? undefined
      : code.struct(holder, ref.file)?.fields.find((candidate) => candidate.type.name === type && candidate.type.pointers === 1)?.name;
    const place = isType ? `...->${path.join('.')}` : [head, ...path].join('.');
    const object = spelling.value(value);
    return field === undefined ? `${object} is ${isMember ? '' : 'not '}in ${place}` : `${member(object, field)} ${isMember ? '==' : '!='} &${place}`;
  };

  const fieldType = (struct: string, path: readonly string[]): string | undefined => {
    let type = struct;
    for (const name of path) {
      const field = code.struct(type, ref.file)?.fields.find((candidate) => candidate.name === name);
      if (!field || field.type.pointers > 0) return undefined;
      type = code.resolveType(field.type, ref.file).name;
    }
    return type;
  };

  const comparison = (left: Value, operator: string, right: Value, holds: boolean): string => {
    // The canonical form has the smaller id on the left; people write the constant on the right.
    const isConstant = (value: Value) => value.node.k === 'number' || value.node.k === 'function' || value.node.k === 'global';
    const flip = operator === '==' && !isConstant(right) && (isConstant(left) || reachOf(right) > reachOf(left));
    const [one, other] = flip ? [right, left] : [left, right];
    const sign = holds ? operator : operator === '==' ? '!=' : operator === '<' ? '>=' : `not ${operator}`;
    const text = (value: Value) => (value.node.k === 'number' ? String(value.node.value) : spelling.value(value));
    return `${text(one)} ${sign} ${text(other)}`;
  };

  const classText = (text: string, value: Value, mask: number): string | undefined => {
    if (value.node.k === 'fresh') {
      if (mask === POINTER) return `${text} != NULL`;
      return (mask & POINTER) === 0 ? (mask === ERROR ? `IS_ERR(${text})` : `${text} == NULL`) : undefined;
    }
    if (value.node.k === 'binary' || value.node.k === 'count') return undefined;
    if (isPointer(value)) {
      switch (mask & (ZERO | ERROR | POINTER)) {
        case ZERO: return `${text} == NULL`;
        case POINTER: return `!IS_ERR_OR_NULL(${text})`;
        case ERROR: return `IS_ERR(${text})`;
        case ERROR | POINTER: return `${text} != NULL`;
        case ZERO | ERROR: return `IS_ERR_OR_NULL(${text})`;
        case ZERO | POINTER: return `!IS_ERR(${text})`;
        default: return undefined;
      }
    }
    switch (mask & (NEGATIVE | ZERO | POSITIVE)) {
      case ZERO: return `${text} == 0`;
      case NEGATIVE: return `${text} < 0`;
      case POSITIVE: return `${text} > 0`;
      case NEGATIVE | POSITIVE: return `${text} != 0`;
      case NEGATIVE | ZERO: return `${text} <= 0`;
      case ZERO | POSITIVE: return (mask & ANY) === ANY ? undefined : `${text} >= 0`;
      default: return undefined;
    }
  };

  return {
    tell(some, others) {
      const first = some[0];
      if (!first || others.length === 0) return '';
      const joined = some.slice(1).reduce<Known>(
        (all, way) => ({ facts: joinFacts(all.facts, way.facts), marks: joinMarks(all.marks, way.marks) }), first,
      );
      const literals = literalsOf(joined);
      const chosen: Literal[] = [];
      let left = [...others];
      // First what the others contradict, then what they never asked about.
      for (const wanted of [['no'], ['no', 'unknown']] as const) {
        while (left.length > 0 && chosen.length < MOST_LITERALS) {
          const scored = literals.filter((literal) => !chosen.includes(literal))
            .map((literal) => ({ literal, score: left.filter((way) => (wanted as readonly string[]).includes(literal.on(way))).length }))
            .filter(({ score }) => score > 0)
            .sort((a, b) => Number(b.literal.rank === 0) - Number(a.literal.rank === 0) || b.score - a.score ||
              a.literal.rank - b.literal.rank || a.literal.depth - b.literal.depth || compareText(a.literal.text, b.literal.text));
          const best = scored[0]?.literal;
          if (!best) break;
          chosen.push(best);
          left = left.filter((way) => !(wanted as readonly string[]).includes(best.on(way)));
        }
      }
      chosen.sort((a, b) => a.depth - b.depth || a.rank - b.rank || compareText(a.text, b.text));
      return chosen.map(({ text }) => text).join(' && ');
    },
  };
}

/**
 * What is in fresh memory, or in what a call returned, is tested by callees to check their arguments; so are strings.
 * And what ERR_PTR() makes is no test at all.
 */
function isCalleesTest(value: Value): boolean {
  if (value.node.k === 'result') return /^(ERR_PTR|ERR_CAST|PTR_ERR\w*)\(/.test(value.node.text);
  if (value.node.k !== 'load') return false;
  if (pathOf(value.node.address).includes('[]')) return true;
  const kind = rootOf(value.node.address).node.k;
  return kind === 'fresh' || kind === 'result';
}

/** The way cannot have asked: the value hangs on a pointer that is NULL there. */
function isUnreached(way: Known, value: Value): boolean {
  for (let inner = value; ;) {
    const { node } = inner;
    if (node.k === 'at') inner = node.base;
    else if (node.k === 'load') {
      inner = rootOf(node.address);
      if ((classOf(way.facts, inner) & ~ZERO) === 0) return true;
    } else if (node.k === 'count') inner = node.of;
    else break;
  }
  return value.node.k !== 'load' && (classOf(way.facts, rootOf(value)) & ~ZERO) === 0;
}

function member(object: string, field: string): string {
  return object.startsWith('&') ? `${object.slice(1)}.${field}` : `${object}->${field}`;
}
