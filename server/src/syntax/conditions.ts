// What an `#if` condition says about the configuration, as atoms `CONFIG_X` and `!CONFIG_X`.

export interface Condition {
  /** Atoms that hold when the condition is true, and when it is false. What is not a conjunction of atoms leaves nothing. */
  readonly yes: readonly string[];
  readonly no: readonly string[];
  /** Known without any configuration: `#if 0`. */
  readonly constant?: boolean;
}

const UNKNOWN: Condition = { yes: [], no: [] };

/** The condition of an `#if`, `#ifdef`, `#ifndef`, `#elif`, `#elifdef` or `#elifndef` line. */
export function conditionOf(directive: string, rest: string): Condition {
  if (directive.endsWith('ndef')) return negate(option(rest.split(/\s/)[0] ?? ''));
  if (directive.endsWith('def')) return option(rest.split(/\s/)[0] ?? '');
  const words = rest.match(/\w+|&&|\|\||[!()]|[^\s\w]/g) ?? [];
  const parser = { words, at: 0 };
  const condition = either(parser);
  return parser.at < words.length ? UNKNOWN : condition;
}

const option = (name: string): Condition =>
  name.startsWith('CONFIG_') ? { yes: [name], no: [`!${name}`] } : UNKNOWN;

const negate = (c: Condition): Condition =>
  ({ yes: c.no, no: c.yes, ...(c.constant === undefined ? {} : { constant: !c.constant }) });

function both(a: Condition, b: Condition): Condition {
  if (a.constant === false || b.constant === false) return { yes: [], no: [], constant: false };
  if (a.constant === true) return b;
  if (b.constant === true) return a;
  return { yes: [...new Set([...a.yes, ...b.yes])], no: [] };
}

interface Parser {
  readonly words: readonly string[];
  at: number;
}

function either(parser: Parser): Condition {
  let left = conjunction(parser);
  while (parser.words[parser.at] === '||') {
    parser.at++;
    left = negate(both(negate(left), negate(conjunction(parser))));
  }
  return left;
}

function conjunction(parser: Parser): Condition {
  let left = operand(parser);
  while (parser.words[parser.at] === '&&') {
    parser.at++;
    left = both(left, operand(parser));
  }
  return left;
}

function operand(parser: Parser): Condition {
  const word = parser.words[parser.at++];
  if (word === '!') return negate(operand(parser));
  let value = UNKNOWN;
  if (word === '(') {
    value = either(parser);
    while (parser.at < parser.words.length && parser.words[parser.at] !== ')') parser.at++;
    parser.at++;
  } else if (word === '0' || word === '1') value = { yes: [], no: [], constant: word === '1' };
  else if (word === 'defined' && parser.words[parser.at] !== '(') value = option(parser.words[parser.at++] ?? '');
  else if (word !== undefined && parser.words[parser.at] === '(') value = called(word, parser);
  else if (word !== undefined) value = option(word);
  // A comparison (CONFIG_NR_CPUS > 64) says nothing that an atom can hold.
  if (parser.at < parser.words.length && !['&&', '||', ')'].includes(parser.words[parser.at] ?? '')) {
    let depth = 0;
    while (parser.at < parser.words.length) {
      const next = parser.words[parser.at] ?? '';
      if (depth === 0 && ['&&', '||', ')'].includes(next)) break;
      depth += next === '(' ? 1 : next === ')' ? -1 : 0;
      parser.at++;
    }
    return UNKNOWN;
  }
  return value;
}

/** defined(X), IS_ENABLED(X) and their kin: one option in parentheses. */
function called(name: string, parser: Parser): Condition {
  const argument = parser.words[parser.at + 1] ?? '';
  const single = parser.words[parser.at + 2] === ')';
  let depth = 0;
  while (parser.at < parser.words.length) {
    const next = parser.words[parser.at++];
    depth += next === '(' ? 1 : next === ')' ? -1 : 0;
    if (depth === 0) break;
  }
  return single && (name === 'defined' || name.startsWith('IS_')) ? option(argument) : UNKNOWN;
}
