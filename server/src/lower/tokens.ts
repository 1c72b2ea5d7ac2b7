// C tokens of a slice. Expressions, declarations and macro bodies are read from these, not from the syntax tree:
// importing a tree node costs more than parsing the text it stands for.

export type TokenKind = 'name' | 'number' | 'string' | 'char' | 'punct' | 'directive' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** For a directive: the logical line without `#`, continuations joined. */
  readonly text: string;
  /** Offsets in the tokenised text, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const space = /(?:[ \t\r\n\f\v]+|\\\r?\n|\/\/(?:\\\r?\n|[^\n])*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const directive = /#(?:\\\r?\n|\/\*[\s\S]*?\*\/|[^\n])*/y;
const lexeme =
  /([A-Za-z_$][\w$]*)|(\.?\d(?:[eEpP][+-]|[\w.])*)|((?:L|u8|[uU])?"(?:\\[\s\S]|[^"\\\n])*"?)|(L?'(?:\\[\s\S]|[^'\\\n])*'?)|\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|##|[\s\S]/y;
const kinds: readonly TokenKind[] = ['name', 'number', 'string', 'char'];

/** All tokens from `from` to `to`; the last one is of kind `end`. Comments and space are dropped. */
export function tokenise(text: string, from = 0, to = text.length): Token[] {
  const source = to === text.length ? text : text.slice(0, to);
  const tokens: Token[] = [];
  let at = from;
  let lineStart = true;
  while (at < to) {
    space.lastIndex = at;
    const gap = space.exec(source);
    if (gap) {
      at = space.lastIndex;
      lineStart ||= gap[0].includes('\n');
      continue;
    }
    if (lineStart && source.charCodeAt(at) === 35) {
      directive.lastIndex = at;
      const line = directive.exec(source)?.[0] ?? '#';
      const joined = line.slice(1).replace(/\\\r?\n/g, ' ').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ').trim();
      tokens.push({ kind: 'directive', text: joined, start: at, end: at + line.length });
      at += line.length;
      continue;
    }
    lineStart = false;
    lexeme.lastIndex = at;
    const match = lexeme.exec(source);
    if (!match) break;
    const group = match[1] !== undefined ? 0 : match[2] !== undefined ? 1 : match[3] !== undefined ? 2 : match[4] !== undefined ? 3 : -1;
    tokens.push({ kind: kinds[group] ?? 'punct', text: match[0], start: at, end: lexeme.lastIndex });
    at = lexeme.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', start: to, end: to });
  return tokens;
}
