// A gap says what a stage could not do, where, and why. Nothing throws across rooms: it leaves a gap instead.

export type GapKind = 'parse' | 'budget' | 'unknown-callee' | 'indirect-call' | 'config';

export interface Gap {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly function?: string;
  readonly kind: GapKind;
  readonly detail: string;
}
