// Words that several rules say in the same way.

import { optimizers } from "../../catalogue.js";
import type { Change } from "../../history.js";
import { digits } from "../../text.js";
import type { Run } from "../run.js";

/** "12 %" of a share. */
export const percent = (share: number): string => `${digits(100 * share, 3)} %`;

/** "column 4", counted from 1 as in tables, or "columns 4, 7 and 12 more". */
export function columnsInWords(places: readonly number[]): string {
  const shown = places.slice(0, 3).map((place) => place + 1);
  if (places.length === 1) return `column ${shown[0]}`;
  if (places.length <= 3) return `columns ${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
  return `columns ${shown.join(", ")} and ${places.length - 3} more`;
}

const BOLD = 20; // times an optimizer's usual rate: more seldom goes well

/** The advice to take smaller steps: a tenth, and not far beyond what is usual. */
export function slower({ learningRate, options }: Run): { hint: string; change: Change } {
  const smaller = digits(Math.min(learningRate / 10, BOLD * optimizers[options.optimizer].learningRate));
  return {
    hint: `Use a smaller learning rate than ${digits(learningRate)}, for instance ${smaller}.`,
    change: { learningRate: Number(smaller) },
  };
}

/** The advice to take larger steps: tenfold, and not far below what is usual. */
export function faster({ learningRate, options }: Run): { hint: string; change: Change } {
  const larger = digits(Math.max(10 * learningRate, optimizers[options.optimizer].learningRate));
  return {
    hint: `Try a larger learning rate than ${digits(learningRate)}, for instance ${larger}.`,
    change: { learningRate: Number(larger) },
  };
}

/** The advice to draw the weights by the layers' widths. */
export function redraw({ init }: Run): { hint: string; change: Change } {
  const instead = init === null || init === "lecun" ? "" : ` instead of ${JSON.stringify(init)}`;
  return { hint: `Draw the weights by the layers' widths: init "lecun"${instead}.`, change: { init: "lecun" } };
}

/** So many times the training, in the words that it was asked for with. */
export function longer({ options, inEpochs }: Run, times: number): { words: string; change: Change } {
  const { iterations, stepsPerEpoch } = options;
  if (!inEpochs) {
    const more = Math.ceil(iterations * times);
    return { words: `${more} iterations`, change: { iterations: more } };
  }
  const more = Math.ceil((iterations / stepsPerEpoch) * times);
  return { words: `${more} epochs`, change: { epochs: more } };
}
