// From one function's slice to its lowered form.

import type { Gap } from '../base/gap.ts';
import type { Knowledge } from '../kernel/schema.ts';
import type { Catalogue } from '../syntax/catalogue.ts';
import type { ConditionalRegion } from '../syntax/normalise.ts';
import type { FunctionItem } from '../syntax/items.ts';
import type { Statement } from './ast.ts';
import { prepare } from './conditional.ts';
import { lowerScope, lowerStatements } from './control.ts';
import { parseParameters, parseSpecifiers } from './declaration.ts';
import { end, finish, newBlock, newFlow } from './flow.ts';
import type { CType, FunctionIr, Local } from './ir.ts';
import { accept, atEnd, lose, newReader, next, peek, namesOf, sees, skipTo } from './reader.ts';
import type { Names, Reader } from './reader.ts';
import type { Label, Lowering, MacroSource } from './state.ts';
import { parseDeclaration, parseStatements, startsDeclaration } from './statement.ts';
import type { Token } from './tokens.ts';
import { bodyFromTree } from './tree.ts';

export type { MacroSource } from './state.ts';

export interface FunctionInput {
  readonly file: string;
  /** The whole file's text. */
  readonly text: string;
  readonly item: FunctionItem;
  readonly catalogue: Catalogue;
  readonly knowledge: Knowledge;
  readonly macros: MacroSource;
  /** By default the syntax tree, and the tokens alone where it has errors; `tokens` never asks for the tree. */
  readonly reading?: 'tokens';
}

/** Never throws; what could not be read is in the result's gaps. */
export function lowerFunction(input: FunctionInput): FunctionIr {
  try {
    return lower(input);
  } catch (error) {
    // The stack ends before the nesting does: generated code, or brackets without end in half-typed text.
    if (!(error instanceof RangeError)) throw error;
    const { file, text, item } = input;
    return {
      name: item.name, file, span: item.span, nameSpan: item.nameSpan, isStatic: item.isStatic, isInline: item.isInline,
      returnType: { name: '', pointers: 0 }, params: [], locals: [], annotations: [],
      blocks: [{ id: 0, instructions: [], terminator: { op: 'stop' } }],
      gaps: [{ file, line: lineOf(text, item.bodySpan.start), function: item.name, kind: 'budget', detail: 'the function nests too deeply' }],
    };
  }
}

function lower(input: FunctionInput): FunctionIr {
  const { file, text, item, catalogue, knowledge, macros } = input;
  const names = namesFor(catalogue, knowledge, macros);
  const prepared = prepare(text, item.span);
  const cut = prepared.tokens.findIndex((token) => token.start >= item.bodySpan.start);
  const header = readHeader(text, item, endedBy(prepared.tokens.slice(0, cut), item.bodySpan.start), names);
  const tokens = prepared.tokens.slice(cut);
  const { statements: body, reader } = readBody(input, tokens, names, prepared.alternatives);

  const flow = newFlow();
  const state: Lowering = {
    file, knowledge, macros, names, flow,
    scopes: [], locals: [], declared: new Map(), types: new Map(), labels: new Map(),
    addressTaken: labelAddresses(tokens), jumps: [], switches: [], expanding: [], bodies: new Map(),
    generated: undefined, temps: 0, fresh: 0, expansions: 0, gaps: [],
  };
  for (const statement of body) findLabels(statement, [], state);
  lowerScope(state, undefined, (scope) => {
    for (const param of header.params) {
      scope.names.set(param.name, { op: 'name', name: param.name });
      state.declared.set(param.name, 1);
      state.types.set(param.name, param.type);
    }
    lowerStatements(state, body);
  });
  end(flow, { op: 'return', at: { start: Math.max(item.bodySpan.end - 1, item.bodySpan.start), end: item.bodySpan.end } });

  return {
    name: item.name,
    file,
    span: item.span,
    nameSpan: item.nameSpan,
    isStatic: item.isStatic,
    isInline: item.isInline,
    returnType: header.returnType,
    params: header.params,
    locals: state.locals,
    blocks: finish(flow),
    annotations: header.annotations,
    gaps: gapsOf(input, reader, prepared.chosen, state),
  };
}

function namesFor(catalogue: Catalogue, knowledge: Knowledge, macros: MacroSource): Names {
  return {
    ...namesOf(catalogue),
    isLoop: (name) => catalogue.loops.has(name) || knowledge.iterators.has(name) || endsInHeader(macros.find(name)?.body),
  };
}

/** A macro whose body ends in a loop's head, or in an `else`, wants a statement behind it. */
function endsInHeader(body: string | undefined): boolean {
  return body !== undefined && /^(?:for|while)\s*\(|\belse$/.test(body) && !/[;}]$/.test(body);
}

interface Body {
  readonly statements: readonly Statement[];
  /** Whoever read them, with what it could not understand. */
  readonly reader: Reader;
}

function readBody(input: FunctionInput, tokens: readonly Token[], names: Names, alternatives: readonly ConditionalRegion[]): Body {
  const branches = new Map(alternatives.map((region) => [region.start, region]));
  const newBodyReader = (): Reader => newReader(input.text, tokens, names, (start, end) => ({ start, end }), branches);
  const reader = newBodyReader();
  const statements = input.reading === 'tokens' ? undefined : bodyFromTree(reader, input.item.span, input.catalogue, alternatives);
  if (statements) return { statements, reader };
  // The tree's error recovery loses what follows; the tokens lose a statement.
  const again = newBodyReader();
  return { statements: statementsOfTokens(again), reader: again };
}

function statementsOfTokens(reader: Reader): Statement[] {
  if (!accept(reader, '{')) lose(reader, '{');
  const body = parseStatements(reader);
  // A stray brace must not cost the rest of the function.
  while (!atEnd(reader)) {
    const isLast = sees(reader, '}') && peek(reader, 1).kind === 'end';
    if (!isLast) lose(reader, 'statement');
    next(reader);
    if (!isLast) body.push(...parseStatements(reader));
  }
  return body;
}

function labelAddresses(tokens: readonly Token[]): string[] {
  const found = new Set<string>();
  for (let i = 1; i + 1 < tokens.length; i++) {
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    if (tokens[i]?.text !== '&&' || after?.kind !== 'name' || before?.kind !== 'punct') continue;
    if (before.text !== ')' && before.text !== ']') found.add(after.text);
  }
  return [...found];
}

/** Records for every label which statements around it open scopes, so that a goto knows what it leaves. */
function findLabels(statement: Statement, around: readonly Statement[], state: Lowering): void {
  const walk = (inner: Statement | undefined, scope?: Statement): void => {
    if (inner) findLabels(inner, scope ? [...around, scope, inner] : [...around, inner], state);
  };
  switch (statement.kind) {
    case 'label': {
      const label: Label = { block: newBlock(state.flow), around: new Set(around) };
      if (!state.labels.has(statement.name)) state.labels.set(statement.name, label);
      return;
    }
    case 'block':
      for (const inner of statement.body) findLabels(inner, [...around, statement], state);
      return;
    case 'sequence':
      for (const inner of statement.body) findLabels(inner, around, state);
      return;
    case 'if':
      walk(statement.then);
      walk(statement.otherwise);
      return;
    case 'while': case 'do': case 'for': case 'macro': case 'switch':
      walk(statement.body, statement);
      return;
    case 'config':
      for (const branch of statement.branches) for (const inner of branch.body) findLabels(inner, around, state);
  }
}

interface Header {
  readonly returnType: CType;
  readonly params: readonly Local[];
  readonly annotations: FunctionIr['annotations'];
}

const endedBy = (tokens: readonly Token[], at: number): Token[] => [...tokens, { kind: 'end', text: '', start: at, end: at }];

function readHeader(text: string, item: FunctionItem, tokens: readonly Token[], names: Names): Header {
  const annotations: FunctionIr['annotations'][number][] = [];
  const at = tokens.findIndex((token) => token.start >= item.nameSpan.start);
  const whole = newReader(text, tokens, names, (start, stop) => ({ start, end: stop }));
  tokens.forEach((token, i) => {
    const kind = /^__(must_hold|acquires|releases)(?:_shared)?$/.exec(token.text)?.[1] as 'must_hold' | 'acquires' | 'releases' | undefined;
    if (!kind || tokens[i + 1]?.text !== '(') return;
    whole.at = i + 2;
    skipTo(whole, []);
    annotations.push({ kind, text: text.slice(tokens[i + 2]?.start ?? 0, tokens[whole.at - 1]?.end ?? 0).trim() });
  });
  // SYSCALL_DEFINE3(name, type, param, ...): the name stands inside the macro's parentheses.
  const inMacro = at > 1 && tokens[at - 1]?.text === '(' && tokens[at - 2]?.kind === 'name';
  if (inMacro) return { returnType: { name: 'long', pointers: 0 }, params: macroParameters(whole, at), annotations };

  const head = newReader(text, endedBy(tokens.slice(0, Math.max(at, 0)), item.nameSpan.start), names, whole.spanOf);
  const specifiers = parseSpecifiers(head);
  const pointers = tokens.slice(0, Math.max(at, 0)).filter((token, i) => i >= head.at && token.text === '*').length;
  whole.at = Math.max(at, 0) + 1;
  const params = sees(whole, '(') ? parseParameters(whole) : [];
  return {
    returnType: { name: specifiers.name === '' ? 'int' : specifiers.name, pointers },
    params: oldStyleTypes(whole, params).filter((param) => param.name !== ''),
    annotations,
  };
}

/** K&R: the types follow the list of names. */
function oldStyleTypes(reader: Reader, params: readonly Local[]): Local[] {
  if (!params.some((param) => param.type.name === '')) return [...params];
  const types = new Map<string, CType>();
  while (!atEnd(reader) && startsDeclaration(reader)) {
    const statement = parseDeclaration(reader);
    if (statement.kind === 'declaration') for (const { name, type } of statement.declared) types.set(name, type);
  }
  return params.map((param) => ({ name: param.name, type: types.get(param.name) ?? param.type }));
}

/** At the name inside a defining macro: pairs of type and name follow. */
function macroParameters(reader: Reader, at: number): Local[] {
  reader.at = at + 1;
  const params: Local[] = [];
  while (accept(reader, ',')) {
    const type = parseSpecifiers(reader);
    let pointers = 0;
    while (!atEnd(reader) && !sees(reader, ',') && !sees(reader, ')')) if (next(reader).text === '*') pointers++;
    if (!accept(reader, ',')) break;
    params.push({ name: next(reader).text, type: { name: type.name, pointers } });
  }
  return params;
}

function gapsOf(input: FunctionInput, reader: Reader, chosen: readonly number[], state: Lowering): Gap[] {
  const { file, text, item } = input;
  const gap = (kind: Gap['kind'], offset: number, detail: string): Gap => ({ file, line: lineOf(text, offset), function: item.name, kind, detail });
  const gaps: Gap[] = [];
  const first = reader.lost[0];
  if (first) {
    const found = /\S+/.exec(text.slice(first.offset, first.offset + 40))?.[0] ?? 'the end';
    gaps.push(gap('parse', first.offset, `expected ${first.expected} before ${found}`));
  }
  for (const offset of chosen) gaps.push(gap('config', offset, 'this #if splits a statement: only one branch is analysed'));
  for (const { kind, at, detail } of state.gaps) gaps.push(gap(kind, at.start, detail));
  return gaps;
}

/** 1-based. */
function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

