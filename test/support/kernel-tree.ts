// Where the kernel trees of the tests are: an environment variable names each. Without it a test is skipped and
// says so; on CI it fails, because a silent skip would look like a pass.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

const variables = { '6.1': 'KREFLENS_TREE_6_1', '6.12': 'KREFLENS_TREE_6_12' } as const;

export type KernelVersion = keyof typeof variables;

export const KERNEL_VERSIONS = Object.keys(variables) as readonly KernelVersion[];

/** Declares a test that needs the tree of that version and gets its root folder. */
export function treeTest(version: KernelVersion, name: string, run: (root: string, context: TestContext) => void | Promise<void>): void {
  const variable = variables[version];
  const root = process.env[variable];
  const title = `${version}: ${name}`;
  if (root !== undefined && existsSync(join(root, 'include/linux'))) {
    test(title, async (context) => {
      await run(root, context);
      // These take seconds each without a break: let the report of this one out before the next begins.
      await new Promise((resolve) => setImmediate(resolve));
    });
    return;
  }
  const reason = root === undefined ? `${variable} is not set` : `${variable} names no kernel tree: ${root}`;
  if (process.env['CI'] === 'true') test(title, () => { throw new Error(reason); });
  else test(title, { skip: reason }, () => undefined);
}
