// From a finding on a put to the judgement it was made from.

import { foldLastPuts } from '../../engine/summarise.ts';
import { chainKey, lookupLocks, type Verdict } from '../../finality/judge.ts';
import type { Site } from '../../summary/effect.ts';
import { rangeOf } from '../../rules/context.ts';
import type { Problem, Subject } from './candidate.ts';
import { functionSource } from './source.ts';

/** undefined: the finding is no longer true of the text. */
export function putProblem(subject: Subject, kind: 'unlocked' | 'deferred'): Problem | undefined {
  const { context } = subject;
  for (const instance of context.analysis.instances) {
    const [site] = instance.chain;
    if (!site || !isAt(subject, site)) continue;
    const judged = instance.judged.find((one) => one.verdict.kind === kind);
    const lookup = judged && lookupOf(judged.verdict);
    const [lock] = lookup ? lookupLocks(lookup, context.analysis.entryLocks) : [];
    if (!judged || !lookup || !lock) continue;
    const effects = foldLastPuts(judged.put.final.state.effects);
    const before = effects.slice(0, effects.findIndex((effect) => effect.do === 'put' && effect.chain === judged.put.chain));
    return { ...subject, instance, judged, lookup, lock, before };
  }
  return undefined;
}

function lookupOf(verdict: Verdict): Problem['lookup'] | undefined {
  return verdict.kind === 'safe' ? undefined : verdict.lookup;
}

/** The same put seen from the innermost function of the file on the way to it, if that is another one. */
export function inHelper(problem: Problem): Problem | undefined {
  const { instance, finding, session, context } = problem;
  const depth = instance.chain.findLastIndex(({ file }) => file === finding.file);
  const site = depth > 0 ? instance.chain[depth] : undefined;
  const ref = site && session.code.functionsIn(site.file).find(({ name }) => name === site.function);
  const source = ref && functionSource(session.code, ref, session.textOf(ref.file));
  const chain = instance.chain.slice(depth);
  const own = ref && context.analysis.instances.find((other) => chainKey(other.chain) === chainKey(chain));
  return own && source ? { ...problem, ref, source, instance: own } : undefined;
}

/** Is this the place that the finding names? */
export function isAt({ context, finding }: Subject, site: Site): boolean {
  if (site.file !== finding.file || site.function !== finding.function) return false;
  const { start, end } = rangeOf(context, site);
  return start.line === finding.range.start.line && start.character === finding.range.start.character && end.line === finding.range.end.line;
}
