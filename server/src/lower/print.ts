// The lowered form as stable text, for golden tests and debugging.

import type { CType, Expr, FunctionIr, Instruction, Terminator } from './ir.ts';

export function printIr(fn: FunctionIr): string {
  const params = fn.params.map((param) => `${printType(param.type)} ${param.name}`).join(', ');
  const lines = [`${fn.isStatic ? 'static ' : ''}${fn.isInline ? 'inline ' : ''}${printType(fn.returnType)} ${fn.name}(${params})`];
  for (const local of fn.locals) lines.push(`  local ${local.isStatic === true ? 'static ' : ''}${printType(local.type)} ${local.name}`);
  for (const { kind, text } of fn.annotations) lines.push(`  ${kind} ${text}`);
  for (const block of fn.blocks) {
    lines.push(`${block.id}:${block.config ? ` [${block.config.join(' ')}]` : ''}`);
    for (const instruction of block.instructions) lines.push(`  ${printInstruction(instruction)}`);
    lines.push(`  ${printTerminator(block.terminator)}`);
  }
  for (const gap of fn.gaps) lines.push(`gap ${gap.kind} line ${gap.line}: ${gap.detail}`);
  return `${lines.join('\n')}\n`;
}

function printInstruction(instruction: Instruction): string {
  if (instruction.op === 'set') return `${printExpr(instruction.target)} = ${printExpr(instruction.value)}`;
  const { callee } = instruction;
  const name = callee.kind === 'direct' ? callee.name : `*${printExpr(callee.pointer)}`;
  return `%${instruction.temp} = ${name}(${instruction.args.map(printExpr).join(', ')})${instruction.cleanup === true ? ' cleanup' : ''}`;
}

function printTerminator(terminator: Terminator): string {
  switch (terminator.op) {
    case 'goto':
      return `goto ${terminator.to}`;
    case 'branch':
      return `if ${printExpr(terminator.condition)} goto ${terminator.then} else ${terminator.else}`;
    case 'iterate':
      return `iterate ${terminator.macro}(${terminator.args.map(printExpr).join(', ')}) ${terminator.body} exit ${terminator.exit}`;
    case 'return':
      return terminator.value ? `return ${printExpr(terminator.value)}` : 'return';
    case 'stop':
      return 'stop';
  }
}

export function printExpr(expr: Expr): string {
  switch (expr.op) {
    case 'name':
      return expr.name;
    case 'temp':
      return `%${expr.id}`;
    case 'number':
      return String(expr.value);
    case 'string':
      return '""';
    case 'field':
      return expr.base.op === 'deref' ? `${printExpr(expr.base.pointer)}->${expr.name}` : `${printExpr(expr.base)}.${expr.name}`;
    case 'deref':
      return `(*${printExpr(expr.pointer)})`;
    case 'index':
      return `${printExpr(expr.base)}[${printExpr(expr.index)}]`;
    case 'addr':
      return `(&${printExpr(expr.of)})`;
    case 'unary':
      return `${expr.operator}${printExpr(expr.arg)}`;
    case 'binary':
      return `(${printExpr(expr.left)} ${expr.operator} ${printExpr(expr.right)})`;
    case 'cast':
      return `(${printType(expr.type)})${printExpr(expr.arg)}`;
    case 'container':
      return `container(${printExpr(expr.pointer)}, ${printType(expr.type)}, ${expr.member})`;
    case 'unknown':
      return '?';
  }
}

export function printType(type: CType): string {
  const stars = '*'.repeat(type.pointers);
  return `${type.name || '?'}${stars === '' ? '' : ` ${stars}`}${type.array === true ? '[]' : ''}${type.callable === true ? '()' : ''}`;
}
