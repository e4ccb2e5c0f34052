// The handle on a training or a race under way: what commands do to it.

import type { Command } from "../protocol.js";

export interface Control extends Readonly<Record<Command, () => void>> {
  /** Aborted by stop. */
  readonly signal: AbortSignal;
  /** Resolves when it may go on; undefined while it is not paused. */
  paused(): Promise<void> | undefined;
}

export function createControl(): Control {
  const controller = new AbortController();
  let paused: Promise<void> | undefined;
  let goOn = () => {};
  const resume = () => {
    goOn();
    paused = undefined;
  };
  return {
    signal: controller.signal,
    paused: () => paused,
    pause() {
      if (controller.signal.aborted) return;
      paused ??= new Promise((resolve) => {
        goOn = resolve;
      });
    },
    resume,
    stop() {
      controller.abort();
      resume();
    },
  };
}
