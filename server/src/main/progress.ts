// A progress bar on a terminal; nothing where standard error goes elsewhere.

import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  at(done: number, total: number): void;
  stop(): void;
}

export function openProgress(what: string, terminal: NodeJS.WriteStream): Progress {
  if (!terminal.isTTY) return { at: () => undefined, stop: () => undefined };
  const bar = new SingleBar({ format: `${what} {bar} {percentage}% | {value}/{total} files`, stream: terminal, hideCursor: true, clearOnComplete: true }, Presets.shades_classic);
  let total = -1;
  return {
    at(done, all) {
      if (all !== total) bar.start(all, done);
      else bar.update(done);
      total = all;
    },
    stop: () => bar.stop(),
  };
}
