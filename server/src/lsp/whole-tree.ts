// The index of the trees that are worked in: built or refreshed on another thread once the open files are answered, shown
// as progress that can be cancelled. No request waits for it, and findings never rest on it.

import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver/node';

import { kernelTreeAbove } from '../ide/tree.ts';
import type { Session } from './session.ts';
import { sendStatus } from './status.ts';
import type { Tree } from './trees.ts';
import type { Indexing } from './world.ts';

export interface IndexStatus {
  readonly text: string;
}

/** Milliseconds of quiet after which it begins; and after a change on the disk, which seldom comes alone. */
const QUIET = 3_000;
const QUIET_AFTER_CHANGE = 30_000;

export interface WholeTrees {
  /** A document of the tree was opened. */
  wanted(tree: Tree): void;
  /** Files of the tree changed on the disk. */
  changed(tree: Tree): void;
  /** The settings changed. */
  settled(): void;
  stop(): void;
}

interface Work {
  timer: NodeJS.Timeout | undefined;
  indexing: Indexing | undefined;
  /** By the user: not in this session again. */
  cancelled: boolean;
}

/** `isBusy`: there are documents that wait for their answers. */
export function openWholeTrees(connection: Connection, session: Session, isBusy: () => boolean): WholeTrees {
  const works = new Map<Tree, Work>();
  const { world, client } = session;
  const quiet = world.indexAfter ?? QUIET;

  const later = (tree: Tree, milliseconds: number): void => {
    if (world.indexTree === undefined || !session.settings.index.enabled) return;
    const work = works.get(tree) ?? { timer: undefined, indexing: undefined, cancelled: false };
    works.set(tree, work);
    if (work.cancelled) return;
    clearTimeout(work.timer);
    work.timer = setTimeout(() => {
      if (isBusy() || work.indexing !== undefined) return later(tree, milliseconds);
      void run(tree, work);
    }, milliseconds);
    // No reason to stay for.
    work.timer.unref();
  };

  const run = async (tree: Tree, work: Work): Promise<void> => {
    const cancel = (): void => {
      work.cancelled = true;
      work.indexing?.stop();
    };
    const reporter = client.progress ? await connection.window.createWorkDoneProgress().catch(() => undefined) : undefined;
    let begun = false;
    const progress = (done: number, total: number): void => {
      if (total === 0) return;
      const text = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} files`;
      if (!begun) begin(reporter, cancel);
      begun = true;
      reporter?.report(Math.floor((100 * done) / total), text);
      say(`indexed ${text}`);
    };
    work.indexing = world.indexTree?.(tree.root, session.log, throttled(progress));
    const index = await work.indexing?.index;
    work.indexing = undefined;
    if (begun) reporter?.done();
    if (index !== undefined && session.settings.index.enabled) tree.whole = index;
    const { stats } = tree.whole ?? {};
    say(stats === undefined ? '' : `${stats.files.toLocaleString('en')} files indexed`);
  };

  const say = (text: string): void => {
    session.indexed = { text };
    if (!isBusy()) sendStatus(connection, session, 'ready');
  };

  return {
    wanted(tree) {
      const isKernel = kernelTreeAbove(world.kindOf, tree.root) === tree.root;
      if (isKernel && tree.whole === undefined && works.get(tree) === undefined) later(tree, quiet);
    },
    changed(tree) {
      if (tree.whole !== undefined) later(tree, QUIET_AFTER_CHANGE);
    },
    settled() {
      for (const tree of session.trees.all()) {
        if (session.settings.index.enabled) {
          if (tree.whole === undefined && works.get(tree)?.indexing === undefined) later(tree, quiet);
          continue;
        }
        works.get(tree)?.indexing?.stop();
        clearTimeout(works.get(tree)?.timer);
        works.delete(tree);
        tree.whole = undefined;
        session.indexed = { text: '' };
      }
    },
    stop() {
      for (const { timer, indexing } of works.values()) {
        clearTimeout(timer);
        indexing?.stop();
      }
    },
  };
}

function begin(reporter: WorkDoneProgressServerReporter | undefined, cancel: () => void): void {
  reporter?.begin('kreflens: indexing', 0, '', true);
  reporter?.token.onCancellationRequested(cancel);
}

/** At most twice a second, and the last one always. */
function throttled(report: (done: number, total: number) => void): (done: number, total: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    if (done < total && now - last < 500) return;
    last = now;
    report(done, total);
  };
}
