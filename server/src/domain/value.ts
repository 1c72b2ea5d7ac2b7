// Values and places. A *value* is what an expression denotes, in terms of the function's entry: a parameter, a
// global's address, the content that a place had on entry, a fresh object, an entry found in a registry. A *place* is
// an address value: a base plus the path of embedded fields. Embedding is exact: `&dev->kobj` is `dev` + `.kobj`, and
// container_of() takes the same step backwards, so that both spellings of one object are the same value.
// Values are interned: equal values are the same object, and `id` is a total order within one table.

import type { CType } from '../lower/ir.ts';

export interface Value {
  readonly id: number;
  readonly node: Node;
}

export type Node =
  | { readonly k: 'param'; readonly index: number; readonly name: string; readonly type: CType }
  /** Address of a global; `file` for a static one. */
  | { readonly k: 'global'; readonly name: string; readonly file: string }
  /** Address of a local variable. */
  | { readonly k: 'local'; readonly name: string }
  | { readonly k: 'function'; readonly name: string }
  | { readonly k: 'number'; readonly value: number }
  /** What a call returned, or anything unknown; `site` tells two of them apart. */
  | { readonly k: 'result'; readonly site: string; readonly text: string }
  /** Memory allocated on this path. */
  | { readonly k: 'fresh'; readonly site: string; readonly text: string }
  /** An entry found in (or, `created`, just put into) a registry; `container` is the address of its head. */
  | { readonly k: 'element'; readonly container: Value; readonly link: string; readonly site: string; readonly text: string }
  /** What the place `address` held when the function was entered. */
  | { readonly k: 'load'; readonly address: Value }
  /** `base` moved along `path`: `.f` into an embedded field, `-T.f` back out of it, `[]` to some entry of an array. */
  | { readonly k: 'at'; readonly base: Value; readonly path: readonly string[] }
  /** The value of a reference counter, read at `site`. */
  | { readonly k: 'count'; readonly of: Value; readonly site: string }
  | { readonly k: 'binary'; readonly operator: string; readonly left: Value; readonly right: Value };

export interface Values {
  /** `scope` names the function: what it makes of a `void *` in one of its parameters says nothing of another function's. */
  param(index: number, name: string, type: CType, scope: string): Value;
  global(name: string, file: string): Value;
  local(name: string, scope: string): Value;
  fn(name: string): Value;
  number(value: number): Value;
  result(site: string, text: string): Value;
  fresh(site: string, text: string): Value;
  element(container: Value, link: string, site: string, text: string): Value;
  load(address: Value): Value;
  /** `base` moved along `path`; steps that undo each other cancel. */
  at(base: Value, path: readonly string[]): Value;
  count(of: Value, site: string): Value;
  binary(operator: string, left: Value, right: Value): Value;
}

export function createValues(): Values {
  const table = new Map<string, Value>();
  // By the ids of their addresses and roots: asked for far more often than all others.
  const loads: (Value | undefined)[] = [];
  const moved: (Map<string, Value> | undefined)[] = [];
  let count = 0;
  const make = (node: Node): Value => ({ id: ++count, node });
  const intern = (key: string, node: Node): Value => {
    const known = table.get(key);
    if (known) return known;
    const value = make(node);
    table.set(key, value);
    return value;
  };
  const at = (base: Value, path: readonly string[]): Value => {
    if (path.length === 0) return base;
    const root = base.node.k === 'at' ? base.node.base : base;
    const steps = base.node.k === 'at' ? joinPaths(base.node.path, path) : path.length === 1 ? path : joinPaths([], path);
    if (steps.length === 0) return root;
    const byPath = (moved[root.id] ??= new Map());
    const key = steps.length === 1 ? steps[0] ?? '' : steps.join('');
    let value = byPath.get(key);
    if (!value) byPath.set(key, (value = make({ k: 'at', base: root, path: steps })));
    return value;
  };
  return {
    at,
    param: (index, name, type, scope) =>
      intern(`p${index}:${name}:${type.name}${'*'.repeat(type.pointers)}${scope}`, { k: 'param', index, name, type }),
    global: (name, file) => intern(`g${name}:${file}`, { k: 'global', name, file }),
    local: (name, scope) => intern(`l${name}:${scope}`, { k: 'local', name }),
    fn: (name) => intern(`f${name}`, { k: 'function', name }),
    number: (value) => intern(`n${value}`, { k: 'number', value }),
    result: (site, text) => intern(`r${site}|${text}`, { k: 'result', site, text }),
    fresh: (site, text) => intern(`a${site}|${text}`, { k: 'fresh', site, text }),
    element: (container, link, site, text) =>
      intern(`e${container.id}:${link}:${site}|${text}`, { k: 'element', container, link, site, text }),
    load: (address) => (loads[address.id] ??= make({ k: 'load', address })),
    count: (of, site) => intern(`c${of.id}:${site}`, { k: 'count', of, site }),
    binary: (operator, left, right) =>
      intern(`b${left.id}${operator}${right.id}`, { k: 'binary', operator, left, right }),
  };
}

/** Joins two paths; `.m` after `-T.m` (and the other way round) cancel. `-T.a.b` undoes `.a` `.b`. */
export function joinPaths(left: readonly string[], right: readonly string[]): readonly string[] {
  const out = left.slice();
  for (const step of right) {
    const last = out.at(-1);
    if (last === undefined) {
      out.push(step);
      continue;
    }
    if (step.startsWith('-')) {
      const member = memberSteps(step);
      const tail = out.slice(-member.length);
      if (tail.length === member.length && tail.every((part, index) => part === member[index])) {
        out.splice(out.length - member.length, member.length);
        continue;
      }
    } else if (last.startsWith('-')) {
      const member = memberSteps(last);
      if (member[0] === step) {
        out.pop();
        // `-T.a.b` then `.a` leaves us inside `a`: still `b` short of it.
        if (member.length > 1) out.push(`-${typeOfStep(last)}!${member.slice(1).join('')}`);
        continue;
      }
    }
    out.push(step);
  }
  return out;
}

/** Step that leaves an object of `type` through its member path `a.b`. */
export function outOf(type: string, member: string): string {
  return `-${type}!.${member}`;
}

export function typeOfStep(step: string): string {
  return step.slice(1, step.indexOf('!'));
}

function memberSteps(step: string): string[] {
  return stepsOf(step.slice(step.indexOf('!') + 1));
}

/** The steps of a path of embedded fields, spelled `a.b` or `.a.b`. */
export function stepsOf(path: string): string[] {
  return path
    .split('.')
    .filter((part) => part !== '')
    .map((part) => `.${part}`);
}

/** The value an address or object hangs on: strips `at`. */
export function rootOf(value: Value): Value {
  return value.node.k === 'at' ? value.node.base : value;
}

export function pathOf(value: Value): readonly string[] {
  return value.node.k === 'at' ? value.node.path : [];
}

/** True if `value` is known by the caller too: made of parameters, globals and contents on entry only. */
export function isEntryValue(value: Value): boolean {
  const { node } = value;
  switch (node.k) {
    case 'param': case 'global': case 'function': case 'number':
      return true;
    case 'load':
      return isEntryValue(node.address);
    case 'at':
      return isEntryValue(node.base);
    case 'count':
      return isEntryValue(node.of);
    case 'binary':
      return isEntryValue(node.left) && isEntryValue(node.right);
    case 'element':
    case 'local': case 'result': case 'fresh':
      return false;
  }
}

/** Zero for sure: NULL, as a pointer. */
export function isNull({ node }: Value): boolean {
  return node.k === 'number' && node.value === 0;
}

/** Does `value` hang, at any depth, on `on`? (`dev->kobj.parent` hangs on `dev`.) */
export function hangsOn(value: Value, on: Value): boolean {
  if (value === on) return true;
  const { node } = value;
  switch (node.k) {
    case 'load':
      return hangsOn(node.address, on);
    case 'at':
      return hangsOn(node.base, on);
    case 'count':
      return hangsOn(node.of, on);
    case 'binary':
      return hangsOn(node.left, on) || hangsOn(node.right, on);
    default:
      return false;
  }
}

/** How deep a value nests: a bound on what is worth tracking. */
export function depthOf(value: Value): number {
  const { node } = value;
  switch (node.k) {
    case 'load':
      return 1 + depthOf(node.address);
    case 'at':
      return depthOf(node.base);
    case 'element':
      return 1 + depthOf(node.container);
    case 'count':
      return 1 + depthOf(node.of);
    case 'binary':
      return 1 + Math.max(depthOf(node.left), depthOf(node.right));
    default:
      return 0;
  }
}

/** The value as a C expression a kernel developer would write: `dev->kobj.parent`, `&sp->glue_dirs.list_lock`. */
export function printValue(value: Value): string {
  const { node } = value;
  switch (node.k) {
    case 'param':
      return node.name;
    case 'global':
      return `&${node.name}`;
    case 'local':
      return `&${plainLocal(node.name)}`;
    case 'function':
      return node.name;
    case 'number':
      return node.value === 0 ? 'NULL' : String(node.value);
    case 'result': case 'fresh': case 'element':
      return node.text;
    case 'load':
      return printPlace(node.address);
    case 'at': {
      if (node.path.every((step) => step.startsWith('-'))) {
        return `container of ${printValue(node.base)}`;
      }
      return `&${printPlace(value)}`;
    }
    case 'count':
      return `count of ${printPlace(node.of)}`;
    case 'binary':
      return `${printValue(node.left)} ${node.operator} ${printValue(node.right)}`;
  }
}

/** The place at an address, as a C lvalue. */
export function printPlace(address: Value): string {
  const { node } = address;
  if (node.k === 'global') return node.name;
  if (node.k === 'local') return plainLocal(node.name);
  if (node.k === 'at') {
    const base = node.base.node;
    const steps = node.path.filter((step) => !step.startsWith('-')).join('');
    if (base.k === 'global') return base.name + steps;
    if (base.k === 'local') return plainLocal(base.name) + steps;
    const text = printValue(node.base);
    return steps === '' ? text : `${text}->${steps.replace(/^\./, '')}`.replace('->[]', '[]');
  }
  return `*${printValue(address)}`;
}

function plainLocal(name: string): string {
  return name.replace(/#\d+$/, '');
}
