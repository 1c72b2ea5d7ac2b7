// The injected grammars, in the editor's own C grammar and tokenizer: what kreflens reads stands out where it counts, and
// nowhere else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { part } from '../clients/parts.ts';

/** Of the packages `vscode-textmate` and `vscode-oniguruma`, as far as it is used here. */
interface Textmate {
  Registry: new (options: {
    readonly onigLib: Promise<unknown>;
    readonly loadGrammar: (scope: string) => Promise<unknown>;
    readonly getInjections: (scope: string) => readonly string[] | undefined;
  }) => { loadGrammar(scope: string): Promise<Grammar> };
  INITIAL: unknown;
  parseRawGrammar(text: string, path: string): unknown;
}
interface Grammar {
  tokenizeLine(line: string, stack: unknown): { readonly ruleStack: unknown; readonly tokens: readonly { readonly startIndex: number; readonly endIndex: number; readonly scopes: readonly string[] }[] };
}
interface Oniguruma {
  loadWASM(bytes: Uint8Array): Promise<void>;
  createOnigScanner(patterns: readonly string[]): unknown;
  createOnigString(text: string): unknown;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly contributes: { readonly grammars: readonly { readonly scopeName: string; readonly path: string; readonly injectTo: readonly string[] }[] };
};
const { skip } = part('editor');

describe('the injected grammars', { skip }, () => {
  let textmate: Textmate;
  let grammar: Grammar;

  before(async () => {
    const code = join(process.env['KREFLENS_EDITOR'] ?? '', 'cs/node_modules/code-server/lib/vscode');
    const require = createRequire(join(code, 'package.json'));
    textmate = require('vscode-textmate') as Textmate;
    const oniguruma = require('vscode-oniguruma') as Oniguruma;
    await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')));
    const paths = new Map([
      ...contributes.grammars.map(({ scopeName, path }) => [scopeName, join(ROOT, path)] as const),
      ['source.c', join(code, 'extensions/cpp/syntaxes/c.tmLanguage.json')],
    ]);
    const registry = new textmate.Registry({
      onigLib: Promise.resolve(oniguruma),
      loadGrammar: scope => {
        const path = paths.get(scope);
        return Promise.resolve(path === undefined ? null : textmate.parseRawGrammar(readFileSync(path, 'utf8'), path));
      },
      getInjections: scope => contributes.grammars.filter(({ injectTo }) => injectTo.includes(scope)).map(({ scopeName }) => scopeName),
    });
    grammar = await registry.loadGrammar('source.c');
  });

  /** Words that one of our scopes is on, over all lines, as `word: scope`. */
  function ours(...lines: readonly string[]): readonly string[] {
    const found: string[] = [];
    let stack = textmate.INITIAL;
    for (const line of lines) {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
      stack = ruleStack;
      for (const { startIndex, endIndex, scopes } of tokens) {
        const scope = scopes.findLast(one => one.endsWith('.kreflens'));
        if (scope !== undefined) found.push(`${line.slice(startIndex, endIndex)}: ${scope.replace('.kreflens', '')}`);
      }
    }
    return found;
  }

  const suppressed = ['kreflens: keyword.other', 'allow: keyword.control', 'ref-leak: entity.name.tag', ':: punctuation.separator'];

  it('make a suppression stand out, in either kind of comment', () => {
    assert.deepEqual(ours('\t/* kreflens: allow ref-leak: the module stays for ever */'), suppressed);
    assert.deepEqual(ours('\tx_put(x); // kreflens: allow ref-leak: the module stays for ever'), suppressed);
  });

  it('take only the start of a comment for one, and no other text', () => {
    assert.deepEqual(ours('/* see kreflens: allow ref-leak: no */', 'const char *s = "/* kreflens: allow ref-leak: x */";', 'kreflens: allow();'), []);
  });

  it('make facts about locks stand out in code', () => {
    assert.deepEqual(ours('void f(struct s *s) __must_hold(&s->lock)', '{', '\tlockdep_assert_held(&s->lock);', '}'), ['__must_hold: support.function', 'lockdep_assert_held: support.function']);
  });

  it('leave them alone in comments and strings, and words that only look like them', () => {
    assert.deepEqual(ours('/* lockdep_assert_held(&l) */', 'pr_info("lockdep_assert_held(x)");', 'my_lockdep_assert_held(&l);', 'int __must_hold;'), []);
  });
});
