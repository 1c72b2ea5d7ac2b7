// What goes over the wire beyond standard LSP. All of it is optional: protocol.md says what for. Types only: the client
// imports this file, and nothing of it is in its bundle.

import type { Position } from '../base/span.ts';
import type { RegistryPlace as Place, RegistryView } from '../ide/around.ts';
import type { RaceStep } from '../ide/interleaving.ts';

/** Params of `kreflens/race` and `kreflens/why`. */
export interface PlaceParams {
  readonly textDocument: { readonly uri: string };
  /** In the session's encoding. */
  readonly position: Position;
}

/** Result of `kreflens/race` and `kreflens/why`; null: nothing there. */
export interface TextAnswer {
  readonly text: string;
}

/** Result of `kreflens/race`: the diagram, and what it was printed from. */
export interface RaceAnswer extends TextAnswer {
  /** The finding's message. */
  readonly title: string;
  /** In the order in which they happen; absent: one CPU is enough. */
  readonly steps?: readonly WireStep[];
}

/** A step of one CPU. The other members are those of `ide/interleaving.ts`. */
export type WireStep = Omit<RaceStep, 'place'> & {
  readonly uri?: string;
  /** Relative to the kernel tree. */
  readonly file?: string;
  /** 0-based, as in LSP. */
  readonly line?: number;
};

/** Params of `kreflens/registries`. */
export interface RegistriesParams {
  /** Only what this document touches; absent: all open documents. */
  readonly textDocument?: { readonly uri: string };
}

/** A place in a registry's life, and where a client opens it. */
export interface RegistryPlace extends Place {
  readonly uri: string;
}

/** An entry of the result of `kreflens/registries`: an index of counted objects, and all that is done with them. */
export type Registry = RegistryView<RegistryPlace>;

/** Result of `kreflens/changelog`; null: no function there. */
export interface ChangelogAnswer {
  /** Draft of a commit message for the finding there: problem, diagram, fix; at most 75 columns. Absent: no finding. */
  readonly text?: string;
  readonly function: string;
  /** A line for the function's kernel-doc: `Context: Process context. Takes and releases groups_lock.` */
  readonly context: string;
  /** Statements for the start of its body: `lockdep_assert_held(&groups_lock);`. Empty: it needs no lock. */
  readonly assertions: readonly string[];
}

/** Params of the notification `kreflens/status`. */
export interface StatusParams {
  readonly state: 'checking' | 'ready';
  /** For people: how much was not seen. */
  readonly detail?: string;
}
