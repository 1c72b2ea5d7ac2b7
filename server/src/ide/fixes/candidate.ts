// A fix before it is proved: the edits, and what is to be said of them.

import type { Edit } from '../workspace.ts';
import type { Finding } from '../finding.ts';
import type { FunctionRef } from '../../program/code.ts';
import type { Instance, Judged } from '../../finality/judge.ts';
import type { LookupRecord, NamedLock } from '../../finality/records.ts';
import type { RuleContext } from '../../rules/context.ts';
import type { Effect } from '../../summary/effect.ts';
import type { Session } from '../session.ts';
import type { FunctionSource } from './source.ts';
import type { TrialReport } from './trial.ts';

export interface Candidate {
  readonly id: string;
  readonly title: string;
  readonly edits: readonly Edit[];
  /** True if the re-analysis agrees. */
  readonly proved: readonly string[];
  readonly assumed: readonly string[];
  /** Known without a trial. */
  readonly refuted?: readonly string[];
  /** What a failed trial means here, where that says more than what it found. */
  readonly explain?: (report: TrialReport) => string | undefined;
  /** Nobody would try it unless told: refuted, it is of no interest. */
  readonly onlyIfProved?: true;
  /** Functions that are entered with the lock held from now on. */
  readonly enteredLocked?: readonly FunctionRef[];
}

/** The finding, and the function it is in. */
export interface Subject {
  readonly session: Session;
  readonly context: RuleContext;
  readonly finding: Finding;
  readonly ref: FunctionRef;
  readonly source: FunctionSource;
}

/** A finding on a put, with all that the analysis knows of it. */
export interface Problem extends Subject {
  readonly instance: Instance;
  readonly judged: Judged;
  readonly lookup: LookupRecord;
  /** That every lookup of the registry holds. */
  readonly lock: NamedLock;
  /** The way on which the put may be the last, up to it. */
  readonly before: readonly Effect[];
}
