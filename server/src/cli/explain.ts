// `kreflens explain`: a rule's page.

import { catalogue, reportInfo } from '../ide/rule-catalogue.ts';
import type { Host } from './host.ts';
import { exitStatus, problems } from './problems.ts';

export function explain(host: Host, name: string): number {
  const said = problems(host);
  const rule = reportInfo(name);
  const page = rule === undefined ? undefined : host.page(rule.id);
  if (rule === undefined) said.say(`unknown rule '${name}'; the rules are: ${catalogue.map(({ id }) => id).join(', ')}`);
  else if (page === undefined) said.say(`the page of ${rule.id} is missing from this installation`);
  else host.out(page.endsWith('\n') ? page : `${page}\n`);
  return said.status(exitStatus.nothing);
}
