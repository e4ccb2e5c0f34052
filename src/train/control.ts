// What callbacks can do to the training that calls them: end it in order, change its rate. What ends it out of order is
// stop.ts's.

import { InputError } from "../errors.js";
import type { CostRecord } from "../history.js";
import { check } from "../options/check.js";
import { OPTIONS } from "../options.js";
import type { FitOptions } from "./options.js";
import type { Stop } from "./stop.js";

/** A training in the hands of its callbacks. */
export interface TrainingControl {
  /**
   * Ends the training in order, as soon as the callback is over: fit resolves, with `ended` "callback". The network has
   * the weights of the last update, or those of the best record where `patience` is set and `restoreBest` too.
   */
  stop(): void;
  /**
   * Rate α of the schedule's formula. What is set here holds from the next update on, and belongs to a checkpoint.
   * Setting it throws E_OPTION for what is no rate, where `schedule` is a function, and anywhere but in onCost, before
   * that returns or its promise settles: records come at the same updates in every run, other callbacks by the clock.
   */
  learningRate: number;
}

export interface Control {
  readonly training: TrainingControl;
  /** Whether it is to end. */
  readonly stopped: boolean;
  /** Calls onCost, if there is one, and waits for the promise it returns. Rejects with the reason of the stop. */
  record(onCost: FitOptions["onCost"], record: CostRecord): Promise<void>;
}

/** Control over a training whose rate is that of `rates`; `asked` hears that it is to end. */
export function createControl(
  rates: { learningRate: number },
  stop: Stop,
  schedule?: FitOptions["schedule"],
  asked?: () => void,
): Control {
  let stopped = false;
  let recording = false;
  const training: TrainingControl = {
    stop() {
      stopped = true;
      asked?.();
    },
    get learningRate() {
      return rates.learningRate;
    },
    set learningRate(rate) {
      const refuse = (why: string) => {
        throw new InputError("E_OPTION", `learningRate: ${why}.`);
      };
      if (!recording) refuse("it is set outside of onCost; set it there, before onCost returns or its promise settles");
      if (typeof schedule === "function")
        refuse("schedule is a function, which gives the rate itself; let it give this");
      check("onCost", "learningRate", OPTIONS.learningRate.type, rate);
      rates.learningRate = rate;
    },
  };
  Object.freeze(training); // what is set on it by another name does nothing
  return {
    training,
    get stopped() {
      return stopped;
    },
    async record(onCost, record) {
      recording = true;
      await stop.during(stop.tell(onCost, record, training)).finally(() => {
        recording = false;
      });
    },
  };
}
