// A training as its records, one after the other, for `for await`: fit goes on when the next record is asked for. What
// is trained, and how, is fit's.

import { InputError } from "../errors.js";
import type { CostRecord, History } from "../history.js";
import type { TrainingControl } from "./control.js";
import type { FitOptions } from "./options.js";

/**
 * The records of a training, and its history at the end: what the generator returns.
 *
 * The training begins when the first record is asked for and pauses from each record until the next is asked for.
 * Leaving the loop ends it in order. What fit rejects with is thrown where the next record is asked for.
 */
export interface TrainingRun extends AsyncGenerator<CostRecord, History, void>, TrainingControl {
  /** What the training left behind. Throws E_OPTION before its end, and where it had none in order. */
  readonly history: History;
}

/** Begins a training with an onCost that hands each record over and waits until the next one is asked for. */
export function runOf(begin: (onCost: NonNullable<FitOptions["onCost"]>) => Promise<History>): TrainingRun {
  let history: History | null = null;
  let training: TrainingControl | null = null;
  const control = () => {
    if (training && !history) return training;
    throw new InputError("E_OPTION", "train: the training is not under way; do that in the loop over its records.");
  };

  async function* records(): AsyncGenerator<CostRecord, History, void> {
    let goOn = () => {};
    let give!: (record: CostRecord | null) => void;
    const toCome = () =>
      new Promise<CostRecord | null>((resolve) => {
        give = resolve;
      });
    let next = toCome();
    const ending = begin((record, control) => {
      training = control;
      give(record);
      return new Promise<void>((resolve) => {
        goOn = resolve;
      });
    });
    const over = () => give(null);
    ending.then(over, over);
    try {
      for (let record = await next; record; record = await next) {
        next = toCome();
        yield record;
        goOn();
      }
    } finally {
      training?.stop(); // the loop may have been left
      goOn();
      history = await ending;
    }
    return history;
  }

  return Object.defineProperties(records(), {
    history: {
      get() {
        if (history) return history;
        throw new InputError(
          "E_OPTION",
          "train: there is no history yet; read it when the loop over the records is over.",
        );
      },
    },
    stop: { value: () => control().stop() },
    learningRate: {
      get: () => control().learningRate,
      set(rate: number) {
        control().learningRate = rate;
      },
    },
  }) as TrainingRun;
}
