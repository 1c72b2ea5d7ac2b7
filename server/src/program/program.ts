// Opens a program over files: joins the stages of this room into the one `Code` the engine asks.

import type { Gap } from '../base/gap.ts';
import type { Files } from '../base/files.ts';
import type { Span } from '../base/span.ts';
import { labelsOf } from '../lower/labels.ts';
import type { TreeIndex } from '../index/tree-index.ts';
import type { Knowledge } from '../kernel/schema.ts';
import { openCallers } from './callers.ts';
import type { Kconfig } from './choice.ts';
import type { Code, FunctionRef } from './code.ts';
import { openIncludes } from './includes.ts';
import { openLowering } from './lowering.ts';
import { openMacros } from './macros.ts';
import { openOps } from './ops.ts';
import { openResolver } from './resolve.ts';
import { openStore, type Change } from './store.ts';
import { openSymbols } from './symbols.ts';
import { openTypes } from './types.ts';

export interface CodeOptions {
  readonly kconfig?: Kconfig;
  /** What is known of the whole tree: callers, tables and definitions are then found in all of it. */
  readonly index?: TreeIndex;
}

export interface CodeControl {
  /**
   * A file's text is now this one (an open editor), or undefined: what `Files` has, read anew. Says what of it others
   * can tell.
   */
  setText(file: string, text: string | undefined): Change;
  /** Its text has been looked at, so that answers may rest on it. */
  isRead(file: string): boolean;
  /** More files in which callers and ops tables are looked for. */
  widen(files: Iterable<string>): void;
  /**
   * Frees what is held for these files. Later answers are the same, but their functions' references are new objects:
   * for a run over many files, once a file is done with.
   */
  release(files: Iterable<string>): void;
  /** Stable hash of the definition's own text, wherever it stands: equal text, equal version. */
  version(ref: FunctionRef): string;
  /** Stable hash of the macros that the definition can use: `version` and `environment` equal, lowered form equal. */
  environment(ref: FunctionRef): string;
  /**
   * Where a span of the function's lowered form stands in the file now. A lowered function outlives edits
   * elsewhere in its file, and its spans stay those of the text it was made from.
   */
  locate(ref: FunctionRef, span: Span): Span;
}

export function openCode(files: Files, knowledge: Knowledge, options: CodeOptions = {}): Code & CodeControl {
  const widened = new Set<string>();
  const store = openStore(files, options.kconfig);
  const includes = openIncludes(store);
  const symbols = openSymbols(store, includes);
  const macros = openMacros(symbols, knowledge);
  const resolver = openResolver(store, symbols, knowledge, options.kconfig !== undefined, options.index);
  const lowering = openLowering(store, macros, knowledge);
  const types = openTypes(store, symbols, resolver, lowering);
  const ops = openOps(store, includes, resolver, lowering, types, knowledge, () => [...widened], options.index);
  const callers = openCallers(store, includes, resolver, () => [...widened], options.index);

  const locate = (ref: FunctionRef, span: Span): Span => {
    const moved = ref.item.span.start - lowering.ir(ref).span.start;
    return moved === 0 ? span : { start: span.start + moved, end: span.end + moved };
  };

  return {
    functionsIn: (file) => store.file(file)?.functions ?? [],
    resolve: resolver.resolve,
    resolveNear: resolver.resolveNear,
    isFunction: (name, file) => resolver.resolveNear(name, file) !== undefined || symbols.visible(name, 'prototype', file).length > 0,
    ir: lowering.ir,
    spanAt(ref, label) {
      const span = labelsOf(lowering.ir(ref)).spanOf(label);
      return span && locate(ref, span);
    },
    callers: callers.callers,
    addressTaken: callers.addressTaken,
    relatives: callers.relatives,
    targets: ops.targets,
    targetsNear: ops.targetsNear,
    struct: types.struct,
    resolveType: types.resolveType,
    variable: types.variable,
    returnTypeOf: types.returnTypeOf,
    macro: symbols.macro,
    gaps(file): readonly Gap[] {
      const gap = (kind: Gap['kind'], detail: string): readonly Gap[] => [{ file, line: 1, kind, detail }];
      if (store.file(file) === undefined) return gap('parse', 'the file is absent or cannot be read');
      return includes.closure(file).cut ? gap('budget', 'too many headers: what the later ones define is not known') : [];
    },

    setText(file, text) {
      const before = store.held(file);
      const change = store.setText(file, text);
      if (change === 'nothing') return change;
      if (change === 'bodies') {
        ops.bodiesChanged(file, before ?? '', store.text(file) ?? '');
        resolver.forgetRefs(file);
        return change;
      }
      ops.clearAnswers();
      includes.clear();
      symbols.clear();
      macros.clear();
      resolver.clear();
      lowering.clear();
      types.clear();
      callers.clear();
      return change;
    },
    isRead: (file) => store.held(file) !== undefined,
    widen(more) {
      for (const file of more) widened.add(file);
      callers.clear();
      ops.clearAnswers();
    },
    release(done) {
      for (const file of done) {
        store.release(file);
        includes.release(file);
        symbols.release(file);
        macros.release(file);
        resolver.release(file);
      }
      ops.clearAnswers();
      types.clear();
    },
    version: lowering.version,
    environment: lowering.environment,
    locate,
  };
}
