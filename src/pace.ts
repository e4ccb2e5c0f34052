// Lets the event loop have its turn during long computing on its thread: timers, signals and messages get through
// every few milliseconds. Counts the time spent computing, too.

/** Milliseconds of computing between two turns of the event loop. */
export const SLICE = 12;

/** Counts computing time and lets the event loop run when a slice of it is over. */
export interface Pace {
  start(): void;
  stop(): void;
  add(milliseconds: number): void;
  /** Milliseconds of computing since the last reset. */
  busy(): number;
  reset(): void;
  /** Lets timers, signals and messages through when it is time. Throws the signal's reason when aborted. */
  breathe(abortable?: boolean): Promise<void> | undefined;
}

/** Does a work in pieces, with pauses between them when it is time. */
export async function paced<Result>(work: Generator<void, Result>, pace: Pace): Promise<Result> {
  let piece = work.next();
  for (; !piece.done; piece = work.next()) await pace.breathe();
  return piece.value;
}

export function createPace(signal?: AbortSignal): Pace {
  let busy = 0;
  let since = Number.NaN; // when counting started, while it runs
  let last = performance.now(); // when the event loop last had its turn
  const stop = () => {
    if (!Number.isNaN(since)) busy += performance.now() - since;
    since = Number.NaN;
  };
  const pause = async (abortable: boolean) => {
    const counting = !Number.isNaN(since);
    stop();
    await nextTurn();
    last = performance.now();
    if (abortable) signal?.throwIfAborted();
    if (counting) since = performance.now();
  };
  return {
    start: () => {
      since = performance.now();
    },
    stop,
    add: (milliseconds) => {
      busy += milliseconds;
    },
    busy: () => busy,
    reset: () => {
      busy = 0;
    },
    breathe: (abortable = true) => (performance.now() - last < SLICE ? undefined : pause(abortable)),
  };
}

// All that computes on this thread takes turns, one slice in a turn of the event loop, however many trainings there are.
const waiting: (() => void)[] = [];

/** Resolves in a later turn of the event loop of its own, after timers and signals had their chance. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) later(wakeNext);
  });
}

function wakeNext(): void {
  waiting[0]!();
  waiting.shift();
  if (waiting.length > 0) later(wakeNext);
}

function later(work: () => void): void {
  if (typeof setImmediate === "function") setImmediate(work);
  else if (typeof MessageChannel === "undefined") setTimeout(work);
  else {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      work();
    };
    channel.port2.postMessage(null);
  }
}
