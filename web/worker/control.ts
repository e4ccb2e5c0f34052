// The handle on work under way, such as a training or a race: what commands do to it.

import type { Command } from "../protocol.js";

export interface Control extends Readonly<Record<Command, () => void>> {
  /** Aborted by stop. */
  readonly signal: AbortSignal;
  /** Resolves when it may go on; undefined while it is not paused. */
  paused(): Promise<void> | undefined;
}

/** What work comes to; null where it ends by the signal. */
export async function unlessStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
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
