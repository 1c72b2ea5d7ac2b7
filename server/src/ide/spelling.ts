// How a function's values are spelled for people: over its parameters, globals and calls, with the function's own
// names for what it computes from them.

import { outOf, pathOf, printPlace, printValue, rootOf, type Node, type Value } from '../domain/value.ts';
import { scopeOf } from '../engine/frame.ts';
import type { Expr, FunctionIr, Instruction } from '../lower/ir.ts';
import { labelsOf } from '../lower/labels.ts';
import type { FunctionRef } from '../program/code.ts';
import type { Session } from './session.ts';

export interface Spelling {
  value(value: Value): string;
  /** The content of the place at an address. */
  place(address: Value): string;
  /** The object that a counter belongs to. */
  object(count: Value): string;
  /** Can a reader of the function name what this value is? False for what a callee found and kept to itself. */
  isNameable(value: Value): boolean;
  /** An entry that a callee found and returned. */
  isCalleesEntry(value: Value): boolean;
}

const LONGEST_CALL = 44;

export function spellingOf(session: Session, ref: FunctionRef): Spelling {
  const fn = session.code.ir(ref);
  const own = ownNames(session, fn);
  const prefix = `${fn.file}:${fn.name}:`;

  /** The text of a value that has no place: a call's result, an entry found, fresh memory; undefined: not ours to name. */
  const rootText = (value: Value): string | undefined => {
    const { node } = value;
    if (node.k !== 'result' && node.k !== 'fresh' && node.k !== 'element') return undefined;
    if (!node.site.startsWith(prefix)) return undefined;
    const rest = node.site.slice(prefix.length);
    const label = /^[^:>]*/.exec(rest)?.[0] ?? '';
    const call = own.calls.get(label);
    if (node.k === 'result') {
      if (/^(?::(?!missing)\w+)?$/.test(rest.slice(label.length)) || rest.slice(label.length) === '>ret') return shortCall(node.text);
      return undefined;
    }
    if (!rest.includes('>')) return node.k === 'fresh' ? own.locals.get(label) ?? shortCall(node.text) : shortCall(node.text);
    return call && returnsIt(session, fn, call.name, node) ? shortCall(call.text) : undefined;
  };
  /** What a callee found is the object around the entry, more often than not: both have the call's name. */
  const isCalleesEntry = (value: Value): boolean => value.node.k === 'element' && value.node.site.includes('>') && rootText(value) !== undefined;

  /** The local that a call's result is kept in. */
  const localOf = (value: Value): string | undefined => {
    const { node } = value;
    if ((node.k !== 'result' && node.k !== 'element') || rootText(value) === undefined) return undefined;
    return own.locals.get(/^[^:>]*/.exec(node.site.slice(prefix.length))?.[0] ?? '');
  };

  const renamed = (value: Value): Value => {
    const { node } = value;
    switch (node.k) {
      case 'result': case 'fresh': case 'element': {
        const text = rootText(value);
        return text === undefined || text === node.text ? value : { ...value, node: { ...node, text } };
      }
      case 'load':
        return { ...value, node: { ...node, address: renamed(node.address) } };
      case 'at': {
        const [first] = node.path;
        const outwards = node.path.findIndex((step) => !step.startsWith('-'));
        const steps = outwards < 0 ? node.path.length : outwards;
        const found = steps > 0 && isCalleesEntry(node.base);
        const alias = steps === 0 ? undefined : found ? rootText(node.base) : own.containers.get(`${node.base.id}${first}`);
        if (alias !== undefined) {
          const named: Value = { id: value.id, node: { k: 'result', site: '', text: alias } };
          const rest = node.path.slice(found ? steps : 1);
          return rest.length === 0 ? named : { ...value, node: { k: 'at', base: named, path: rest } };
        }
        return { ...value, node: { ...node, base: renamed(node.base) } };
      }
      case 'count':
        return { ...value, node: { ...node, of: renamed(node.of) } };
      case 'binary':
        return { ...value, node: { ...node, left: renamed(node.left), right: renamed(node.right) } };
      default:
        return value;
    }
  };

  const value = (one: Value): string => printValue(renamed(one));
  const place = (address: Value): string => printPlace(renamed(address));
  return {
    value,
    place,
    isCalleesEntry,
    object: (count) => {
      const root = rootOf(count);
      const path = pathOf(count);
      const alias = path[0]?.startsWith('-') ? own.containers.get(`${root.id}${path[0]}`) : undefined;
      const inside = path.filter((step) => !step.startsWith('-'));
      // `dev->kobj.kref` is the count of dev; `sp->glue_dirs.kobj.kref` is that of an object of its own inside sp.
      const embedded = inside.length > 2 ? inside.slice(0, -2).join('').slice(1) : '';
      const base = alias ?? localOf(root) ?? (root.node.k === 'load' ? place(root.node.address) : value(root).replace(/^&/, ''));
      return embedded === '' ? base : `${base}${root.node.k === 'global' ? '.' : '->'}${embedded}`;
    },
    isNameable: function isNameable(one: Value): boolean {
      const { node } = one;
      switch (node.k) {
        case 'param': case 'global': case 'function': case 'number':
          return true;
        case 'local':
          return false;
        case 'load':
          return isNameable(node.address);
        case 'at':
          return isNameable(node.base);
        case 'count':
          return isNameable(node.of);
        case 'binary':
          return isNameable(node.left) && isNameable(node.right);
        default:
          return rootText(one) !== undefined;
      }
    },
  };
}

/** How many pointers are followed from what the function has at hand. */
export function reachOf(value: Value): number {
  const { node } = value;
  switch (node.k) {
    case 'load':
      return 1 + reachOf(node.address);
    case 'at':
      return reachOf(node.base);
    case 'count':
      return reachOf(node.of);
    default:
      return 0;
  }
}

function shortCall(text: string): string {
  const one = text.replace(/\s+/g, ' ');
  if (one.length <= LONGEST_CALL) return one;
  const name = /^\w+/.exec(one)?.[0];
  return name === undefined ? `${one.slice(0, LONGEST_CALL - 3)}...` : `${name}(...)`;
}

interface OwnNames {
  /** Calls by their offset from the function's start. */
  readonly calls: ReadonlyMap<string, { readonly name: string; readonly text: string }>;
  /** Locals that are set once, from the call with that label: `dir` reads better than `kzalloc(sizeof(*dir), GFP_KERNEL)`. */
  readonly locals: ReadonlyMap<string, string>;
  /** Locals that are set once, to the object around what a parameter points to. */
  readonly containers: ReadonlyMap<string, string>;
}

function ownNames(session: Session, fn: FunctionIr): OwnNames {
  const { values } = session.engine.base;
  const labels = labelsOf(fn);
  const calls = new Map<string, { name: string; text: string }>();
  const locals = new Map<string, string>();
  const containers = new Map<string, string>();
  const byTemp = new Map<number, Instruction & { op: 'call' }>();
  const sets = new Map<string, Expr[]>();
  const note = (name: string, value: Expr): void => {
    sets.set(name, [...(sets.get(name) ?? []), value]);
  };
  for (const block of fn.blocks) {
    // A loop sets its cursor, too.
    if (block.terminator.op === 'iterate') for (const arg of block.terminator.args) if (arg.op === 'name') note(arg.name, { op: 'unknown' });
    for (const instruction of block.instructions) {
      if (instruction.op === 'call') {
        byTemp.set(instruction.temp, instruction);
        const { callee } = instruction;
        const name = callee.kind === 'direct' ? callee.name : '';
        calls.set(labels.labelOf(instruction.at), { name, text: `${name}(${instruction.argTexts.join(', ')})` });
      } else if (instruction.target.op === 'name') {
        note(instruction.target.name, instruction.value);
      }
    }
  }
  /** What a parameter, or the object around it, is as a value. */
  const simple = (expression: Expr): Value | undefined => {
    switch (expression.op) {
      case 'cast':
        return simple(expression.arg);
      case 'name': {
        const index = fn.params.findIndex((param) => param.name === expression.name);
        const param = fn.params[index];
        return param && !sets.has(param.name) ? values.param(index, param.name, param.type, scopeOf(fn)) : undefined;
      }
      case 'container': {
        const pointer = simple(expression.pointer);
        return pointer && values.at(pointer, [outOf(expression.type.name, expression.member)]);
      }
      case 'temp': {
        // kobj_to_dev() and its like: inline functions around one container_of().
        const call = byTemp.get(expression.id);
        if (call?.callee.kind !== 'direct' || call.args.length !== 1 || !call.args[0]) return undefined;
        const arg = simple(call.args[0]);
        const callee = session.code.resolve(call.callee.name, fn.file);
        const returned = callee && theOneReturn(session, callee);
        return arg && returned?.node.k === 'at' && returned.node.base.node.k === 'param' ? values.at(arg, returned.node.path) : undefined;
      }
      default:
        return undefined;
    }
  };
  for (const [name, all] of sets) {
    // NULL is nothing that would need a name.
    const expressions = all.filter((expression) => expression.op !== 'number' || expression.value !== 0);
    const [only] = expressions;
    if (!only || expressions.length > 1 || name.includes('#')) continue;
    const value = simple(only);
    if (value?.node.k === 'at' && value.node.path.length === 1 && value.node.path[0]?.startsWith('-')) {
      containers.set(`${value.node.base.id}${value.node.path[0]}`, name);
    }
    const call = only.op === 'temp' ? byTemp.get(only.id) : undefined;
    if (call) locals.set(labels.labelOf(call.at), name);
  }
  return { calls, locals, containers };
}

function theOneReturn(session: Session, callee: FunctionRef): Value | undefined {
  const { outcomes } = session.engine.summaryOf(callee);
  const first = outcomes[0]?.returns;
  return outcomes.every((outcome) => outcome.returns === first) ? first : undefined;
}

/** Is the entry or the fresh memory, seen in a callee, what that callee returns (or the object around it)? */
function returnsIt(session: Session, fn: FunctionIr, name: string, node: Node & { k: 'element' | 'fresh' }): boolean {
  const callee = session.code.resolve(name, fn.file);
  if (!callee) return false;
  const inner = node.site.slice(node.site.indexOf('>') + 1);
  return session.engine.summaryOf(callee).outcomes.some(({ returns }) => {
    const root = returns && rootOf(returns).node;
    return root !== undefined && root.k === node.k && root.site === inner;
  });
}
