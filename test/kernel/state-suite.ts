// The states of one object, told apart on a real tree: each edited text must give exactly its findings.
//
// One workspace serves all cases of a version, as an editor's does: a case sets its texts in place of the ones before,
// so nothing of those may be left in its findings. The whole tree below is read once only.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../server/src/ide/finding.ts';
import { openWorkspace } from '../../server/src/ide/open-workspace.ts';
import type { Workspace } from '../../server/src/ide/workspace.ts';
import { difference, type Expectation } from '../support/expectation.ts';
import { treeTest, type KernelVersion } from '../support/kernel-tree.ts';
import { expectAsKnown, strayCases, tagsOf } from '../support/known.ts';
import { diskFiles, overlayFiles } from '../support/memory-files.ts';
import { VARIANTS } from '../support/state-variants.ts';
import { BASE_HEADER, CLASS, CORE, DEFERRED_RELEASE, state, STATE_NAMES, type Case, type StateName, type Texts } from '../support/states.ts';
import { KNOWN } from './known-in-states.ts';

export interface Plan {
  /** Own symbols under other names: nothing may hang on a name. */
  readonly renamed: readonly StateName[];
  /** With nothing but the one file: what is absent is a gap, and what is there is judged all the same. */
  readonly alone: readonly StateName[];
  /** With the option that defers releases known to be on, and known to be off. */
  readonly withOption: readonly StateName[];
}

interface Run {
  readonly name: string;
  readonly known: string;
  readonly run: (root: string) => void;
}

/** Declares the tests: every state and every variant, and what `plan` adds. */
export function stateTests(version: KernelVersion, plan: Plan): void {
  const shared = new Map<string, Opened>();
  const check = (name: string, root: string, build: (shipped: Texts) => Case, option?: 'on' | 'off'): void => {
    const opened = shared.get(option ?? '') ?? open(root, option);
    shared.set(option ?? '', opened);
    const one = build(opened.shipped);
    expectAsKnown(KNOWN, name, difference(withOption(one.expected, option), opened.check(one.files)));
  };
  const runs: readonly Run[] = [
    ...STATE_NAMES.map((name) => named(`state ${name}`, (known, root) => { check(known, root, (shipped) => state(name, shipped)); })),
    ...Object.entries(VARIANTS).filter(([name]) => !isRenamed(name) || plan.renamed.some((one) => name.startsWith(one)))
      .map(([name, build]) => named(name, (known, root) => { check(known, root, build); })),
    ...plan.alone.map((name) => named(`state ${name}, the file alone`, (known, root) => {
      const one = state(name, shippedTexts(root));
      const alone = overlayFiles(new Map([[CORE, one.files.get(CORE) ?? '']]));
      expectAsKnown(KNOWN, known, difference(one.expected, openWorkspace(alone, {}).check([CORE]).findings));
    })),
    ...plan.withOption.flatMap((name) => (['on', 'off'] as const).map((option) =>
      named(`state ${name} with deferred releases ${option}`, (known, root) => {
        check(known, root, (shipped) => state(name, shipped), option);
      }))),
  ];

  /** In the table a case is called as its test is. */
  function named(name: string, run: (known: string, root: string) => void): Run {
    const known = `${version}: ${name}`;
    return { name, known, run: (root) => { run(known, root); } };
  }

  test('what is known to be wrong is known of a case', () => {
    const stray = strayCases(KNOWN, runs.map(({ known }) => known)).filter((one) => one.includes(`: ${version}: `));
    assert.deepEqual(stray, []);
  });
  for (const { name, known, run } of runs) treeTest(version, name + tagsOf(KNOWN, known), run);
}

const isRenamed = (name: string): boolean => name.endsWith('own symbols renamed');

interface Opened {
  readonly shipped: Texts;
  readonly check: (texts: Texts) => readonly Finding[];
}

function open(root: string, option: 'on' | 'off' | undefined): Opened {
  const kconfig = new Map([['CONFIG_SYSFS', 'y'], ['CONFIG_BLOCK', 'y'], ...(option === 'on' ? [[DEFERRED_RELEASE, 'y'] as const] : [])]);
  const workspace = openWorkspace(diskFiles(root), option === undefined ? {} : { kconfig });
  const before = new Map<string, string>();
  return { shipped: shippedTexts(root), check: (texts) => checkTexts(workspace, before, texts) };
}

/** `set` is what the cases before have set in the workspace. */
function checkTexts(workspace: Workspace, set: Map<string, string>, texts: Texts): readonly Finding[] {
  for (const file of set.keys()) if (!texts.has(file)) workspace.setText(file, undefined);
  for (const [file, text] of texts) if (set.get(file) !== text) workspace.setText(file, text);
  set.clear();
  for (const [file, text] of texts) set.set(file, text);
  return workspace.check([...texts.keys()].filter((path) => path.endsWith('.c'))).findings;
}

function shippedTexts(root: string): Texts {
  const tree = diskFiles(root);
  return new Map([CORE, BASE_HEADER, CLASS].map((path) => [path, tree.read(path) ?? ''] as const));
}

/** What is left of the expectations when the option is off, or is known to be on. */
function withOption(expected: readonly Expectation[], option: 'on' | 'off' | undefined): readonly Expectation[] {
  if (option === undefined) return expected;
  return expected.flatMap((one): Expectation[] => {
    if ('anyOf' in one || one.config === undefined) return [one];
    const { config: _, ...place } = one;
    return option === 'on' ? [{ ...place, confidence: 'high' }] : [];
  });
}
