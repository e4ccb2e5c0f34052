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

/** The same without pauses. */
export function atOnce<Result>(work: Generator<unknown, Result>): Result {
  let piece = work.next();
  while (!piece.done) piece = work.next();
  return piece.value;
}

/** Keeps works in pieces that share a memory apart. */
export interface Apart {
  /** Brings to its end what has begun and pauses. */
  finish(): void;
  /** The work, which first does that, too. */
  apart<Result>(work: Generator<void, Result>): Generator<void, Result>;
}

export function keepApart(): Apart {
  let begun: Generator<void> | null = null;
  const finish = () => {
    if (begun) atOnce(begun);
  };
  return {
    finish,
    *apart<Result>(work: Generator<void, Result>) {
      finish();
      let result!: Result;
      const own = (function* () {
        result = yield* work;
        begun = null;
      })();
      begun = own;
      yield* own; // another may have brought it to its end
      return result;
    },
  };
}

/** Numbers that are copied or looked at between two looks at the clock: some milliseconds. */
const PIECE = 2 ** 19;

/** Calls `work` with the parts [from, to) of `all` things of `size` numbers each; yields after each part. */
export function* inParts(all: number, size: number, work: (from: number, to: number) => void): Generator<void> {
  const some = Math.max(1, Math.floor(PIECE / size));
  for (let from = 0; from < all; from += some) {
    work(from, Math.min(from + some, all));
    yield;
  }
}

// When the event loop last had its turn, whoever computed since: many short works in a row are one long one for it.
let last = performance.now();

export function createPace(signal?: AbortSignal): Pace {
  let busy = 0;
  let since = Number.NaN; // when counting started, while it runs
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
