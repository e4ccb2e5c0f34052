// The one way a training ends before its time: its signal is aborted, its network is disposed of, a callback of the
// user's fails. Whatever comes first is what fit rejects with; everything that waits or computes for a training hears it
// by the same signal.

/** The end of one training, that may come at any moment. */
export interface Stop {
  /** Aborted once the training is to end; its reason is what fit rejects with. */
  readonly signal: AbortSignal;
  /** Ends the training. Only the first reason counts. */
  end(reason: unknown): void;
  /** Rejects as soon as the training is to end, else settles as `promise` does. */
  during<T>(promise: T | PromiseLike<T>): Promise<T>;
  /** Calls a callback of the user's, if there is one: what it throws, or rejects with later, ends the training. */
  tell<A extends unknown[]>(callback: ((...args: A) => unknown) | undefined, ...args: A): unknown;
  /** To be called when the training is over: lets go of the user's signal. */
  release(): void;
}

/** `outer` is the user's signal. */
export function createStop(outer?: AbortSignal): Stop {
  const controller = new AbortController();
  const { signal } = controller;
  const end = (reason: unknown) => controller.abort(reason);
  const pass = () => end(outer!.reason);
  if (outer?.aborted) pass();
  else outer?.addEventListener("abort", pass, { once: true });
  return {
    signal,
    end,
    during(promise) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason);
        signal.addEventListener("abort", abort, { once: true });
        Promise.resolve(promise)
          .then(resolve, reject)
          .finally(() => signal.removeEventListener("abort", abort));
      });
    },
    tell(callback, ...args) {
      if (!callback) return undefined;
      try {
        const result = callback(...args);
        if (isPromise(result)) result.then(undefined, end);
        return result;
      } catch (error) {
        end(error);
        return undefined;
      }
    },
    release: () => outer?.removeEventListener("abort", pass),
  };
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
