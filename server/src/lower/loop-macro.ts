// Loops that are macros: those the knowledge describes stay what they are, others are put in by their text.

import type { Statement } from './ast.ts';
import { lowerScopedGuard } from './cleanup.ts';
import { lowerBody, lowerLoopBody, lowerScope, lowerStatement } from './control.ts';
import { substitute } from './substitute.ts';
import { branch, end, enter, jump, newBlock, resume } from './flow.ts';
import { atEnd } from './reader.ts';
import { maximumExpansion, note, textReader, unknown } from './state.ts';
import type { Lowering } from './state.ts';
import { parseStatement } from './statement.ts';
import { tokenise } from './tokens.ts';
import { effect, value } from './value.ts';

/** `name(args) body` */
export function lowerMacroStatement(state: Lowering, statement: Statement & { kind: 'macro' }): void {
  const { flow } = state;
  const { name, args, argTexts, at } = statement;
  if (lowerScopedGuard(state, statement)) return;
  if (state.knowledge.iterators.has(name)) {
    const given = args.map((arg) => value(state, arg));
    const head = newBlock(flow);
    const body = newBlock(flow);
    const exit = newBlock(flow);
    enter(flow, head);
    end(flow, { op: 'iterate', macro: name, args: given, argTexts, body: body.id, exit: exit.id, at });
    resume(flow, body);
    lowerLoopBody(state, statement.body, exit, head);
    jump(flow, head);
    resume(flow, exit);
    return;
  }
  if (expandLoop(state, statement)) return;
  // Nothing is known of it: the body may run, once.
  note(state, 'parse', at, `the loop macro ${name}() is not known: its body is taken to run at most once`);
  for (const arg of args) effect(state, arg);
  const body = newBlock(flow);
  const exit = newBlock(flow);
  branch(flow, unknown, body, exit, at);
  resume(flow, body);
  lowerLoopBody(state, statement.body, exit, exit);
  enter(flow, exit);
}

/** Puts the loop macro's text in front of a placeholder that stands for the loop's body. */
function expandLoop(state: Lowering, statement: Statement & { kind: 'macro' }): boolean {
  const { name, argTexts, at } = statement;
  if (state.expanding.length >= maximumExpansion || state.expanding.includes(name)) return false;
  const macro = state.macros.find(name);
  const text = macro && substitute(macro, argTexts);
  if (text === undefined) return false;
  if (continuesLoop(text)) return true;
  const placeholder = `$body${state.bodies.size}`;
  const reader = textReader(state, `${text} ${placeholder}; ${closersFor(text)}`, at);
  const head = parseStatement(reader);
  if (!atEnd(reader) || reader.lost.length > 0) return false;
  const outer = state.expanding;
  const jumps = state.jumps.length;
  state.bodies.set(placeholder, () => {
    const inner = state.expanding;
    state.expanding = outer;
    lowerBody(state, statement.body);
    state.expanding = inner;
  });
  state.expanding = [...outer, name];
  lowerScope(state, statement, () => lowerStatement(state, head));
  state.expanding = outer;
  state.jumps.length = jumps;
  return true;
}

/**
 * What closes a loop macro's text behind the body. `do_each_x()` leaves its braces, or its `do`, to `while_each_x()`;
 * the loop is then taken to end some time.
 */
function closersFor(text: string): string {
  const tokens = tokenise(text);
  const open: string[] = [];
  tokens.forEach((token, i) => {
    if (token.text === '{') open.unshift(tokens[i - 1]?.text === 'do' ? '} while ($again);' : '}');
    else if (token.text === '}') open.shift();
  });
  return (tokens.at(-2)?.text === 'do' ? 'while ($again); ' : '') + open.join(' ');
}

/** The second half of such a pair: nothing is left for it to do. */
export function continuesLoop(text: string): boolean {
  let depth = 0;
  return tokenise(text).some((token, i) => {
    if (token.text === '{') depth++;
    else if (token.text === '}') depth--;
    return depth < 0 || (i === 0 && token.text === 'while');
  });
}
