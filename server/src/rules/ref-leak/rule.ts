// The only pointer to a counted object is cleared or overwritten while a reference that came with it is still there.

import type { Finding } from '../../ide/finding.ts';
import type { LossRecord } from '../../finality/records.ts';
import { chainKey, contradictsRole } from '../../finality/judge.ts';
import { innermostBad } from '../../finality/report.ts';
import { isContainerOf, isImpossible, isOfKind, sameRegistry, type FieldRole } from '../../finality/registries.ts';
import { isReferenceCount } from '../reference-count.ts';
import { makeFinding, step, type RuleContext } from '../context.ts';

export function refLeak(context: RuleContext): readonly Finding[] {
  const { analysis } = context;
  const seen = new Map<string, { readonly chain: LossRecord['chain']; leak: Leak | undefined }>();
  for (const records of analysis.records.values()) {
    for (const loss of records.losses) {
      const leak = leakOf(context, loss);
      if (leak === undefined) continue;
      const key = chainKey(loss.chain);
      if (seen.get(key)?.leak === undefined) seen.set(key, { chain: loss.chain, leak: leak === 'dropped' ? undefined : leak });
    }
  }
  const sites = new Set<string>();
  return [...forgotten(context), ...innermostBad([...seen.values()], ({ leak }) => leak).flatMap(({ worst: { loss, left, role } }) => {
    const site = loss.chain[0];
    if (!site || sites.has(chainKey([site]))) return [];
    sites.add(chainKey([site]));
    const object = context.objectIn(loss.ref, loss.object.count);
    const stored = loss.stored ?? role.stores[0]?.chain;
    const taken = loss.taken[0];
    const last = loss.chain.at(-1);
    return [makeFinding(context, 'ref-leak', 'high', site,
      `${left === 1 ? 'a reference' : `${left} references`} to '${object}' ${left === 1 ? 'is' : 'are'} leaked: the pointer that holds it is lost here`, {
        object,
        steps: [
          ...(taken?.[0] ? [step(context, 'taken', taken[0])] : []),
          ...(stored?.[0] ? [step(context, 'stored', stored[0])] : []),
          ...(last ? [step(context, 'lost', last)] : []),
        ],
        gaps: context.gapsOf(loss.ref),
      })];
  })];
}

interface Leak {
  readonly loss: LossRecord;
  readonly left: number;
  readonly role: FieldRole;
}

/** undefined: on this way the field holds no reference of an entry, or another pointer to it is left. */
function leakOf(context: RuleContext, loss: LossRecord): Leak | 'dropped' | undefined {
  const { facts } = context.analysis;
  if (isImpossible(loss.final, facts, context.typing, loss.ref.file)) return undefined;
  const role = facts.roles.get(loss.field);
  if (!role || loss.keptElsewhere) return undefined;
  const isTold = role.declared === true && loss.object.origin === 'field';
  if (!isTold && !(mayBeEntry(context, loss, role) && isReferenceCount(context, { ...loss.object, ref: loss.ref }))) return undefined;
  const left = loss.left(loss.object.origin === 'field' ? role.count : 0);
  return left > 0 ? { loss, left, role } : 'dropped';
}

/** A way out with an error that leaves a reference behind, while other ways drop it. */
function forgotten(context: RuleContext): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const records of context.analysis.records.values()) {
    for (const { ref, object, taken, site } of records.forgotten) {
      const text = context.objectIn(ref, object.count);
      const key = `${site.file}:${site.function}:${site.at}`;
      if (found.has(key)) continue;
      const first = taken[0];
      found.set(key, makeFinding(context, 'ref-leak', 'medium', site, `a reference to '${text}' is leaked: this way out does not drop it`, {
        object: text,
        steps: [...(first ? [step(context, 'taken', first)] : []), step(context, 'lost', site)],
        gaps: context.gapsOf(ref),
      }));
    }
  }
  return [...found.values()];
}

/** On this path the field may hold a counted entry: nothing the path knows says otherwise. */
function mayBeEntry(context: RuleContext, loss: LossRecord, role: FieldRole): boolean {
  const { object } = loss;
  if (object.origin === 'field' && role.establishers.has(loss.ref)) return false;
  if (!context.analysis.facts.registries.some((registry) => role.registries.some((name) => sameRegistry(registry.name, name)) && isOfKind(object, registry))) return false;
  if (role.registries.every((name) => object.notIn.some((container) => isContainerOf(name, container)))) return false;
  if (object.origin !== 'field') return object.memberOf.length > 0;
  return !contradictsRole(object, loss.final, role, context.typing);
}
