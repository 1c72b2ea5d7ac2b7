// The states of one object, told apart on the real trees: each edited text must give exactly its findings.

import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { Finding } from '../../server/src/ide/finding.ts';
import { expectFindings, type Expectation } from '../support/expectation.ts';
import { KERNEL_VERSIONS, treeTest } from '../support/kernel-tree.ts';
import { diskFiles, overlayFiles } from '../support/memory-files.ts';
import { VARIANTS } from '../support/state-variants.ts';
import { BASE_HEADER, CLASS, CORE, DEFERRED_RELEASE, state, STATE_NAMES, type Case, type Texts } from '../support/states.ts';

function shippedTexts(root: string): Texts {
  const tree = diskFiles(root);
  return new Map([CORE, BASE_HEADER, CLASS].map((path) => [path, tree.read(path) ?? ''] as const));
}

function findings(root: string, one: Case, kconfig?: ReadonlyMap<string, string>): readonly Finding[] {
  const workspace = openWorkspace(overlayFiles(one.files, diskFiles(root)), kconfig === undefined ? {} : { kconfig });
  return workspace.check([...one.files.keys()].filter((path) => path.endsWith('.c'))).findings;
}

/** What is left of the expectations when the option is off, or is known to be on. */
function withOption(expected: readonly Expectation[], on: boolean): Expectation[] {
  return expected.flatMap((one): Expectation[] => {
    if ('anyOf' in one || one.config === undefined) return [one];
    const { config: _, ...place } = one;
    return on ? [{ ...place, confidence: 'high' }] : [];
  });
}

for (const version of KERNEL_VERSIONS) {
  for (const name of STATE_NAMES) {
    treeTest(version, `state ${name}`, (root) => {
      const one = state(name, shippedTexts(root));
      expectFindings(`state ${name}`, one.expected, findings(root, one));
    });
  }
  for (const name of STATE_NAMES) {
    treeTest(version, `state ${name}, the file alone`, (root) => {
      const one = state(name, shippedTexts(root));
      const alone = overlayFiles(new Map([[CORE, one.files.get(CORE) ?? '']]));
      expectFindings(`state ${name}`, one.expected, openWorkspace(alone, {}).check([CORE]).findings);
    });
  }
  for (const [name, build] of Object.entries(VARIANTS)) {
    treeTest(version, name, (root) => {
      const one = build(shippedTexts(root));
      expectFindings(name, one.expected, findings(root, one));
    });
  }
  for (const name of ['B', 'C', 'E'] as const) {
    for (const on of [true, false]) {
      treeTest(version, `state ${name} with deferred releases ${on ? 'on' : 'off'}`, (root) => {
        const one = state(name, shippedTexts(root));
        const kconfig = new Map([['CONFIG_SYSFS', 'y'], ['CONFIG_BLOCK', 'y'], ...(on ? [[DEFERRED_RELEASE, 'y'] as const] : [])]);
        expectFindings(`state ${name}`, withOption(one.expected, on), findings(root, one, kconfig));
      });
    }
  }
}
