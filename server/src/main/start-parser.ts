// The start-up self-test: a parser that works before anything is asked of it, native if that loads, WebAssembly if not
// (or if KREFLENS_PARSER=wasm asks for it).

import { readFileSync } from 'node:fs';

import { nativeFailure, useWebAssembly } from '../syntax/parser.ts';

export type StartedParser =
  | { readonly ok: true; /** One line for the user, when it is not the native parser. */ readonly notice?: string }
  | { readonly ok: false; /** Which modules failed, and how. */ readonly why: string };

/** `wanted`: the value of KREFLENS_PARSER. */
export async function startParser(wanted: string | undefined): Promise<StartedParser> {
  const isForced = wanted === 'wasm';
  if (nativeFailure === undefined && !isForced) return { ok: true };
  const failure = await useWebAssembly((address) => readFileSync(new URL(address)));
  if (failure !== undefined) return { ok: false, why: `no parser: ${nativeFailure === undefined ? '' : `${nativeFailure.why}; `}${failure.why}` };
  const why = isForced ? 'KREFLENS_PARSER=wasm' : `no native one: ${nativeFailure?.why ?? ''}`;
  return { ok: true, notice: `WebAssembly parser, slower than the native one (${why})` };
}
