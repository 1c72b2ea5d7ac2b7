// A folder that the user does not trust, in a real editor: the finding is there all the same, since nothing of it is run.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { part } from '../clients/parts.ts';
import { startEditor } from './editor.ts';
import type { Editor } from './editor.ts';
import { findVsix } from './package-file.ts';
import { makeSampleTrees } from './sample-tree.ts';
import type { SampleTrees } from './sample-tree.ts';
import { ANSWER, openAt, quickFixes } from './workbench.ts';

const { skip } = part('editor');

describe('a kernel tree in restricted mode', { skip, timeout: 300_000 }, () => {
  let trees: SampleTrees;
  let editor: Editor;

  before(async () => {
    trees = makeSampleTrees('untrusted');
    editor = await startEditor(findVsix(), trees.trees[0]?.root ?? assert.fail(), false);
  });
  afterEach(() => editor?.screenshot('restricted'));
  after(async () => {
    await editor?.stop();
    trees?.remove();
  });

  it('has its finding and the fixes', async () => {
    await editor.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ timeout: ANSWER });
    await openAt(editor.page, trees.trees[0]?.file ?? assert.fail(), trees.put, 2);
    await editor.page.locator('.monaco-editor').locator('.squiggly-warning, .squiggly-info').first().waitFor({ timeout: ANSWER });
    assert.ok((await quickFixes(editor.page)).length > 0);
    assert.equal(editor.servers().length, 1);
  });
});
