// A finding's witnesses in the words that every face shows: "put 1/3", "lookup 1/2", "step 1/2".

import type { Finding, Step, Witness } from './finding.ts';

export interface NamedWitness {
  /** `put 1/3` */
  readonly label: string;
  readonly entry: Witness | Step;
  /** `kref_get(&x->ref) in find(), items_lock held` */
  readonly text: string;
}

export interface Chains {
  readonly put: readonly NamedWitness[];
  readonly lookup: readonly NamedWitness[];
  readonly steps: readonly NamedWitness[];
}

export function witnessChains(finding: Finding): Chains {
  return {
    put: chain('put', finding.put ?? [], witnessText),
    lookup: chain('lookup', finding.lookup ?? [], witnessText),
    steps: chain('step', finding.steps ?? [], stepText),
  };
}

function chain<T extends Witness | Step>(name: string, entries: readonly T[], text: (entry: T) => string): readonly NamedWitness[] {
  return entries.map((entry, index) => ({ label: `${name} ${index + 1}/${entries.length}`, entry, text: text(entry) }));
}

function witnessText(witness: Witness): string {
  const held = witness.held.length === 0 ? 'no lock held' : `${witness.held.join(', ')} held`;
  return `${witness.text} in ${witness.function}(), ${held}`;
}

function stepText(step: Step): string {
  return `${step.role}: ${step.text} in ${step.function}()`;
}
